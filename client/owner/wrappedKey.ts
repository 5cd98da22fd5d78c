import { fromBase64, toBase64 } from '../../core/number/base64.ts'
import type { Platform } from '../../core/private/owner.ts'
import type { KeyName, ParameterSet } from '../../core/protocol/scheme.ts'
import { parameterSets, schemeOf } from '../../core/protocol/schemes.ts'
import { ownerOf } from '../../kernel/ownerEngines.ts'
import { fail } from '../faults.ts'
import { type DerivationSettings, type DeriveKey, recommended } from './keyDerivation.ts'
import { fingerprintOf, type Secret } from './secret.ts'

/**
 * A key wrapped under a passphrase, as JSON text: what a backup file holds, and what is remembered on a device.
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
export const wrappedKeyFormat = 'blindscore-key/1'

/** The scheme whose keys this version of the format holds; its members name the parameter set by its bits. */
const scheme = 'paillier'

/** A wrapped key is some 2 KB; nothing longer is looked at. */
export const longestWrappedKey = 16_384

/** Settings beyond these would keep a browser busy for long, or are too weak for anyone to have written them. */
const kdfLimits = { memory: [19_456, 131_072], passes: [1, 4], lanes: [1, 8] } as const

interface Header {
  readonly set: ParameterSet
  readonly fingerprint: string
  readonly kdf: DerivationSettings
  readonly nonce: Uint8Array<ArrayBuffer>
}

/** Wraps a key under a passphrase. Resolves to the text. */
export async function wrapKey(
  secret: Secret,
  passphrase: string,
  deriveKey: DeriveKey,
  platform: Platform,
): Promise<string> {
  // Such a key ends with its run: what was sealed with it once must not be sealed with it again.
  if (schemeOf(secret.set).keyPerRun) fail('key/backup', 'keyOfOneRun')
  const fingerprint = await fingerprintOf(secret, platform)
  const kdf = { ...recommended, salt: platform.random(16) }
  const header: Header = { set: secret.set, fingerprint, kdf, nonce: new Uint8Array(platform.random(12)) }
  const cipher = await cipherKey(passphrase, header, deriveKey, 'encrypt')
  const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters(header), cipher, secret.bytes))
  return `${JSON.stringify({ ...described(header), sealed: toBase64(sealed) }, null, 2)}\n`
}

/** What a wrapped key's text says of it in the open. Throws `key/backup` for a text that is none. */
export function nameOfWrapped(text: string): KeyName {
  const { set, fingerprint } = read(text).header
  return { set: set.id, fingerprint }
}

/**
 * Unwraps a key, which is checked like one that anybody may have written. Throws `key/backup`, always with the same
 * words, for another passphrase and for a text that is damaged, cut or made to do harm; what can be refused without
 * deriving a key from the passphrase is.
 */
export async function unwrapKey(
  text: string,
  passphrase: string,
  deriveKey: DeriveKey,
  platform: Platform,
): Promise<Secret> {
  const { header, sealed } = read(text)
  const { set } = header
  let bytes: Uint8Array<ArrayBuffer> | null = null
  try {
    const cipher = await cipherKey(passphrase, header, deriveKey, 'decrypt')
    bytes = new Uint8Array(await crypto.subtle.decrypt(parameters(header), cipher, sealed))
    if ((await fingerprintOf({ set, bytes }, platform)) !== header.fingerprint) refuse()
    ownerOf(set).checkSecret(set, bytes, platform.random)
    return { set, bytes }
  } catch {
    bytes?.fill(0)
    return refuse()
  }
}

function refuse(): never {
  return fail('key/backup', 'backupRefused')
}

/** Reads what is open in a text, and refuses it unless these are the very members that are written. */
function read(text: string): { header: Header; sealed: Uint8Array<ArrayBuffer> } {
  try {
    if (text.length > longestWrappedKey) refuse()
    const found = JSON.parse(text)
    const { bits, fingerprint, kdf, cipher } = found
    const header: Header = {
      set: parameterSets.find((set) => set.scheme === scheme && set.bits === bits) ?? refuse(),
      fingerprint,
      kdf: { memory: kdf.memory, passes: kdf.passes, lanes: kdf.lanes, salt: bytesOf(kdf.salt) },
      nonce: bytesOf(cipher.nonce),
    }
    const sealed = bytesOf(found.sealed)
    const fits =
      /^[0-9a-f]{64}$/.test(header.fingerprint) &&
      within(header.kdf) &&
      header.kdf.salt.length === 16 &&
      header.nonce.length === 12 &&
      sealed.length === ownerOf(header.set).secretBytes(header.set) + 16 &&
      JSON.stringify({ ...described(header), sealed: toBase64(sealed) }) === JSON.stringify(found)
    return fits ? { header, sealed } : refuse()
  } catch {
    return refuse()
  }
}

/** That it is written in the one usual way is seen when it is written again. */
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => fromBase64(text) ?? refuse()

function within(settings: DerivationSettings): boolean {
  return (['memory', 'passes', 'lanes'] as const).every((name) => {
    const [least, most] = kdfLimits[name]
    return Number.isInteger(settings[name]) && settings[name] >= least && settings[name] <= most
  })
}

/** The members before `sealed`, as they are written. */
function described({ set, fingerprint, kdf, nonce }: Header): object {
  const { memory, passes, lanes, salt } = kdf
  return {
    format: wrappedKeyFormat,
    bits: set.bits,
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
  deriveKey: DeriveKey,
  use: 'encrypt' | 'decrypt',
): Promise<CryptoKey> {
  const derived = await deriveKey(passphrase, kdf)
  try {
    return await crypto.subtle.importKey('raw', derived, 'AES-GCM', false, [use])
  } finally {
    derived.fill(0)
  }
}
