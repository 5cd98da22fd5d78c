import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { asBlindscoreError, type BlindscoreError, toSent } from '../core/errors.ts'
import { readModel } from '../formats/read.ts'
import { largestFile, modelEndings, rangesEnding, rangesName } from '../formats/table.ts'
import { type OpeningOf, reviewModel, type ServedModel } from '../model/verdict.ts'
import { sha256 } from '../platform/digest.ts'
import { errorOf } from './faults.ts'

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

/** The model files of a folder (Blindscore JSON, PMML, ONNX), which may change. */
export class ModelFolder {
  readonly #folder: string
  readonly #openingOf: OpeningOf | undefined
  readonly #asksWho: boolean
  #files = new Map<string, KeptFile>()
  /** The files that were served last. */
  #served: ReadonlySet<string> = new Set()

  /** Where nobody is asked who they are, a model that has to be named to somebody is refused. */
  constructor(folder: string, openingOf?: OpeningOf, asksWho = true) {
    this.#folder = folder
    this.#openingOf = openingOf
    this.#asksWho = asksWho
  }

  /**
   * The models, in the order of their files' names. A file that is not a sound model is refused with its reason, as is a second one
   * with the same id; where a sound one was there before, that stays. Files that did not change are not read again. Throws
   * `model/unknown` for a folder that cannot be read.
   */
  async read(): Promise<FolderModels> {
    const { files, ranges } = await modelFiles(this.#folder)
    const kept = new Map<string, KeptFile>()
    for (const file of files) {
      const beside = ranges.has(rangesName(file)) ? rangesName(file) : null
      const stamp = await this.#stampOf(file, beside)
      const before = this.#files.get(file)
      kept.set(file, before?.stamp === stamp ? before : await this.#review(file, beside, stamp, before?.model ?? null))
    }
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
    this.#served = new Set(owners.values())
    return { models, refusals }
  }

  /** Another one after each change of a file. Null where the folder cannot be looked at. */
  async stamp(): Promise<string | null> {
    try {
      const { files, ranges } = await modelFiles(this.#folder)
      const stamps = [...files, ...ranges].map(async (file) => `${file} ${await this.#stampOf(file, null)}`)
      return (await Promise.all(stamps)).join('\n')
    } catch {
      return null
    }
  }

  /** Of files with the same id, the one that is served already has it, else the first. */
  #ownersOfIds(files: ReadonlyMap<string, KeptFile>): ReadonlyMap<string, string> {
    const owners = new Map<string, string>()
    const names = [...files.keys()]
    const first = names.filter((file) => this.#served.has(file))
    for (const file of [...first, ...names]) {
      const id = files.get(file)?.model?.card.id
      if (id !== undefined && !owners.has(id)) owners.set(id, file)
    }
    return owners
  }

  async #stampOf(file: string, beside: string | null): Promise<string> {
    const names = beside === null ? [file] : [file, beside]
    const stamps = names.map(async (name) => {
      const found = await stat(join(this.#folder, name)).catch(() => null)
      return found ? `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}` : 'none'
    })
    return (await Promise.all(stamps)).join(' ')
  }

  async #review(file: string, beside: string | null, stamp: string, before: ServedModel | null): Promise<KeptFile> {
    try {
      const limits = beside === null ? undefined : await bytesOf(join(this.#folder, beside))
      const { file: read } = readModel(file, await bytesOf(join(this.#folder, file)), limits)
      const model = await reviewModel(read, sha256, this.#openingOf)
      if (model.onlyNamed && !this.#asksWho) throw errorOf('model/invalid', 'modelForNobody')
      return { stamp, model, error: null }
    } catch (thrown) {
      return { stamp, model: before, error: asBlindscoreError(thrown) }
    }
  }
}

/** Every model file of a folder, once. */
export function loadModels(folder: string, openingOf?: OpeningOf): Promise<FolderModels> {
  return new ModelFolder(folder, openingOf).read()
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

async function modelFiles(folder: string): Promise<{ files: string[]; ranges: ReadonlySet<string> }> {
  try {
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort()
    const ranges = new Set(names.filter((name) => name.endsWith(rangesEnding)))
    const files = names.filter((name) => !ranges.has(name) && modelEndings.some((ending) => name.endsWith(ending)))
    return { files, ranges }
  } catch {
    throw errorOf('model/unknown', 'folderUnreadable', { folder })
  }
}

/** A file's bytes, unless it is larger than a model file may be. */
export async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).size <= largestFile) return await readFile(path)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') throw thrown
    throw errorOf('model/invalid', 'modelFileUnreadable')
  }
  throw errorOf('model/invalid', 'modelFileTooLarge')
}
