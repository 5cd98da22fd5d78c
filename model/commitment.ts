import { canonicalJson } from '../core/card/card.ts'
import { unforeseen } from '../core/errors.ts'
import { concat, toHex } from '../core/number/bytes.ts'
import type { Sha256 } from '../core/number/digest.ts'
import type { Head } from '../core/protocol/scoring.ts'

const openingBytes = 32

const text = (value: string) => new TextEncoder().encode(value)

/**
 * A commitment to the weights: SHA-256("blindscore weights 1" ‖ opening ‖ SHA-256(the heads, as canonical JSON)). It is another
 * one for other weights, and says nothing of them to who does not know the opening: 32 bytes that are random to everybody else.
 * Without the opening it would, for a few weights of a few digits can be guessed.
 *
 * It stands in the card, whose hash thereby pins the whole model. Nobody opens it: that it is the same is all that is asked.
 */
export async function commitmentTo(heads: readonly Head[], opening: Uint8Array, sha256: Sha256): Promise<string> {
  if (opening.length !== openingBytes) unforeseen('an opening of another length')
  const spelled = heads.map(({ weights, constant }) => [Array.from(weights, String), String(constant)])
  const digest = await sha256(text(canonicalJson(spelled)))
  return toHex(await sha256(concat([text('blindscore weights 1'), opening, digest])))
}
