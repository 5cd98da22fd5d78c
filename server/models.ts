import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { asBlindscoreError, BlindscoreError, type ErrorCode } from '../core/errors.ts'
import { largestFile, modelEndings, rangesEnding } from '../formats/dispatch.ts'
import { readModel } from '../formats/read.ts'
import { reviewModel, type ServedModel } from '../model/verdict.ts'
import { sha256 } from '../platform/digest.ts'

/** Why a model file is not served. */
export interface Refusal {
  readonly file: string
  readonly code: ErrorCode
  readonly reason: string
}

/**
 * Every model file of a folder (Blindscore JSON, PMML, ONNX), in the order of their names. A file that is not a sound
 * model is refused with its reason, as is a second one with the same id.
 */
export async function loadModels(folder: string): Promise<{ models: ServedModel[]; refusals: Refusal[] }> {
  const models: ServedModel[] = []
  const refusals: Refusal[] = []
  const fileOfId = new Map<string, string>()
  const { files, ranges } = await modelFiles(folder)
  for (const file of files) {
    try {
      const beside = rangesName(file)
      const limits = ranges.has(beside) ? await bytesOf(join(folder, beside)) : undefined
      const model = await reviewModel(readModel(file, await bytesOf(join(folder, file)), limits).file, sha256)
      const other = fileOfId.get(model.card.id)
      if (other !== undefined) throw new BlindscoreError('model/invalid', `${other} has the same id.`)
      fileOfId.set(model.card.id, file)
      models.push(model)
    } catch (thrown) {
      const { code, message } = asBlindscoreError(thrown)
      refusals.push({ file, code, reason: message })
    }
  }
  return { models, refusals }
}

/** The models of a folder, or an error that names every file that is in the way. */
export async function requireModels(folder: string): Promise<ServedModel[]> {
  const { models, refusals } = await loadModels(folder)
  const [first] = refusals
  if (first !== undefined) {
    const lines = refusals.map(({ file, code, reason }) => `  ${file}: ${reason} (${code})`)
    throw new BlindscoreError(first.code, `Not every model in ${folder} can be served:\n${lines.join('\n')}`)
  }
  if (models.length === 0) throw new BlindscoreError('model/unknown', `There is no model file in ${folder}.`)
  return models
}

async function modelFiles(folder: string): Promise<{ files: string[]; ranges: ReadonlySet<string> }> {
  try {
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort()
    const ranges = new Set(names.filter((name) => name.endsWith(rangesEnding)))
    const files = names.filter((name) => !ranges.has(name) && modelEndings.some((ending) => name.endsWith(ending)))
    return { files, ranges }
  } catch {
    throw new BlindscoreError('model/unknown', `The folder ${folder} cannot be read.`)
  }
}

/** The name of the ranges file that goes with a model file: `NAME.ranges.json`. */
export function rangesName(file: string): string {
  return file.replace(/\.[^.]*$/, rangesEnding)
}

/** A file's bytes, unless it is larger than a model file may be. */
export async function bytesOf(path: string): Promise<Uint8Array> {
  if ((await stat(path)).size > largestFile) throw new BlindscoreError('model/invalid', 'The file is too large.')
  return await readFile(path)
}
