import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { asBlindscoreError, type BlindscoreError, takeOutcome, toSent } from '../core/errors.ts'
import { modelEndings, rangesEnding, rangesName } from '../formats/table.ts'
import type { OpeningOf, ServedModel } from '../model/verdict.ts'
import { errorOf } from './faults.ts'
import { canRead, type FilePaths, type ReadModelFile, readModelFile, stampOf } from './modelFile.ts'

/** Why a model file is not served. */
export interface Refusal {
  readonly file: string
  readonly error: BlindscoreError
}

export interface FolderModels {
  readonly models: ServedModel[]
  readonly refusals: Refusal[]
}

/** A file as it was read: the model that it holds, or held before what is there now was refused. */
interface KeptFile {
  readonly stamp: string
  readonly model: ServedModel | null
  readonly error: BlindscoreError | null
}

/** Throws for a sound model that cannot be served here. */
export type MustFit = (model: ServedModel) => void

/** The files of a folder at a moment: another text for each after a change of it, or of the ranges beside it. */
type Look = ReadonlyMap<string, string>

/** What ends the stamp of a file that could not be read: it is another one once that can be. */
const unread = ' unread'

/** The model files of a folder (Blindscore JSON, PMML, ONNX), which may change. */
export class ModelFolder {
  readonly #folder: string
  readonly #readFile: ReadModelFile
  readonly #mustFit: MustFit
  #files: ReadonlyMap<string, KeptFile> = new Map()
  /** By ids of models, the files that they were served from last. */
  #served: ReadonlyMap<string, string> = new Map()
  #looked: Look | null = null
  /** What was not the same at the last two looks. */
  #restless: ReadonlySet<string> = new Set()

  constructor(folder: string, readFile: ReadModelFile = readModelFile, mustFit: MustFit = () => {}) {
    this.#folder = folder
    this.#readFile = readFile
    this.#mustFit = mustFit
  }

  /**
   * The models, in the order of their files' names. A file that is not a sound model is refused with its reason, as is a second one
   * with the same id; where a sound one was there before, that stays. Files that did not change are not read again, nor with
   * `settled` those that are still being written: see {@link hasNews}. Throws `model/unknown` for a folder that cannot be read.
   */
  async read({ settled = false } = {}): Promise<FolderModels> {
    const kept = await this.#keptFiles(settled)
    const owners = this.#ownersOfIds(kept)
    const models: ServedModel[] = []
    const refusals: Refusal[] = []
    for (const [file, { model, error }] of kept) {
      const owner = model && owners.get(model.card.id)
      if (error !== null) refusals.push({ file, error })
      else if (owner && owner !== file)
        refusals.push({ file, error: errorOf('model/invalid', 'modelIdTwice', { file: owner }) })
      if (model && owner === file) models.push(model)
    }
    this.#files = kept
    this.#served = owners
    return { models, refusals }
  }

  /**
   * Looks at the folder. Whether there is something to read: a file that is not as it was read, and was the same at the last look,
   * so that nobody seems to be writing it. One that is being written holds up no other.
   */
  async hasNews(): Promise<boolean> {
    const [before, now] = [this.#looked, await this.#look().catch(() => null)]
    this.#looked = now
    if (before === null || now === null) return false
    const names = [...new Set([...before.keys(), ...now.keys(), ...this.#files.keys()])]
    this.#restless = new Set(names.filter((file) => before.get(file) !== now.get(file)))
    return names.some((file) => !this.#restless.has(file) && now.get(file) !== this.#files.get(file)?.stamp)
  }

  /** The files as they are now, or, with `settled`, as they were where they may be being written. */
  async #keptFiles(settled: boolean): Promise<ReadonlyMap<string, KeptFile>> {
    const now = await this.#look()
    const kept = new Map<string, KeptFile>()
    const names = new Set([...now.keys(), ...(settled ? this.#files.keys() : [])])
    for (const file of [...names].sort()) {
      const before = this.#files.get(file)
      const isRestless = settled && (this.#restless.has(file) || this.#looked?.get(file) !== now.get(file))
      const isAsBefore = isRestless || before?.stamp === now.get(file)
      const found = isAsBefore ? before : now.has(file) && (await this.#review(file, before?.model ?? null))
      if (found) kept.set(file, found)
    }
    return kept
  }

  async #look(): Promise<Look> {
    const files = await modelFiles(this.#folder)
    return new Map(await Promise.all(files.map(async (file) => [file, await this.#lookAt(file)] as const)))
  }

  async #lookAt(file: string): Promise<string> {
    const stamp = await stampOf(this.#pathsOf(file))
    // Whose leave it is to read, and whether a disk answers, no time of a file tells.
    const wasUnread = this.#files.get(file)?.stamp.endsWith(unread)
    return wasUnread && !(await canRead(this.#pathsOf(file))) ? `${stamp}${unread}` : stamp
  }

  /** Of files with the same id, the one that it is served from already has it, else the first. */
  #ownersOfIds(files: ReadonlyMap<string, KeptFile>): ReadonlyMap<string, string> {
    const owners = new Map<string, string>()
    const ids = [...files].flatMap(([file, { model }]) => (model ? [[model.card.id, file] as const] : []))
    const first = ids.filter(([id, file]) => this.#served.get(id) === file)
    for (const [id, file] of [...first, ...ids]) if (!owners.has(id)) owners.set(id, file)
    return owners
  }

  #pathsOf(file: string): FilePaths {
    return [join(this.#folder, file), join(this.#folder, rangesName(file))]
  }

  async #review(file: string, before: ServedModel | null): Promise<KeptFile> {
    const { stamp, outcome } = await this.#readFile(this.#pathsOf(file))
    try {
      const model = takeOutcome(outcome)
      this.#mustFit(model)
      return { stamp, model, error: null }
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      return { stamp: error.fault === 'modelFileUnreadable' ? `${stamp}${unread}` : stamp, model: before, error }
    }
  }
}

/** Every model file of a folder, once. */
export function loadModels(folder: string, openingOf?: OpeningOf): Promise<FolderModels> {
  return new ModelFolder(folder, (paths) => readModelFile(paths, openingOf)).read()
}

/** The models of a folder and the files that are none: an error where no model is left. */
export async function requireModels(folder: string, openingOf?: OpeningOf): Promise<FolderModels> {
  return required(folder, await loadModels(folder, openingOf))
}

/** Throws where no model is left, and where `strict` is said, for any file that is refused. */
export function required(folder: string, loaded: FolderModels, strict = false): FolderModels {
  const { models, refusals } = loaded
  const [first] = refusals
  if (first !== undefined && (strict || models.length === 0)) {
    throw errorOf(first.error.code, models.length === 0 ? 'modelsRefused' : 'modelsRefusedStrictly', {
      folder,
      refusals: refusals.map(({ file, error }) => ({ file, ...toSent(error) })),
    })
  }
  if (models.length === 0) throw errorOf('model/unknown', 'noModels', { folder })
  return loaded
}

async function modelFiles(folder: string): Promise<readonly string[]> {
  try {
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.') && !name.endsWith(rangesEnding))
    return names.filter((name) => modelEndings.some((ending) => name.endsWith(ending))).sort()
  } catch {
    throw errorOf('model/unknown', 'folderUnreadable', { folder })
  }
}
