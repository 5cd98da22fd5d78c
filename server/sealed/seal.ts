import type { webcrypto } from 'node:crypto'
import { concat, fromHex, toHex } from '../../core/number/bytes.ts'
import { secureRandom } from '../../platform/random.ts'
import { sha256Hex } from '../digest.ts'

/**
 * What lies in a store, sealed by AES-256-GCM (NIST SP 800-38D) with a random nonce: a byte 1, 8 bytes that name the key, 12 of the
 * nonce, then the ciphertext with its tag of 16. What it is, of whom and of which run or study is authenticated and not stored: what lies
 * in another's place does not open there.
 */

const format = 1
const idBytes = 8
const nonceBytes = 12
const headBytes = 1 + idBytes + nonceBytes

export interface SealingKey {
  /** 16 hexadecimal digits that tell keys apart, and nothing of them. */
  readonly id: string
  readonly key: webcrypto.CryptoKey
}

export const keyBytes = 32

/** A key of {@link keyBytes} bytes. Its name is a digest, from which nobody finds a random key. */
export async function sealingKey(bytes: Uint8Array): Promise<SealingKey> {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(bytes), 'AES-GCM', false, ['encrypt', 'decrypt'])
  return { id: sha256Hex('blindscore sealing key 1\0', bytes).slice(0, 2 * idBytes), key }
}

/** `about`: what has to be said again to open it. */
export async function seal(by: SealingKey, about: readonly unknown[], bytes: Uint8Array): Promise<Uint8Array> {
  const iv = new Uint8Array(secureRandom(nonceBytes))
  const sealed = await crypto.subtle.encrypt(algorithm(by, about, iv), by.key, new Uint8Array(bytes))
  return concat([Uint8Array.of(format), fromHex(by.id), iv, new Uint8Array(sealed)])
}

/** Null where it is none, or was sealed by none of these keys or about something else, or where a bit of it is another. */
export async function unseal(
  keys: readonly SealingKey[],
  about: readonly unknown[],
  sealed: Uint8Array | null,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const by = sealed && keys.find(({ id }) => id === sealedBy(sealed))
  if (!by) return null
  const iv = new Uint8Array(sealed.subarray(1 + idBytes, headBytes))
  try {
    return new Uint8Array(
      await crypto.subtle.decrypt(algorithm(by, about, iv), by.key, new Uint8Array(sealed.subarray(headBytes))),
    )
  } catch {
    return null
  }
}

/** The name of the key that something says it was sealed by; null for what is nothing sealed. */
export function sealedBy(sealed: Uint8Array): string | null {
  return sealed[0] === format && sealed.length > headBytes ? toHex(sealed.subarray(1, 1 + idBytes)) : null
}

function algorithm({ id }: SealingKey, about: readonly unknown[], iv: Uint8Array<ArrayBuffer>): webcrypto.AesGcmParams {
  const additionalData = new TextEncoder().encode(JSON.stringify([...about, id]))
  return { name: 'AES-GCM', iv, additionalData }
}
