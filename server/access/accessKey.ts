import { createHash, timingSafeEqual } from 'node:crypto'
import { toHex } from '../../core/number/bytes.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import { fail } from '../faults.ts'
import type { Secret } from '../secret.ts'

/**
 * An API key's text: `bsk_`, 8 hexadecimal digits of its id, 64 of its secret half, and 8 of a check that tells a mistyped key from a
 * foreign one (the first of SHA-256 over the others). What is kept of it is HMAC-SHA-256 under the server's secret: who reads
 * the file of keys has no key, and who writes to it can add none. The secret half is random, so no slow digest is needed.
 */
export interface AccessKey {
  readonly id: string
  readonly secret: string
}

const form = /^bsk_([0-9a-f]{8})([0-9a-f]{64})([0-9a-f]{8})$/

export function makeAccessKey(random: RandomBytes): AccessKey {
  return { id: toHex(random(4)), secret: toHex(random(32)) }
}

export function textOfKey({ id, secret }: AccessKey): string {
  return `bsk_${id}${secret}${checkOf(id, secret)}`
}

/** Throws `access/refused` for a text that is none. */
export function readAccessKey(text: string): AccessKey {
  const [, id = '', secret = '', check] = form.exec(text) ?? []
  if (check === undefined || check !== checkOf(id, secret)) fail('access/refused', 'accessMistyped')
  return { id, secret }
}

export function isKeyOf({ id, secret }: AccessKey, digest: string, own: Secret): boolean {
  return timingSafeEqual(own.digestOfAccess(id, secret), Buffer.from(digest, 'hex'))
}

function checkOf(id: string, secret: string): string {
  return createHash('sha256').update(`${id}${secret}`).digest('hex').slice(0, 8)
}
