import { asBlindscoreError, BlindscoreError } from '../../core/errors.ts'
import { RunControl } from './control.ts'
import type { Desk } from './desk.ts'
import type { Keyring } from './keyring.ts'
import { scoreFile } from './scoreFile.ts'
import type { ScoringServer } from './server.ts'
import { canRun, planOf, type RunState } from './state.ts'

/** Starts, holds and ends runs, and keeps the state of the one that is under way. */
export class Runner {
  readonly #desk: Desk
  readonly #keyring: Keyring
  readonly #server: ScoringServer
  #control = new RunControl()

  constructor(desk: Desk, keyring: Keyring, server: ScoringServer) {
    this.#desk = desk
    this.#keyring = keyring
    this.#server = server
  }

  async start(): Promise<void> {
    const { file, report, limits } = this.#desk.state
    const plan = planOf(this.#desk.state)
    if (!file || !report || !plan || !canRun(this.#desk.state)) return
    const signal = this.#desk.restart()
    this.#control = new RunControl()
    this.#desk.set({ run: { status: 'running', progress: null, stuck: null }, scores: null, map: null })
    try {
      const key = await this.#keyring.ensureKey()
      if (key.status === 'failed') throw key.error
      if (key.status !== 'ready') throw new BlindscoreError('key/locked', 'There is no key.')
      const { crew } = this.#desk
      const run = { crew, server: this.#server, limits, key: key.info, file, plan, scorable: report.scorable }
      const scores = await scoreFile(
        run,
        {
          control: this.#control,
          onBegin: (map) => this.#desk.set({ map }),
          onProgress: (progress) => this.#progress(signal, { progress }),
          onStuck: (stuck) => this.#progress(signal, { stuck, status: 'paused' }),
        },
        signal,
      )
      this.#desk.set({ scores, run: { status: 'done' } })
      this.#keyring.prepare()
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      if (this.#desk.signal !== signal) return
      this.#desk.set({ run: error.code === 'run/cancelled' ? { status: 'cancelled' } : { status: 'failed', error } })
    }
  }

  #progress(signal: AbortSignal, change: Partial<Extract<RunState, { progress: unknown }>>): void {
    if (signal.aborted) return
    this.#desk.set(({ run }) => ('progress' in run ? { run: { ...run, ...change } } : {}))
  }

  pause(): void {
    this.#control.pause()
    this.#progress(this.#desk.signal, { status: 'paused' })
  }

  resume(): void {
    this.#progress(this.#desk.signal, { status: 'running', stuck: null })
    this.#control.resume()
  }

  cancel(): void {
    this.#desk.restart()
    this.#desk.set({ run: { status: 'cancelled' } })
  }
}
