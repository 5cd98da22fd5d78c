import { RunControl } from '../../client/control.ts'
import type { ScoringServer } from '../../client/server.ts'
import { asBlindscoreError, type BlindscoreError } from '../../core/errors.ts'
import type { ParameterSet, PublicKey } from '../../core/protocol/scheme.ts'
import type { Checkpoint, Ended } from './checkpoint.ts'
import { errorOf } from './faults.ts'
import type { KeySlice } from './key.ts'
import type { ResultsSlice } from './results.ts'
import type { ResumableRuns } from './resumableRuns.ts'
import type { SchemeSlice } from './scheme.ts'
import { scoreFile } from './scoreFile.ts'
import { canRun, isBusy, planOf, type ResumableRun, type RunState, type SessionState } from './state.ts'
import { Latest, type SessionStore } from './store.ts'
import type { Workers } from './workers.ts'

/** The slices that a run works with, and the server. */
export interface RunParts {
  readonly key: KeySlice
  readonly scheme: SchemeSlice
  readonly server: ScoringServer
  readonly resumable: ResumableRuns
  /** Keeps what runs come to. */
  readonly results: () => ResultsSlice
}

/** Starts, holds and ends runs, and keeps the state of the one that is under way. */
export class RunSlice {
  readonly #store: SessionStore
  readonly #workers: Workers
  readonly #key: KeySlice
  readonly #scheme: SchemeSlice
  readonly #server: ScoringServer
  readonly #resumable: ResumableRuns
  readonly #results: RunParts['results']
  readonly #running = new Latest()
  #control = new RunControl()
  #pausedByPerson = false
  /** The key that the run under way is sealed with, once it is known. */
  #fingerprint: string | null = null
  /** Whether that key is the run's own, made for it and gone after it. */
  #ownKey = false

  constructor(store: SessionStore, workers: Workers, { key, scheme, server, resumable, results }: RunParts) {
    this.#store = store
    this.#workers = workers
    this.#key = key
    this.#scheme = scheme
    this.#server = server
    this.#resumable = resumable
    this.#results = results
  }

