import { RunControl } from '../../client/control.ts'
import { isThisMachine } from '../../client/estimate.ts'
import type { HourSaid } from '../../client/hourRoom.ts'
import type { Progress } from '../../client/progress.ts'
import type { ScoringServer } from '../../client/server.ts'
import { asBlindscoreError, type BlindscoreError, unforeseen } from '../../core/errors.ts'
import type { PublicKey } from '../../core/protocol/scheme.ts'
import { secureRandom } from '../../platform/random.ts'
import type { Checkpoint, Ended } from './checkpoint.ts'
import { ComeBack } from './comeBack.ts'
import { errorOf } from './faults.ts'
import type { KeySlice } from './key.ts'
import type { OpenedSoFar } from './openedSoFar.ts'
import { canRun, planOf } from './questions.ts'
import type { ResultsSlice } from './results.ts'
import type { ResumableRuns } from './resumableRuns.ts'
import { isBusy, type OwnKey, type ResumableRun, type RunState } from './runState.ts'
import type { SchemeSlice } from './scheme.ts'
import type { Scores } from './scored.ts'
import { type FileRunOptions, scoreFile } from './scoreFile.ts'
import type { SessionState } from './state.ts'
import { Latest, type SessionStore } from './store.ts'
import type { Workers } from './workers.ts'

/** The slices that a run works with, and the server. */
export interface RunParts {
  readonly key: KeySlice
  readonly scheme: SchemeSlice
  readonly server: ScoringServer
  readonly resumable: ResumableRuns
  /** Keeps what runs come to. */
  readonly results: ResultsSlice
  /** Does what begins with the page's model, once it is known that this is the version that is meant. */
  readonly withOffered: (go: () => void) => void
  /** What the server said of its hour. */
  readonly hour: () => HourSaid | null
  readonly onEnded: () => void
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
  readonly #hour: () => HourSaid | null
  readonly #onEnded: () => void
  readonly #withOffered: RunParts['withOffered']
  readonly #running = new Latest()
  readonly #comeBack = new ComeBack({
    ask: () => this.#server.models(this.#running.signal),
    isOnline: () => navigator.onLine || isThisMachine(new URL(this.#server.url, globalThis.location?.href)),
    onNext: (again) => this.#progress(this.#running.signal, { again }),
    onBack: () => this.resume(),
  })
  #control = new RunControl()
  #pausedByPerson = false
  /** What the run under way has opened. */
  #opened: OpenedSoFar | null = null
  /** The key that the run under way is sealed with, once it is known. */
  #fingerprint: string | null = null
  /** Whether that key is the run's own, made for it and gone after it. */
  #ownKey = false

