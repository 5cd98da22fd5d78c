import { ed25519 } from '@noble/curves/ed25519.js'
import * as z from 'zod/mini'
import { fromBase64, toBase64 } from '../../core/number/base64.ts'
import { fromHex } from '../../core/number/bytes.ts'
import { fail } from '../faults.ts'
import { signerOf } from './messages.ts'

/**
 * Where one or two owners leave or join between two studies of the same rows, the difference of their sums is these owners' own. It
 * is theirs alone to allow, by a signature for the one study: "the others can compute my totals".
 */

const format = 'blindscore-pool-release/1'
const release = z.strictObject({
  format: z.literal(format),
  study: z.string(),
  owner: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  signature: z.string(),
})

const signedOf = (study: string): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(['blindscore pool release 1', study, 'the others can compute my totals']))

/** What the owner of this seed signs of the study of this digest, which it leaves out or joins. */
export function releaseFor(study: string, seed: Uint8Array): string {
  const signature = toBase64(ed25519.sign(signedOf(study), seed))
  return JSON.stringify({ format, study, owner: signerOf(seed), signature })
}

/** The owners that signed for the study of this digest. Throws `study/message` for a text that is no such thing. */
export function releasedIn(texts: readonly string[], study: string): ReadonlySet<string> {
  return new Set(texts.map((text) => ownerOf(text, study) ?? fail('study/message', 'poolRelease')))
}

function ownerOf(text: string, study: string): string | null {
  try {
    const told = release.parse(JSON.parse(text))
    const signature = fromBase64(told.signature)
    if (told.study !== study || signature === null) return null
    return ed25519.verify(signature, signedOf(study), fromHex(told.owner), { zip215: false }) ? told.owner : null
  } catch {
    return null
  }
}
