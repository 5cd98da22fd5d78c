import { toSent } from '../core/errors.ts'
import { sentenceOf } from '../words/en/errors.ts'
import { errorOf } from './faults.ts'
import { type Limits, limitsFor } from './limits.ts'
import type { Log } from './log.ts'
import { type Keeping, ModelSet, usualKeeping } from './modelSet.ts'
import { type FolderModels, ModelFolder, type Refusal, required } from './models.ts'

export interface LiveOptions {
  readonly folder: string
  readonly openingOf: ConstructorParameters<typeof ModelFolder>[1]
  /** Whether there are keys or tokens that name models; or where this process answers nobody, whether others may have. */
  readonly asksWho: boolean
  /** What the operator chose of them: they grow with the models. */
  readonly limits: Partial<Limits> | undefined
  readonly log: Log
  /** Whether a file that is refused keeps all others from being served, at the start, or from taking their places, later. */
  readonly strict: boolean
  readonly keeping?: Partial<Keeping> | undefined
}

export type Reloaded = 'changed' | 'unchanged' | 'refused'

/** The models of a folder, as that is now: what is added, replaced or withdrawn there is so here, without a restart. */
export class LiveModels {
  readonly set: ModelSet
  /** One object for all that bounds anything: it grows where a new model needs more. */
  readonly limits: Limits
  readonly #options: LiveOptions
  readonly #folder: ModelFolder
  #refusals: readonly Refusal[]
  #stamp: string | null
  #working: Promise<unknown> = Promise.resolve()
  #onReload: (result: Reloaded) => Promise<void> | void = () => {}
  #watch: ReturnType<typeof setTimeout> | undefined
  #closed = false

  private constructor(options: LiveOptions, folder: ModelFolder, stamp: string | null, read: FolderModels) {
    this.#options = options
    this.#folder = folder
    this.#stamp = stamp
    this.#refusals = read.refusals
    this.limits = limitsFor(
      read.models.map(({ card }) => card),
      options.limits,
    )
    this.set = new ModelSet(read.models, { ...usualKeeping, ...options.keeping })
    this.#warn()
  }

  /** Rejects with a BlindscoreError for models that cannot be served. */
  static async open(options: LiveOptions): Promise<LiveModels> {
    const folder = new ModelFolder(options.folder, options.openingOf, options.asksWho)
    const stamp = await folder.stamp()
    return new LiveModels(options, folder, stamp, required(options.folder, await folder.read(), options.strict))
  }

  /** A sentence for each file that is not served. */
  get refused(): readonly string[] {
    return this.#refusals.map(({ file, error }) =>
      sentenceOf(errorOf(error.code, 'modelRefused', { file, ...toSent(error) })),
    )
  }

  /** Is told of each look at the folder that was asked for, or that a change asked for. */
  set onReload(hear: (result: Reloaded) => Promise<void> | void) {
    this.#onReload = hear
  }

  /** Looks at the folder anew, one look after the other. Whatever is there, the models that were served before stay or are withdrawn whole. */
  reload(): Promise<Reloaded> {
    const reloaded = this.#working.then(() => this.#reload())
    this.#working = reloaded.catch(() => {})
    return reloaded
  }

  /**
   * Looks at the folder every so many milliseconds, and takes what is there once it was the same twice: not what is still being
   * written. By its files' times, which every file system tells, and events of it only some.
   */
  watch(everyMs: number): void {
    let before = this.#stamp
    const look = async (): Promise<void> => {
      const stamp = await this.#folder.stamp()
      const settled = stamp !== null && stamp === before
      before = stamp
      if (settled && stamp !== this.#stamp) await this.reload()
      if (!this.#closed) next()
    }
    const next = (): void => {
      this.#watch = setTimeout(look, everyMs).unref()
    }
    next()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#watch)
  }

  async #reload(): Promise<Reloaded> {
    const result = await this.#take()
    await this.#onReload(result)
    return result
  }

  async #take(): Promise<Reloaded> {
    const { log, strict, limits } = this.#options
    const stamp = await this.#folder.stamp()
    const read = await this.#folder.read().catch(() => null)
    if (read === null) {
      log.warn({}, 'the models folder cannot be read: all models stay as they were')
      return 'refused'
    }
    this.#stamp = stamp
    this.#refusals = read.refusals
    this.#warn()
    if (strict && read.refusals.length > 0) return 'refused'
    const wide = [...read.models, ...this.set.old, ...this.set.current].map(({ card }) => card)
    try {
      Object.assign(this.limits, limitsFor(wide, limits))
    } catch {
      log.warn({}, 'a model needs larger bodies than --max-body allows: all models stay as they were')
      return 'refused'
    }
    const change = this.set.replace(read.models)
    if (Object.values(change).every((ids: readonly string[]) => ids.length === 0)) {
      return read.refusals.length > 0 ? 'refused' : 'unchanged'
    }
    log.info({ ...change }, 'models changed')
    return read.refusals.length > 0 ? 'refused' : 'changed'
  }

  #warn(): void {
    for (const { file, error } of this.#refusals)
      this.#options.log.warn({ file, code: error.code, fault: error.fault }, 'a model file is not served')
  }
}
