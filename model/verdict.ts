import * as z from 'zod/mini'
import { type Card, card as cardSchema, hashedText } from '../core/card/card.ts'
import { toHex } from '../core/number/bytes.ts'
import type { Sha256 } from '../core/number/digest.ts'
import type { Head } from '../core/protocol/scoring.ts'
import { compileModel } from './compile.ts'
import { fail } from './faults.ts'
import type { ModelFile } from './modelFile.ts'
import type { Range } from './range.ts'
import { shapeFault } from './shape.ts'
import { verifyModel } from './verify.ts'

/** A model that is fit to be served, split in two: the card is public, the heads are not. */
export interface ServedModel {
  readonly card: Card
  readonly heads: readonly Head[]
  /** Per column, features first: where its range comes from. */
  readonly rangesFrom: readonly Range['from'][]
}

/**
 * The one verdict on a model file, for the server, the command and the page alike: it is compiled, its verification
 * records come out, and its card is one that clients accept. Throws the codes `model/…` for a file that is not fit.
 */
export async function reviewModel(file: ModelFile, sha256: Sha256): Promise<ServedModel> {
  const { card: body, heads, rangesFrom } = compileModel(file)
  verifyModel({ card: body, heads })
  const hash = toHex(await sha256(new TextEncoder().encode(hashedText(body))))
  const card = { ...body, hash }
  const checked = z.safeParse(cardSchema, card)
  if (!checked.success) {
    fail('model/invalid', 'cardShape', shapeFault(checked.error, card))
  }
  return { card, heads, rangesFrom }
}