  get #state(): SessionState {
    return this.#store.getState()
  }

  /** Goes on with the run that can be resumed, over the same file. */
  async resumeInterrupted(): Promise<void> {
    const { resumableRun } = this.#state
    if (resumableRun?.fits) await this.start(resumableRun)
  }

  /** Scores the file, or what a resumed run over it has left to score. */
  async start(resumed: ResumableRun | null = null): Promise<void> {
    const { file, report, limits } = this.#state
    const plan = planOf(this.#state)
    if (!file || !report || !plan || !canRun(this.#state)) return
    const signal = this.#running.begin()
    this.#control = new RunControl()
    this.#fingerprint = null
    this.#pausedByPerson = false
    const resumable = resumed !== null
    this.#store.setState({
      run: { status: 'running', progress: null, stuck: null, resumable },
      scores: null,
      map: null,
    })
    let checkpoint: Checkpoint | null = null
    let ended: Ended = 'failed'
    // What is stored of a run was sealed with a key that outlives runs; a key of one run is stored nowhere.
    const ownSet = resumed ? null : this.#scheme.setOfRun()
    this.#ownKey = ownSet !== null
    let ownKey: PublicKey | null = null
    try {
      if (ownSet) ownKey = await this.#makeKey(ownSet)
      const key = ownKey ?? (await this.#openKey(signal))
      if (resumed && key.fingerprint !== resumed.note.key.fingerprint) throw otherKey()
      checkpoint = ownSet ? null : this.#resumable.checkpoint(resumed)
      const { scorable, kept } = report
      const scores = await scoreFile(
        { workers: this.#workers, server: this.#server, limits, key, file, plan, scorable, kept, checkpoint },
        {
          control: this.#control,
          onBegin: (map) => {
            this.#store.setState({ map })
            void checkpoint?.begin(map).then((begun) => this.#progress(signal, { resumable: begun }))
          },
          onProgress: (progress) => this.#progress(signal, { progress }),
          onStuck: (stuck) => this.#progress(signal, { stuck, status: 'paused' }),
        },
        signal,
      )
      ended = 'done'
      this.#store.setState({ scores, run: { status: 'done' } })
      this.#results().add()
      if (!ownSet) this.#key.prepareRun()
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      if (error.code === 'run/cancelled') ended = 'cancelled'
      if (error.code.startsWith('result/')) ended = 'withheld'
      if (signal.aborted) return
      this.#store.setState({
        run: error.code === 'run/cancelled' ? { status: 'cancelled' } : { status: 'failed', error },
      })
    } finally {
      await checkpoint?.end(ended)
      if (ownKey) await this.#endKey(ownKey)
      // Another run may have begun.
      if (this.#running.signal === signal) this.#ownKey = false
    }
  }

  async #makeKey(set: ParameterSet): Promise<PublicKey> {
    this.#key.rest()
    const publicKey = await this.#workers.vault.call((vault) => vault.makeRunKey(set.id))
    this.#fingerprint = publicKey.fingerprint
    return publicKey
  }

  /** The key of a run goes with it. A vault that has ended took it along. */
  async #endKey({ fingerprint }: PublicKey): Promise<void> {
    await this.#workers.vault.call((vault) => vault.endRunKey(fingerprint)).catch(() => {})
  }

  /** The key, once there is an open one: a run that meets a locked or a lost key waits for it. */
  async #openKey(signal: AbortSignal): Promise<PublicKey> {
    for (;;) {
      const key = await this.#key.ensure()
      if (key.status === 'failed') throw key.error
      if (key.status === 'ready') {
        this.#fingerprint = key.publicKey.fingerprint
        return key.publicKey
      }
      this.#fingerprint = null
      this.#hold(key.status === 'locked' ? locked() : lost())
      await this.#control.pass(signal)
    }
  }

  /** Holds the run that is under way, for a reason that the person can mend. */
  #hold(stuck: BlindscoreError): void {
    if (!isBusy(this.#state)) return
    this.#control.pause()
    this.#progress(this.#running.signal, { status: 'paused', stuck })
  }

  /**
   * The key that outlives runs is locked or gone: a run waits for it, unless it has a key of its own. `lost`, both are, and
   * nobody can bring back that of the run.
   */
  keyClosed(lostWithVault: boolean): void {
    const { status } = this.#state.key
    if (this.#ownKey) {
      if (!lostWithVault || !isBusy(this.#state)) return
      this.#running.stop()
      this.#store.setState({ run: { status: 'failed', error: ownKeyLost() } })
      return
    }
    if (status === 'locked') this.#hold(locked())
    if (status === 'none') this.#hold(lost())
  }

  /** A key is open: a run that waited for it goes on, and one that was sealed with another key ends. */
  keyOpened(): void {
    const { key, run } = this.#state
    if (this.#ownKey || key.status !== 'ready' || run.status !== 'paused' || !run.stuck?.code.startsWith('key/')) return
    if (this.#fingerprint === null || key.publicKey.fingerprint === this.#fingerprint) {
      if (this.#pausedByPerson) this.#progress(this.#running.signal, { stuck: null })
      else this.resume()
      return
    }
    this.#running.stop()
    this.#store.setState({ run: { status: 'failed', error: otherKey() } })
  }

  #progress(signal: AbortSignal, change: Partial<Extract<RunState, { progress: unknown }>>): void {
    if (signal.aborted) return
    this.#store.setState(({ run }) => ('progress' in run ? { run: { ...run, ...change } } : {}))
  }

  pause(): void {
    this.#pausedByPerson = true
    this.#control.pause()
    this.#progress(this.#running.signal, { status: 'paused' })
  }

  resume(): void {
    this.#pausedByPerson = false
    this.#progress(this.#running.signal, { status: 'running', stuck: null })
    this.#control.resume()
  }

  cancel(): void {
    this.stop()
    this.#store.setState({ run: { status: 'cancelled' } })
  }

  /** What the run depended on is no longer so: it ends, without a word. */
  stop(): void {
    this.#running.stop()
  }
}

function locked(): BlindscoreError {
  return errorOf('key/locked', 'runWaitsForKey')
}

function lost(): BlindscoreError {
  return errorOf('key/lost', 'runLostItsKey')
}

function ownKeyLost(): BlindscoreError {
  return errorOf('key/lost', 'runKeyLost')
}

function otherKey(): BlindscoreError {
  return errorOf('key/lost', 'runOfAnotherKey')
}
