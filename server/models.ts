import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { type Card, card as cardSchema, hashedText } from '../core/card.ts'
import { asBlindscoreError, BlindscoreError, type ErrorCode } from '../core/errors.ts'
import { compileModel, type Head } from '../core/headroom.ts'
import { parseModelFile } from '../core/model.ts'
import { sha256Hex } from './digest.ts'
import { verifyModel } from './verify.ts'

/** A model split in two: the card is public, the heads are not. */
export interface ServedModel {
  readonly card: Card
  readonly heads: readonly Head[]
}

/** Why a model file is not served. */
export interface Refusal {
  readonly file: string
  readonly code: ErrorCode
  readonly reason: string
}

const largestFile = 64 * 2 ** 20

/** A model file's text, compiled and verified. Throws the codes `model/…`. */
export function readModel(json: string): ServedModel {
  const compiled = compileModel(parseModelFile(json))
  verifyModel(compiled)
  const card = { ...compiled.card, hash: sha256Hex(hashedText(compiled.card)) }
  const checked = z.safeParse(cardSchema, card)
  if (!checked.success) {
    const issue = checked.error.issues[0]
    throw new BlindscoreError('model/invalid', `Its card is not valid at ${issue?.path.join('.')}: ${issue?.message}.`)
  }
  return { card, heads: compiled.heads }
}

/**
 * Every `*.json` of a folder, in the order of their names. A file that is not a sound model is refused with its
 * reason, as is a second one with the same id.
 */
export async function loadModels(folder: string): Promise<{ models: ServedModel[]; refusals: Refusal[] }> {
  const models: ServedModel[] = []
  const refusals: Refusal[] = []
  const fileOfId = new Map<string, string>()
  for (const file of await modelFiles(folder)) {
    try {
      const path = join(folder, file)
      if ((await stat(path)).size > largestFile) throw new BlindscoreError('model/invalid', 'The file is too large.')
      const model = readModel(await readFile(path, 'utf8'))
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

async function modelFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((file) => file.endsWith('.json') && !file.startsWith('.')).sort()
  } catch {
    throw new BlindscoreError('model/unknown', `The folder ${folder} cannot be read.`)
  }
}
