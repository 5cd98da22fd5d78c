import { asBlindscoreError, BlindscoreError } from '../../core/errors.ts'
import type { PublicKeyInfo } from '../workers/inside/vault.ts'
import { RunControl } from './control.ts'
import type { Desk } from './desk.ts'
import type { Ended, Keeper } from './keeper.ts'
import type { KeptRuns } from './keptRuns.ts'
import type { Keyring } from './keyring.ts'
import { scoreFile } from './scoreFile.ts'
import type { ScoringServer } from './server.ts'
import { canRun, isBusy, type KeptRun, planOf, type RunState } from './state.ts'

/** Starts, holds and ends runs, and keeps the state of the one that is under way. */
export class Runner {
  readonly #desk: Desk
  readonly #keyring: Keyring
  readonly #server: ScoringServer
  readonly #kept: KeptRuns
  #control = new RunControl()
  #pausedByPerson = false
  /** The key that the run under way is sealed with, once it is known. */
  #fingerprint: string | null = null

  constructor(desk: Desk, keyring: Keyring, server: ScoringServer, kept: KeptRuns) {
    this.#desk = desk
    this.#keyring = keyring
    this.#server = server
    this.#kept = kept
  }

  /** Goes on with the kept run, over the same file. */
  async resumeKept(): Promise<void> {
    const { keptRun } = this.#desk.state
    if (keptRun?.fits) await this.start(keptRun)
  }

  /** Scores the file, or what a kept run over it has left to score. */
  async start(resumed: KeptRun | null = null): Promise<void> {
    const { file, report, limits } = this.#desk.state
    const plan = planOf(this.#desk.state)
    if (!file || !report || !plan || !canRun(this.#desk.state)) return
    const signal = this.#desk.restart()
    this.#control = new RunControl()
    this.#fingerprint = null
    this.#pausedByPerson = false
    const kept = resumed !== null
    this.#desk.set({ run: { status: 'running', progress: null, stuck: null, kept }, scores: null, map: null })
    let keeper: Keeper | null = null
    let ended: Ended = 'failed'
    try {
      const key = await this.#openKey(signal)
      if (resumed && key.fingerprint !== resumed.note.key.fingerprint) throw otherKey()
      const { crew } = this.#desk
      keeper = this.#kept.keeper(resumed)
      const run = { crew, server: this.#server, limits, key, file, plan, scorable: report.scorable, keeper }
      const scores = await scoreFile(
        run,
        {
          control: this.#control,
          onBegin: (map) => {
            this.#desk.set({ map })
            void keeper?.begin(map).then((kept) => this.#progress(signal, { kept }))
          },
          onProgress: (progress) => this.#progress(signal, { progress }),
          onStuck: (stuck) => this.#progress(signal, { stuck, status: 'paused' }),
        },
        signal,
      )
      ended = 'done'
      this.#desk.set({ scores, run: { status: 'done' } })
      this.#keyring.prepare()
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      if (error.code === 'run/cancelled') ended = 'cancelled'
      if (this.#desk.signal !== signal) return
      this.#desk.set({ run: error.code === 'run/cancelled' ? { status: 'cancelled' } : { status: 'failed', error } })
    } finally {
      await keeper?.end(ended)
    }
  }

  /** The key, once there is an open one: a run that meets a locked or a lost key waits for it. */
  async #openKey(signal: AbortSignal): Promise<PublicKeyInfo> {
    for (;;) {
      const key = await this.#keyring.ensureKey()
      if (key.status === 'failed') throw key.error
      if (key.status === 'ready') {
        this.#fingerprint = key.info.fingerprint
        return key.info
      }
      this.#fingerprint = null
      this.#hold(key.status === 'locked' ? locked() : lost())
      await this.#control.pass(signal)
    }
  }

  /** Holds the run that is under way, for a reason that the person can mend. */
  #hold(stuck: BlindscoreError): void {
    if (!isBusy(this.#desk.state)) return
    this.#control.pause()
    this.#progress(this.#desk.signal, { status: 'paused', stuck })
  }

  /** The key is locked or gone: a run waits for it. */
  keyClosed(): void {
    const { status } = this.#desk.state.key
    if (status === 'locked') this.#hold(locked())
    if (status === 'none') this.#hold(lost())
  }

  /** A key is open: a run that waited for it goes on, and one that was sealed with another key ends. */
  keyOpened(): void {
    const { key, run } = this.#desk.state
    if (key.status !== 'ready' || run.status !== 'paused' || !run.stuck?.code.startsWith('key/')) return
    if (this.#fingerprint === null || key.info.fingerprint === this.#fingerprint) {
      if (this.#pausedByPerson) this.#progress(this.#desk.signal, { stuck: null })
      else this.resume()
      return
    }
    this.#desk.restart()
    this.#desk.set({ run: { status: 'failed', error: otherKey() } })
  }

  #progress(signal: AbortSignal, change: Partial<Extract<RunState, { progress: unknown }>>): void {
    if (signal.aborted) return
    this.#desk.set(({ run }) => ('progress' in run ? { run: { ...run, ...change } } : {}))
  }

  pause(): void {
    this.#pausedByPerson = true
    this.#control.pause()
    this.#progress(this.#desk.signal, { status: 'paused' })
  }

  resume(): void {
    this.#pausedByPerson = false
    this.#progress(this.#desk.signal, { status: 'running', stuck: null })
    this.#control.resume()
  }

  cancel(): void {
    this.#desk.restart()
    this.#desk.set({ run: { status: 'cancelled' } })
  }
}

function locked(): BlindscoreError {
  return new BlindscoreError('key/locked', 'The key is locked, so the run waits.')
}

function lost(): BlindscoreError {
  return new BlindscoreError('key/lost', 'The key that this run needs is gone from this tab.')
}

function otherKey(): BlindscoreError {
  return new BlindscoreError('key/lost', 'This run was sealed with another key, so it cannot go on.')
}