  constructor(store: SessionStore, workers: Workers, parts: RunParts) {
    const { key, scheme, server, resumable, results, hour, onEnded, withOffered } = parts
    this.#withOffered = withOffered
    this.#hour = hour
    this.#onEnded = onEnded
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

  /** Scores the file; where that was done before, the person is asked first. */
  begin(): void {
    const scoredBefore = this.#results.same()
    if (scoredBefore) this.#store.setState({ scoredBefore })
    else this.#withOffered(() => void this.start())
  }

  /** What the person said to that. */
  answerAgain(answer: 'again' | 'show' | null): void {
    const { scoredBefore } = this.#state
    this.#store.setState({ scoredBefore: null })
    if (answer === 'again') this.#withOffered(() => void this.start())
    if (answer === 'show' && scoredBefore) this.#results.show(scoredBefore)
  }

  /** Scores the file, or what a resumed run over it has left to score. */
  async start(resumed: ResumableRun | null = null): Promise<void> {
    const { file, report, limits } = this.#state
    const plan = planOf(this.#state)
    if (!file || !report || !plan || !canRun(this.#state)) return
    const signal = this.#running.begin()
    this.#control = new RunControl()
    this.#fingerprint = null
    this.#opened = null
    this.#comeBack.stop()
    this.#pausedByPerson = false
    const resumable = resumed !== null
    this.#store.setState({
      run: { status: 'running', progress: null, stuck: null, wait: null, again: null, resumable },
      scores: null,
      map: null,
      fetched: null,
    })
    let checkpoint: Checkpoint | null = null
    let ended: Ended = 'failed'
    this.#ownKey = false
    const ownSet = resumed ? (resumed.note.own?.set ?? null) : (this.#scheme.setOfRun()?.id ?? null)
    let ownKey: PublicKey | null = null
    try {
      const own = ownSet === null || resumed ? (resumed?.note.own ?? null) : this.#ownKeyFor(ownSet)
      const lasting = ownSet === null || own ? await this.#openKey(signal) : null
      if (resumed && lasting?.fingerprint !== resumed.note.key.fingerprint) throw otherKey()
      if (ownSet !== null) ownKey = await this.#makeKey(ownSet, own)
      const key = ownKey ?? lasting ?? unforeseen('a run without a key')
      checkpoint = ownSet === null || own ? this.#resumable.checkpoint(resumed, own) : null
      const { scorable, kept } = report
      const of = { workers: this.#workers, server: this.#server }
      // What was answered before is charged no more.
      const hour = resumed ? null : this.#hour()
      const scores = await scoreFile(
        { ...of, limits, key, file, plan, scorable, kept, checkpoint, hour },
        this.#options(signal, checkpoint),
        signal,
      )
      ended = 'done'
      this.#store.setState({ scores, run: { status: 'done' } })
      this.#results.add()
      if (!ownSet) this.#key.prepareRun()
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      if (error.code === 'run/cancelled') ended = 'cancelled'
      if (error.code.startsWith('result/')) ended = 'withheld'
      if (!signal.aborted) this.#fail(error)
    } finally {
      await checkpoint?.end(ended)
      if (ownKey) await this.#endKey(ownKey)
      // Another run may have begun.
      if (this.#running.signal === signal) this.#ownKey = false
      this.#onEnded()
    }
  }

  /** What a run is held by, and what becomes of what it tells. */
  #options(signal: AbortSignal, checkpoint: Checkpoint | null): FileRunOptions {
    return {
      control: this.#control,
      onBegin: (map, opened) => {
        this.#opened = opened
        this.#store.setState({ map })
        void checkpoint?.begin(map).then((begun) => this.#progress(signal, { resumable: begun }))
      },
      onProgress: (progress) => {
        if (progress.records.answered > (this.#progressOf()?.records.answered ?? 0)) this.#comeBack.answered()
        this.#progress(signal, { progress })
      },
      onStuck: (stuck, until = null) => {
        this.#progress(signal, { stuck, status: 'paused', wait: null })
        if (!signal.aborted) this.#comeBack.watch(stuck, until)
      },
      onWait: (wait) => this.#progress(signal, { wait }),
      onCheckpoint: (audit) => {
        const { map } = this.#state
        if (map && !signal.aborted) this.#store.setState({ map: { ...map, audit } })
      },
    }
  }

  /**
   * What the key of a run that begins follows from, so that it can be made again when the run is resumed: only where there is a
   * remembered key that is open. Otherwise the run's key is stored nowhere, and goes with its tab.
   */
  #ownKeyFor(set: string): OwnKey | null {
    const { key } = this.#state
    return key.status === 'ready' && key.held.remembered ? { set, id: secureRandom(16) } : null
  }

  async #makeKey(set: string, own: OwnKey | null): Promise<PublicKey> {
    this.#key.rest()
    const publicKey = await this.#workers.vault.call((vault) =>
      own ? vault.makeFileKey(set, own.id) : vault.makeRunKey(set),
    )
    this.#ownKey = true
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
   * The key that outlives runs is locked or gone: a run waits for it, unless it has a key of its own. `lostWithVault`, both are, and
   * nobody can bring back that of the run.
   */
  keyClosed(lostWithVault: boolean): void {
    const { status } = this.#state.key
    if (this.#ownKey) {
      if (!lostWithVault || !isBusy(this.#state)) return
      this.#fail(ownKeyLost())
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
    this.#fail(otherKey())
  }

  #progress(signal: AbortSignal, change: Partial<Extract<RunState, { progress: unknown }>>): void {
    if (signal.aborted) return
    this.#store.setState(({ run }) => ('progress' in run ? { run: { ...run, ...change } } : {}))
  }

  /** The device has lost its network: nothing is sent before it is back, unless the server needs none. */
  networkGone(): void {
    const { run } = this.#state
    if (run.status === 'running' && !isThisMachine(new URL(this.#server.url, globalThis.location?.href)))
      this.#hold(errorOf('run/offline', 'deviceOffline'))
  }

  /** It has its network again: a run that waits for that needs nobody's word to go on. */
  networkBack(): void {
    const { run } = this.#state
    if (run.status === 'paused' && run.stuck?.code === 'run/offline') this.resume()
  }

  pause(): void {
    this.#pausedByPerson = true
    this.#comeBack.stop()
    this.#control.pause()
    this.#progress(this.#running.signal, { status: 'paused' })
  }

  resume(): void {
    this.#pausedByPerson = false
    this.#comeBack.stop()
    this.#progress(this.#running.signal, { status: 'running', stuck: null })
    this.#control.resume()
  }

  cancel(): void {
    this.#comeBack.stop()
    this.#running.stop()
    const scored = this.#results.addPartial(this.soFar())
    this.#store.setState({ run: { status: 'cancelled', scored } })
  }

  /** What the run depended on is about to be otherwise: it ends, without a word, and what it scored stays. */
  stop(): void {
    this.#comeBack.stop()
    this.#running.stop()
    if (isBusy(this.#state)) this.#results.addPartial(this.soFar())
  }

  #fail(error: BlindscoreError): void {
    this.#comeBack.stop()
    this.#running.stop()
    const scored = this.#results.addPartial(this.soFar(), { status: 'failed', error })
    this.#store.setState({ run: { status: 'failed', error, scored } })
  }

  #progressOf(): Progress | null {
    const { run } = this.#state
    return 'progress' in run ? run.progress : null
  }

  /** How many records of the run under way are scored and may be shown. */
  get scored(): number {
    return this.#opened?.records ?? 0
  }

  /** What the run under way has scored up to now, or null where nothing of it may be shown. */
  soFar(): Scores | null {
    const progress = this.#progressOf()
    return (progress && this.#opened?.scores(progress)) ?? null
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
