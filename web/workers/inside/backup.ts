import { concat, fromBytes, toBytes, toHex } from '../../../core/bytes.ts'
import { type KeySize, keySizes } from '../../../core/card.ts'
import { fail } from '../../../core/errors.ts'
import { keyFingerprint } from '../../../core/key.ts'
import { makePrivateKey, type PrivateKey } from '../../../core/private/key.ts'
import { isPrime } from '../../../core/private/prime.ts'
import { secureRandom, sha256 } from './random.ts'
import { recommended, type Stretch, type StretchSettings } from './stretch.ts'

/**
 * A key sealed under a passphrase, as JSON text: what a backup file holds, and what is remembered on a device.
 *
 *     format       "blindscore-key/1"
 *     bits         2048, 3072 or 4096
 *     fingerprint  SHA-256 of n, 64 lower-case hexadecimal digits
 *     kdf          { name: "argon2id", version: 19, memory (KiB), passes, lanes, salt (16 bytes) }
 *     cipher       { name: "aes-256-gcm", nonce (12 bytes) }
 *     sealed       p ‖ q, bits/16 bytes each, encrypted, and the tag of 16 bytes
 *
 * Byte strings are in base64. The cipher authenticates everything before `sealed`, as the JSON of just those members in
 * this order without spaces. Members in another order, further members, and bytes written otherwise are refused.
 */
export const backupFormat = 'blindscore-key/1'

/** A backup is some 2 KB; nothing longer is looked at. */
export const longestBackup = 16_384

/** Settings beyond these would keep a browser busy for long, or are too weak for anyone to have written them. */
const kdfLimits = { memory: [19_456, 131_072], passes: [1, 4], lanes: [1, 8] } as const

/** What a backup says of its key in the open. */
export interface KeyName {
  readonly bits: KeySize
  /** Hexadecimal SHA-256 of n. */
  readonly fingerprint: string
}

interface Header extends KeyName {
  readonly kdf: StretchSettings
  readonly nonce: Uint8Array<ArrayBuffer>
}

/** Seals a key under a passphrase. Resolves to the backup's text. */
export async function sealKey(key: PrivateKey, passphrase: string, stretch: Stretch): Promise<string> {
  const fingerprint = await fingerprintOf(key)
  const kdf = { ...recommended, salt: secureRandom(16) }
  const header: Header = { bits: key.bits, fingerprint, kdf, nonce: own(secureRandom(12)) }
  const width = key.bits / 16
  const primes = concat([toBytes(key.p, width), toBytes(key.q, width)])
  try {
    const cipher = await cipherKey(passphrase, header, stretch, 'encrypt')
    const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters(header), cipher, primes))
    return `${JSON.stringify({ ...described(header), sealed: toBase64(sealed) }, null, 2)}\n`
  } finally {
    primes.fill(0)
  }
}

/** What a backup's text says of its key. Throws `key/backup` for a text that is no backup. */
export function nameOfBackup(text: string): KeyName {
  const { bits, fingerprint } = read(text).header
  return { bits, fingerprint }
}

/**
 * Opens a backup: the key in it, which is checked like one that anybody may have written. Throws `key/backup`, always
 * with the same words, for another passphrase and for a file that is damaged, cut or made to do harm; what can be
 * refused without stretching the passphrase is.
 */
export async function openBackup(text: string, passphrase: string, stretch: Stretch): Promise<PrivateKey> {
  const { header, sealed } = read(text)
  let primes: Uint8Array | null = null
  try {
    const cipher = await cipherKey(passphrase, header, stretch, 'decrypt')
    primes = new Uint8Array(await crypto.subtle.decrypt(parameters(header), cipher, sealed))
    const half = primes.length / 2
    const key = makePrivateKey(fromBytes(primes.subarray(0, half)), fromBytes(primes.subarray(half)), header.bits)
    if ((await fingerprintOf(key)) !== header.fingerprint) refuse()
    if (!isPrime(key.p, secureRandom) || !isPrime(key.q, secureRandom)) refuse()
    return key
  } catch {
    return refuse()
  } finally {
    primes?.fill(0)
  }
}

function refuse(): never {
  return fail('key/backup', 'This backup cannot be opened: its passphrase is another one, or the file is damaged.')
}

/** Reads what is open in a text, and refuses it unless these are the very members that are written. */
function read(text: string): { header: Header; sealed: Uint8Array<ArrayBuffer> } {
  try {
    if (text.length > longestBackup) refuse()
    const found = JSON.parse(text)
    const { bits, fingerprint, kdf, cipher } = found
    const header: Header = {
      bits,
      fingerprint,
      kdf: { memory: kdf.memory, passes: kdf.passes, lanes: kdf.lanes, salt: fromBase64(kdf.salt) },
      nonce: fromBase64(cipher.nonce),
    }
    const sealed = fromBase64(found.sealed)
    const fits =
      keySizes.includes(header.bits) &&
      /^[0-9a-f]{64}$/.test(header.fingerprint) &&
      within(header.kdf) &&
      header.kdf.salt.length === 16 &&
      header.nonce.length === 12 &&
      sealed.length === header.bits / 8 + 16 &&
      JSON.stringify({ ...described(header), sealed: toBase64(sealed) }) === JSON.stringify(found)
    return fits ? { header, sealed } : refuse()
  } catch {
    return refuse()
  }
}

function within(settings: StretchSettings): boolean {
  return (['memory', 'passes', 'lanes'] as const).every((name) => {
    const [least, most] = kdfLimits[name]
    return Number.isInteger(settings[name]) && settings[name] >= least && settings[name] <= most
  })
}

/** The members before `sealed`, as they are written. */
function described({ bits, fingerprint, kdf, nonce }: Header): object {
  const { memory, passes, lanes, salt } = kdf
  return {
    format: backupFormat,
    bits,
    fingerprint,
    kdf: { name: 'argon2id', version: 19, memory, passes, lanes, salt: toBase64(salt) },
    cipher: { name: 'aes-256-gcm', nonce: toBase64(nonce) },
  }
}

function parameters(header: Header): AesGcmParams {
  const additionalData = new TextEncoder().encode(JSON.stringify(described(header)))
  return { name: 'AES-GCM', iv: header.nonce, additionalData, tagLength: 128 }
}

async function cipherKey(
  passphrase: string,
  { kdf }: Header,
  stretch: Stretch,
  use: 'encrypt' | 'decrypt',
): Promise<CryptoKey> {
  const stretched = await stretch(passphrase, kdf)
  try {
    return await crypto.subtle.importKey('raw', stretched, 'AES-GCM', false, [use])
  } finally {
    stretched.fill(0)
  }
}

async function fingerprintOf({ n, bits }: PrivateKey): Promise<string> {
  return toHex(await keyFingerprint(toBytes(n, bits / 8), sha256))
}

function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

/** Throws for what is no base64; that it is written in the one usual way is seen when it is written again. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
}
