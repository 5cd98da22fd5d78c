import { BlindscoreError } from '../../core/errors.ts'
import type { Desk } from './desk.ts'
import { fileDigest, planDigest } from './fileDigest.ts'
import { Keeper } from './keeper.ts'
import { type RunNote, RunStore } from './runStore.ts'
import type { RunMap } from './scoreFile.ts'
import { type KeptRun, planOf } from './state.ts'

/** Runs that outlive their tab: which one there is, whether the present file is its file, and how one is kept. */
export class KeptRuns {
  readonly #desk: Desk
  readonly #store = new RunStore()

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** Looks for a run that did not come to its end. */
  async look(): Promise<void> {
    const found = await this.#store.load()
    if (!found) return
    const { note, chunks } = found
    // Nothing was answered, so there is nothing to go on from.
    if (chunks.length === 0) return this.#store.discard()
    const last = Math.ceil(note.scorable / note.capacity) - 1
    const recordsOf = (chunk: number) => (chunk === last ? note.scorable - last * note.capacity : note.capacity)
    const scored = chunks.reduce((sum, chunk) => sum + recordsOf(chunk), 0)
    this.#desk.set({ keptRun: { note, scored, fits: false } })
    await this.compare()
  }

  /** Looks whether the present file, as it is read now, is the one that the kept run is about. */
  async compare(): Promise<void> {
    const { keptRun, card, report } = this.#desk.state
    if (!keptRun) return
    const { note } = keptRun
    const unfit = { ...keptRun, fits: false }
    this.#desk.set({ keptRun: unfit })
    if (card?.hash !== note.cardHash || report?.scorable !== note.scorable) return
    const reading = await this.#reading(this.#desk.signal).catch(() => null)
    const fits = reading?.file === note.file && reading.plan === note.plan
    const { keptRun: now, report: still } = this.#desk.state
    if (fits && now === unfit && still === report) this.#desk.set({ keptRun: { ...unfit, fits } })
  }

  async discard(): Promise<void> {
    this.#desk.set({ keptRun: null })
    await this.#store.discard()
  }

  /**
   * What keeps a run's answers, where they are of use after the tab: with a remembered key, and unless a run over another
   * file is kept. One over the same file is begun anew by this.
   */
  keeper(resumed: KeptRun | null): Keeper | null {
    const { key, keptRun } = this.#desk.state
    const remembered = 'kept' in key && key.kept.remembered
    if (!resumed && (!remembered || (keptRun && !keptRun.fits))) return null
    if (!resumed) this.#desk.set({ keptRun: null })
    return new Keeper(this.#store, {
      capacity: resumed?.note.capacity ?? null,
      write: (map, signal) => this.#write(map, signal),
      // After an error there is something to resume right here.
      onEnd: (ended) => (ended === 'failed' ? this.look() : this.discard()),
    })
  }

  async #write({ key, capacity }: RunMap, signal: AbortSignal): Promise<boolean> {
    const { source, card, report } = this.#desk.state
    if (!source || !card || !report) return false
    const about = { fileName: source.name, cardHash: card.hash, modelTitle: card.title, scorable: report.scorable }
    const reading = await this.#reading(signal)
    return this.#store.begin({ ...about, ...reading, key, capacity })
  }

  /** What a run reads, and how. */
  async #reading(signal: AbortSignal): Promise<Pick<RunNote, 'file' | 'plan'>> {
    const { file } = this.#desk.state
    const plan = planOf(this.#desk.state)
    if (!file || !plan) throw new BlindscoreError('internal', 'There is no file.')
    const { format, columns, width, repairs } = plan
    return { file: await fileDigest(file, signal), plan: await planDigest({ format, columns, width, repairs }) }
  }
}
