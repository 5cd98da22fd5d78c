import type { RunPlan } from '../../client/score.ts'
import { unforeseen } from '../../core/errors.ts'
import { fileDigest } from '../../platform/fileDigest.ts'
import { Checkpoint } from './checkpoint.ts'
import { keyName } from './keyState.ts'
import { planDigest } from './planDigest.ts'
import { planOf } from './questions.ts'
import type { OwnKey, ResumableRun, RunNote } from './runState.ts'
import { RunStore } from './runStore.ts'
import { Latest, type SessionStore } from './store.ts'

/**
 * A run that outlives its tab: its answers as the server sent them, sealed, with what is needed to go on from them. A device
 * stores one at most, from a run's begin to its end. The page looks for it when it opens, and compares it with the present
 * file whenever that is checked.
 */
export class ResumableRuns {
  readonly #store: SessionStore
  readonly #runStore = new RunStore()
  readonly #comparing = new Latest()

  constructor(store: SessionStore) {
    this.#store = store
  }

  /** Looks for a run that did not come to its end. */
  async look(): Promise<void> {
    const found = await this.#runStore.load()
    if (!found) return
    const { note, chunks } = found
    // Nothing was answered, so there is nothing to go on from.
    if (chunks.length === 0) return this.#runStore.discard()
    const last = Math.ceil(note.scorable / note.capacity) - 1
    const recordsOf = (chunk: number) => (chunk === last ? note.scorable - last * note.capacity : note.capacity)
    const scored = chunks.reduce((sum, chunk) => sum + recordsOf(chunk), 0)
    this.#store.setState({ resumableRun: { note, scored, fits: false } })
    await this.compare()
  }

  /** Looks whether the present file, as it is read now, is the one that the run is about. */
  async compare(): Promise<void> {
    const signal = this.#comparing.begin()
    const { resumableRun, card, report } = this.#store.getState()
    if (!resumableRun) return
    const { note } = resumableRun
    const unfit = { ...resumableRun, fits: false }
    this.#store.setState({ resumableRun: unfit })
    if (card?.hash !== note.cardHash || report?.scorable !== note.scorable) return
    const reading = await this.#reading(signal).catch(() => null)
    const fits = reading?.file === note.file && reading.plan === note.plan
    const { resumableRun: now, report: still } = this.#store.getState()
    if (fits && now === unfit && still === report) this.#store.setState({ resumableRun: { ...unfit, fits } })
  }

  /** It is said to be gone once it is: a page that is reloaded at once would find it again. */
  async discard(): Promise<void> {
    await this.#runStore.discard()
    this.#store.setState({ resumableRun: null })
  }

  /**
   * What stores the answers of a run that begins, where they are of use after the tab: with a remembered key, and unless a
   * run over another file is stored. One over the same file is begun anew by this. `own` is the run's key where it has one.
   */
  checkpoint(resumed: ResumableRun | null, own: OwnKey | null): Checkpoint | null {
    const { key, resumableRun } = this.#store.getState()
    const remembered = 'held' in key && key.held.remembered
    if (!resumed && (!remembered || (resumableRun && !resumableRun.fits))) return null
    if (!resumed) this.#store.setState({ resumableRun: null })
    return new Checkpoint(this.#runStore, {
      capacity: resumed?.note.capacity ?? null,
      write: (plan, signal) => this.#write(plan, own, signal),
      // After an error there is something to resume right here.
      onEnd: (ended) => (ended === 'failed' ? this.look() : this.discard()),
    })
  }

  async #write({ capacity }: RunPlan, own: OwnKey | null, signal: AbortSignal): Promise<boolean> {
    const { source, card, report, key: held } = this.#store.getState()
    const key = keyName(held)
    if (!source || !card || !report || !key) return false
    const of = { card, cardHash: card.hash, modelTitle: card.title }
    const about = { fileName: source.name, ...of, scorable: report.scorable }
    const reading = await this.#reading(signal)
    return this.#runStore.begin({ ...about, ...reading, key, own, capacity })
  }

  /** What a run reads, and how. */
  async #reading(signal: AbortSignal): Promise<Pick<RunNote, 'file' | 'plan'>> {
    const state = this.#store.getState()
    const plan = planOf(state)
    if (!state.file || !plan) unforeseen('a digest without a file')
    const { card: _, header: __, ...reading } = plan
    return { file: await fileDigest(state.file, signal), plan: await planDigest(reading) }
  }
}
