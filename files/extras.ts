import { concat } from '../core/number/bytes.ts'
import { type FieldReader, FieldWriter, utf8 } from './fields.ts'

/**
 * What a block may hold beside its chunk, record by record of the sender's: a link token of 32 bytes, and a sealed field for each
 * sealed column.
 *
 *   field   bucket (1 byte, e) ‖ nonce (12) ‖ 2^e encrypted bytes ‖ tag (16), e from 5 to 12
 *
 * Encrypted is the text's length in UTF-8 (2 bytes), the text, and zeros up to 2^e: the least e that holds them, so that a
 * field tells nothing of texts of up to 30 bytes, and of longer ones their length to a factor of two.
 */

export const tokenBytes = 32
export const nonceBytes = 12
const tagBytes = 16
const [leastBucket, mostBucket] = [5, 12] as const
const lengthBytes = 2

/** The most bytes of a field, and of the text in it. */
export const fieldBytesMost = 1 + nonceBytes + 2 ** mostBucket + tagBytes
export const mostTextBytes = 2 ** mostBucket - lengthBytes

/** Bits of a positive integer. Logarithms differ in the last digit between engines. */
const bitsOf = (value: number): number => 32 - Math.clz32(value)

/** A text as it is encrypted. Null where it is too long. */
export function padText(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = utf8(text)
  if (bytes.length > mostTextBytes) return null
  const padded = new Uint8Array(Math.max(2 ** leastBucket, 2 ** bitsOf(lengthBytes + bytes.length - 1)))
  new DataView(padded.buffer).setUint16(0, bytes.length)
  padded.set(bytes, lengthBytes)
  return padded
}

/** The inverse of {@link padText}; null for what it does not write. */
export function unpadText(padded: Uint8Array): string | null {
  if (padded.length < lengthBytes) return null
  const length = new DataView(padded.buffer, padded.byteOffset).getUint16(0)
  if (lengthBytes + length > padded.length || padded.subarray(lengthBytes + length).some((byte) => byte !== 0))
    return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      padded.subarray(lengthBytes, lengthBytes + length),
    )
  } catch {
    return null
  }
}

/** A field's bytes: a nonce, and what AES-GCM makes of a padded text. */
export function encodeField(nonce: Uint8Array, sealed: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([Uint8Array.of(bitsOf(sealed.length - tagBytes) - 1), nonce, sealed])
}

/** What a block holds of each record beside its ciphertexts. */
export interface RecordExtras {
  /** Null where the file has none. */
  readonly token: Uint8Array | null
  readonly fields: readonly SealedField[]
}

export interface SealedField {
  readonly nonce: Uint8Array
  /** With the tag. */
  readonly sealed: Uint8Array
}

/** Tokens and fields, record by record. */
export function encodeExtras(
  records: readonly { readonly token: Uint8Array | null; readonly fields: readonly Uint8Array[] }[],
): Uint8Array<ArrayBuffer> {
  const writer = new FieldWriter()
  for (const { token, fields } of records) {
    if (token) writer.raw(token)
    for (const field of fields) writer.raw(field)
  }
  return writer.bytes()
}

/** The inverse: takes what belongs to so many records, and throws what the reader throws. */
export function takeExtras(
  reader: FieldReader,
  records: number,
  { tokens, columns }: { readonly tokens: boolean; readonly columns: readonly string[] },
  malformed: () => never,
): RecordExtras[] {
  const field = (): SealedField => {
    const bucket = reader.number(1)
    if (bucket < leastBucket || bucket > mostBucket) malformed()
    return { nonce: reader.raw(nonceBytes), sealed: reader.raw(2 ** bucket + tagBytes) }
  }
  if (!tokens && columns.length === 0) return []
  return Array.from({ length: records }, () => ({
    token: tokens ? reader.raw(tokenBytes) : null,
    fields: columns.map(field),
  }))
}
