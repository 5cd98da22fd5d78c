import { ed25519 } from '@noble/curves/ed25519.js'
import { expand, extract } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from '../../core/number/bytes.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import { encodeField, nonceBytes, padText, type SealedField, tokenBytes, unpadText } from '../../files/extras.ts'
import { FieldWriter, utf8 } from '../../files/fields.ts'
import { signedOf } from '../../files/signature.ts'
import { errorOf, fail } from '../faults.ts'
import type { FileKeeper } from '../fileKeeper.ts'
import { spelled } from '../spelling.ts'
import { fileKeysLabel } from './fileSecret.ts'

/**
 * The keys of sealed files, each derived from the secret of the key that a backup holds, by HKDF-SHA-256 (RFC 5869) with the
 * salt "blindscore file keys 1" and one label each:
 *
 *   sign             the seed of the sender's Ed25519 key
 *   fields ‖ file    AES-256-GCM for the fields of one file
 *   planted ‖ file   what its planted records follow from
 *   source ‖ file    HMAC-SHA-256 over the digest of what it was sealed from
 *   run ‖ set ‖ file the secret of a key for this file, or for a run of that random id that is to be resumed, where a scheme's keys
 *                  are for one run (fileSecret.ts)
 *   link ‖ name      HMAC-SHA-256 for link tokens: one for each vendor, and another after a change
 *
 * A backup of the key is therefore a backup of all of them, and they are as secret as it is.
 */
export class FileKeys implements FileKeeper {
  readonly publicKey: Uint8Array
  readonly #root: Uint8Array
  readonly #random: RandomBytes

  constructor(secret: Uint8Array, random: RandomBytes) {
    this.#root = extract(sha256, secret, utf8(fileKeysLabel))
    this.#random = random
    this.publicKey = this.#with('sign', (seed) => ed25519.getPublicKey(seed))
  }

  sign(chain: Uint8Array): Uint8Array {
    return this.#with('sign', (seed) => ed25519.sign(signedOf(chain), seed))
  }

  async plantingSeed(file: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    return Uint8Array.from(this.#derive('planted', 32, file))
  }

  async sourceTag(file: Uint8Array, digest: Uint8Array): Promise<Uint8Array> {
    return hmac(sha256, this.#derive('source', 32, file), digest)
  }

  async sealFields(file: Uint8Array, from: number, records: readonly (readonly string[])[]) {
    const key = await this.#fieldKey(file, 'encrypt')
    return Promise.all(
      records.map((texts, r) =>
        Promise.all(
          texts.map(async (text, column) => {
            const padded = padText(text) ?? fail('sealed/field', 'fieldTooLong', { column }, { row: from + r + 1 })
            const nonce = Uint8Array.from(this.#random(nonceBytes))
            const parameters = parametersOf(nonce, file, from + r, column)
            return encodeField(nonce, new Uint8Array(await crypto.subtle.encrypt(parameters, key, padded)))
          }),
        ),
      ),
    )
  }

  async openFields(file: Uint8Array, from: number, records: readonly (readonly SealedField[])[]) {
    const key = await this.#fieldKey(file, 'decrypt')
    return Promise.all(
      records.map((fields, r) =>
        Promise.all(
          fields.map(async ({ nonce, sealed }, column) => {
            const parameters = parametersOf(nonce, file, from + r, column)
            const padded = await crypto.subtle.decrypt(parameters, key, Uint8Array.from(sealed)).catch(() => null)
            const text = padded === null ? null : unpadText(new Uint8Array(padded))
            if (text === null) throw errorOf('sealed/field', 'fieldOpensNot', { column }, { row: from + r + 1 })
            return text
          }),
        ),
      ),
    )
  }

  async tokens(name: string, records: readonly (readonly string[])[]): Promise<readonly Uint8Array[]> {
    const key = this.#derive('link', 32, utf8(name))
    const tokens = records.map((texts) => {
      const values = texts.map(spelled)
      // Records of whom nothing is known are nobody's: equal tokens would say that they are one person.
      if (values.every((value) => value === '')) return Uint8Array.from(this.#random(tokenBytes))
      const writer = new FieldWriter()
      for (const value of values) writer.sized(utf8(value), 4)
      return hmac(sha256, key, writer.bytes())
    })
    key.fill(0)
    return tokens
  }

  /** Overwrites what the keys are derived from. */
  dispose(): void {
    this.#root.fill(0)
  }

  #derive(label: string, bytes: number, ...rest: readonly Uint8Array[]): Uint8Array {
    return expand(sha256, this.#root, concat([utf8(`${label}\0`), ...rest]), bytes)
  }

  #with<T>(label: string, work: (key: Uint8Array) => T): T {
    const key = this.#derive(label, 32)
    try {
      return work(key)
    } finally {
      key.fill(0)
    }
  }

  async #fieldKey(file: Uint8Array, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
    const key = Uint8Array.from(this.#derive('fields', 32, file))
    try {
      return await crypto.subtle.importKey('raw', key, 'AES-GCM', false, [use])
    } finally {
      key.fill(0)
    }
  }
}

/** A field belongs to its file, record and column, and opens nowhere else. */
function parametersOf(nonce: Uint8Array, file: Uint8Array, record: number, column: number): AesGcmParams {
  const additionalData = new FieldWriter()
    .raw(utf8('blindscore field 1'))
    .raw(file)
    .number(record, 4)
    .number(column, 2)
    .bytes()
  return { name: 'AES-GCM', iv: Uint8Array.from(nonce), additionalData, tagLength: 128 }
}
