import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { asBlindscoreError, type BlindscoreError, toSent } from '../core/errors.ts'
import { readModel } from '../formats/read.ts'
import { largestFile, modelEndings, rangesEnding } from '../formats/table.ts'
import { type OpeningOf, reviewModel, type ServedModel } from '../model/verdict.ts'
import { sha256 } from '../platform/digest.ts'
import { errorOf } from './faults.ts'

/** Why a model file is not served. */
export interface Refusal {
  readonly file: string
  readonly error: BlindscoreError
}

/**
 * Every model file of a folder (Blindscore JSON, PMML, ONNX), in the order of their names. A file that is not a sound
 * model is refused with its reason, as is a second one with the same id.
 */
export async function loadModels(
  folder: string,
  openingOf?: OpeningOf,
): Promise<{ models: ServedModel[]; refusals: Refusal[] }> {
  const models: ServedModel[] = []
  const refusals: Refusal[] = []
  const fileOfId = new Map<string, string>()
  const { files, ranges } = await modelFiles(folder)
  for (const file of files) {
    try {
      const beside = rangesName(file)
      const limits = ranges.has(beside) ? await bytesOf(join(folder, beside)) : undefined
      const model = await reviewModel(
        readModel(file, await bytesOf(join(folder, file)), limits).file,
        sha256,
        openingOf,
      )
      const other = fileOfId.get(model.card.id)
      if (other !== undefined) throw errorOf('model/invalid', 'modelIdTwice', { file: other })
      fileOfId.set(model.card.id, file)
      models.push(model)
    } catch (thrown) {
      refusals.push({ file, error: asBlindscoreError(thrown) })
    }
  }
  return { models, refusals }
}

/** The models of a folder and the files that are none: an error where no model is left. */
export async function requireModels(
  folder: string,
  openingOf?: OpeningOf,
): Promise<{ models: ServedModel[]; refusals: Refusal[] }> {
  const loaded = await loadModels(folder, openingOf)
  const { models, refusals } = loaded
  const [first] = refusals
  if (first !== undefined && models.length === 0) {
    throw errorOf(first.error.code, 'modelsRefused', {
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

/** The name of the ranges file that goes with a model file: `NAME.ranges.json`. */
export function rangesName(file: string): string {
  return file.replace(/\.[^.]*$/, rangesEnding)
}

/** A file's bytes, unless it is larger than a model file may be. */
export async function bytesOf(path: string): Promise<Uint8Array> {
  if ((await stat(path)).size > largestFile) throw errorOf('model/invalid', 'modelFileTooLarge')
  return await readFile(path)
}
