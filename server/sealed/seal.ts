import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
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
const tagBytes = 16
const cipher = 'aes-256-gcm'

/** So many bytes are sealed in less time than it takes to hand them to a thread and back; more would hold up everybody. */
const mostAtOnce = 2 ** 16

export interface SealingKey {
  /** 16 hexadecimal digits that tell keys apart, and nothing of them. */
  readonly id: string
  readonly key: KeyObject
}

export const keyBytes = 32

/** A key of {@link keyBytes} bytes. Its name is a digest, from which nobody finds a random key. */
export function sealingKey(bytes: Uint8Array): SealingKey {
  return { id: sha256Hex('blindscore sealing key 1\0', bytes).slice(0, 2 * idBytes), key: createSecretKey(bytes) }
}

/** `about`: what has to be said again to open it. */
export async function seal(by: SealingKey, about: readonly unknown[], bytes: Uint8Array): Promise<Uint8Array> {
  const iv = new Uint8Array(secureRandom(nonceBytes))
  const aad = aboutBytes(by, about)
  const sealed =
    bytes.length <= mostAtOnce ? encrypt(by, iv, aad, bytes) : await inThread('encrypt', by, iv, aad, bytes)
  return concat([Uint8Array.of(format), fromHex(by.id), iv, sealed])
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
  const aad = aboutBytes(by, about)
  const bytes = sealed.subarray(headBytes)
  try {
    return bytes.length <= mostAtOnce ? decrypt(by, iv, aad, bytes) : await inThread('decrypt', by, iv, aad, bytes)
  } catch {
    return null
  }
}

/** The name of the key that something says it was sealed by; null for what is nothing sealed. */
export function sealedBy(sealed: Uint8Array): string | null {
  return sealed[0] === format && sealed.length > headBytes ? toHex(sealed.subarray(1, 1 + idBytes)) : null
}

function aboutBytes({ id }: SealingKey, about: readonly unknown[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify([...about, id]))
}

function encrypt({ key }: SealingKey, iv: Uint8Array, aad: Uint8Array, bytes: Uint8Array): Uint8Array {
  const by = createCipheriv(cipher, key, iv, { authTagLength: tagBytes }).setAAD(aad)
  return concat([by.update(bytes), by.final(), by.getAuthTag()])
}

/** Throws for what was not encrypted so. */
function decrypt({ key }: SealingKey, iv: Uint8Array, aad: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const by = createDecipheriv(cipher, key, iv, { authTagLength: tagBytes }).setAAD(aad)
  by.setAuthTag(bytes.subarray(-tagBytes))
  return concat([by.update(bytes.subarray(0, -tagBytes)), by.final()])
}

/** The same two, off the event loop. */
async function inThread(
  way: 'encrypt' | 'decrypt',
  { key }: SealingKey,
  iv: Uint8Array<ArrayBuffer>,
  additionalData: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const by = await crypto.subtle.importKey('raw', new Uint8Array(key.export()), 'AES-GCM', false, [way])
  return new Uint8Array(await crypto.subtle[way]({ name: 'AES-GCM', iv, additionalData }, by, new Uint8Array(bytes)))
}
