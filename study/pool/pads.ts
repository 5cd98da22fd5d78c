import { x25519 } from '@noble/curves/ed25519.js'
import { expand, extract } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { shake256 } from '@noble/hashes/sha3.js'
import { concat, equalBytes } from '../../core/number/bytes.ts'
import { fail } from '../faults.ts'
import { numberBytes, numbersOf } from './numbers.ts'

/**
 * Pads that cancel in the sum of all owners (Bonawitz and others 2017, without its shares: here everybody is there, or the
 * study is over). A pair's pad is added by the one and taken away by the other; an owner's own pad is told to the others when
 * all have sealed. Keys are agreed by X25519 (RFC 7748), pads are SHAKE256 of what HKDF-SHA-256 (RFC 5869) makes of them.
 */

const label = new TextEncoder().encode('blindscore pool pads 1')
export const seedBytes = 32
const tagBytes = 32

/** What a pair of owners shares for the life of a study. Throws `study/roster` for a key of small order. */
export function sharedSecret(own: Uint8Array, other: Uint8Array, roster: Uint8Array): Uint8Array {
  try {
    return extract(sha256, x25519.getSharedSecret(own, other), concat([label, roster]))
  } catch {
    return fail('study/roster', 'poolCommitment')
  }
}

/** A pad of so many numbers. `context` names round, transcript and everybody's nonces. */
export function padOf(secret: Uint8Array, context: Uint8Array, count: number): bigint[] {
  const key = expand(sha256, secret, concat([new TextEncoder().encode('pad'), context]), 32)
  return numbersOf(shake256(key, { dkLen: count * numberBytes }))
}

/** A seed for one owner: encrypted and authenticated under a key that is for this pair, direction, round and list alone. */
export function sealSeed(secret: Uint8Array, context: Uint8Array, seed: Uint8Array): Uint8Array<ArrayBuffer> {
  const { pad, tagKey } = seedKeys(secret, context)
  const hidden = seed.map((byte, i) => byte ^ (pad[i] as number))
  return concat([hidden, hmac(sha256, tagKey, hidden)])
}

/** Throws `study/disagree` where it was sealed for another context: another list of what was sealed, above all. */
export function openSeed(secret: Uint8Array, context: Uint8Array, sealed: Uint8Array): Uint8Array {
  const { pad, tagKey } = seedKeys(secret, context)
  const hidden = sealed.subarray(0, seedBytes)
  const isWhole = sealed.length === seedBytes + tagBytes
  if (!isWhole || !equalBytes(hmac(sha256, tagKey, hidden), sealed.subarray(seedBytes))) {
    fail('study/disagree', 'poolDisagree')
  }
  return hidden.map((byte, i) => byte ^ (pad[i] as number))
}

function seedKeys(secret: Uint8Array, context: Uint8Array): { readonly pad: Uint8Array; readonly tagKey: Uint8Array } {
  const keys = expand(sha256, secret, concat([new TextEncoder().encode('seed'), context]), 64)
  return { pad: keys.subarray(0, 32), tagKey: keys.subarray(32) }
}
