import * as z from 'zod/mini'
import { type Card, card as cardSchema, hashedText } from '../core/card/card.ts'
import { limitNesting } from '../core/card/nesting.ts'
import { toHex } from '../core/number/bytes.ts'
import { sha256 } from '../platform/digest.ts'
import { fail } from './faults.ts'

/** A card as a server publishes it. Throws `run/out-of-date` when it is not one that this program understands or its hash is wrong. */
export async function readCard(json: unknown): Promise<Card> {
  // A card's expressions nest; one that nests without end must not reach what walks them.
  limitNesting(json)
  const result = z.safeParse(cardSchema, json)
  if (!result.success) fail('run/out-of-date', 'answerNotUnderstood')
  const hash = toHex(await sha256(new TextEncoder().encode(hashedText(result.data))))
  if (hash !== result.data.hash) fail('run/out-of-date', 'cardHash')
  return result.data
}
