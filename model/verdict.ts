import * as z from 'zod/mini'
import { type Card, card as cardSchema, hashedText } from '../core/card/card.ts'
import { toHex } from '../core/number/bytes.ts'
import type { Sha256 } from '../core/number/digest.ts'
import type { Head, RealHead } from '../core/protocol/scoring.ts'
import { commitmentTo } from './commitment.ts'
import { compileModel } from './compile.ts'
import { fail } from './faults.ts'
import type { ModelFile } from './modelFile.ts'
import type { Range } from './range.ts'
import { shapeFault } from './shape.ts'
import { verifyModel } from './verify.ts'

/** What encrypted records are scored by, split in two: the card is public, the heads are not. */
export interface ScoredModel {
  readonly card: Card
  readonly heads: readonly Head[]
}

/** A model that is fit to be served. */
export interface ServedModel extends ScoredModel {
  /** Per column, features first: where its range comes from. */
  readonly rangesFrom: readonly Range['from'][]
  /** The heads before they became integers: see `server/routes/phe.ts`. */
  readonly realHeads: readonly RealHead[]
  /** Whether those alone may use it whose access names it: see `audience` of the model file. */
  readonly onlyNamed?: boolean
}

/** The opening of a model's commitment, by the model's id: see {@link commitmentTo}. */
export type OpeningOf = (model: string) => Uint8Array | Promise<Uint8Array>

/**
 * The one verdict on a model file, for the server, the command and the page alike: it is compiled, its verification
 * records come out, and its card is one that clients accept. A server that serves it says by which opening the card
 * commits to the weights. Throws the codes `model/…` for a file that is not fit.
 */
export async function reviewModel(file: ModelFile, sha256: Sha256, openingOf?: OpeningOf): Promise<ServedModel> {
  const { card: compiled, heads, rangesFrom, realHeads } = compileModel(file)
  verifyModel({ card: compiled, heads })
  const commitment = openingOf && (await commitmentTo(heads, await openingOf(compiled.id), sha256))
  const body = commitment === undefined ? compiled : { ...compiled, commitment }
  const hash = toHex(await sha256(new TextEncoder().encode(hashedText(body))))
  const card = { ...body, hash }
  const checked = z.safeParse(cardSchema, card)
  if (!checked.success) {
    fail('model/invalid', 'cardShape', shapeFault(checked.error, card))
  }
  return { card, heads, rangesFrom, realHeads, onlyNamed: file.audience === 'named' }
}
