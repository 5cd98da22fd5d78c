import { toSent } from '../core/errors.ts'
import type { ServedModel } from '../model/verdict.ts'
import { sentenceOf } from '../words/en/errors.ts'
import { errorOf, fail } from './faults.ts'
import { type Limits, limitsFor } from './limits.ts'
import type { Log } from './log.ts'
import type { ModelReader } from './modelReader.ts'
import { type Keeping, ModelSet, usualKeeping } from './modelSet.ts'
import { type FolderModels, ModelFolder, type MustFit, type Refusal, required } from './models.ts'
import type { VersionsFolder } from './versionsFolder.ts'

export interface LiveOptions {
  readonly folder: string
  /** Is closed with these. */
  readonly reader: Pick<ModelReader, 'read' | 'close'>
  /** Whether there are keys or tokens that name models; or where this process answers nobody, whether others may have. */
  readonly asksWho: boolean
  /** What the operator chose of them: they grow with the models. */
  readonly limits: Partial<Limits> | undefined
  readonly log: Log
  /** Whether a file that is refused keeps all others from being served, at the start, or from taking their places, later. */
  readonly strict: boolean
  readonly keeping?: Partial<Keeping> | undefined
  /** Where versions are kept over restarts; by default nowhere. */
  readonly versions?: VersionsFolder | undefined
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
  #working: Promise<unknown> = Promise.resolve()
  #onReload: (result: Reloaded) => Promise<void> | void = () => {}
  #watch: ReturnType<typeof setTimeout> | undefined
  #closed = false

  private constructor(options: LiveOptions, folder: ModelFolder, read: FolderModels) {
    this.#options = options
    this.#folder = folder
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
    const { asksWho, limits, reader } = options
    const mustFit: MustFit = (model) => {
      if (model.onlyNamed && !asksWho) fail('model/invalid', 'modelForNobody')
      limitsFor([model.card], limits)
    }
    const folder = new ModelFolder(options.folder, (paths) => reader.read(paths), mustFit)
    try {
      const live = new LiveModels(options, folder, required(options.folder, await folder.read(), options.strict))
      await live.#restore(mustFit)
      return live
    } catch (thrown) {
      await reader.close()
      throw thrown
    }
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
    return this.#inTurn({ settled: false })
  }

  #inTurn(which: { readonly settled: boolean }): Promise<Reloaded> {
    const reloaded = this.#working.then(() => this.#reload(which))
    this.#working = reloaded.catch(() => {})
    return reloaded
  }

  /**
   * Looks at the folder every so many milliseconds, and takes each file that was the same twice: not what is still being written.
   * By the files' times, which every file system tells, and events of it only some.
   */
  watch(everyMs: number): void {
    const look = async (): Promise<void> => {
      if (await this.#folder.hasNews()) await this.#inTurn({ settled: true })
      if (!this.#closed) next()
    }
    const next = (): void => {
      this.#watch = setTimeout(look, everyMs).unref()
    }
    next()
  }

  /** Ends also what is being read: nothing is changed by it any more. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#watch)
    await this.#options.reader.close()
  }

  async #reload(which: { readonly settled: boolean }): Promise<Reloaded> {
    const result = await this.#take(which)
    await this.#onReload(result)
    return result
  }

  async #take(which: { readonly settled: boolean }): Promise<Reloaded> {
    const { log, strict } = this.#options
    const read = await this.#folder.read(which).catch(() => null)
    if (this.#closed) return 'unchanged'
    if (read === null) {
      log.warn({}, 'the models folder cannot be read: all models stay as they were')
      return 'refused'
    }
    this.#refusals = read.refusals
    this.#warn()
    if (strict && read.refusals.length > 0) return 'refused'
    this.#makeRoom(read.models)
    const change = this.set.replace(read.models)
    if (Object.values(change).every((ids: readonly string[]) => ids.length === 0)) {
      return read.refusals.length > 0 ? 'refused' : 'unchanged'
    }
    log.info({ ...change }, 'models changed')
    await this.#keep()
    return read.refusals.length > 0 ? 'refused' : 'changed'
  }

  /** Has all that bounds anything be wide enough for these as well. */
  #makeRoom(models: readonly ServedModel[]): void {
    const wide = [...models, ...this.set.old, ...this.set.current].map(({ card }) => card)
    Object.assign(this.limits, limitsFor(wide, this.#options.limits))
  }

  /** Goes on with the versions that an earlier process kept. */
  async #restore(mustFit: MustFit): Promise<void> {
    const { versions, keeping, log } = this.#options
    if (!versions) return
    const served = new Set(this.set.current.map(({ card }) => card.hash))
    const { ms } = { ...usualKeeping, ...keeping }
    const kept = await versions.read(served, ms).catch(() => null)
    if (kept === null) log.warn({}, 'the versions that were kept cannot be read')
    this.set.restore((kept ?? []).filter(({ model }) => fits(model, mustFit)))
    this.#makeRoom([])
    if (kept !== null) await this.#keep()
  }

  async #keep(): Promise<void> {
    const { versions, log } = this.#options
    await versions
      ?.write(this.set.current, this.set.ending)
      .catch(() => log.warn({}, 'versions that are replaced cannot be kept over a restart'))
  }

  #warn(): void {
    for (const { file, error } of this.#refusals)
      this.#options.log.warn({ file, code: error.code, fault: error.fault }, 'a model file is not served')
  }
}

function fits(model: ServedModel, mustFit: MustFit): boolean {
  try {
    mustFit(model)
    return true
  } catch {
    return false
  }
}
