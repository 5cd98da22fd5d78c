import { type Card, card as cardSchema, hashedText } from '../core/card/card.ts'
import { limitNesting } from '../core/card/nesting.ts'
import { toHex } from '../core/number/bytes.ts'
import { keyFingerprint, type Layout, type PublicKey } from '../core/protocol/scheme.ts'
import { parameterSet, schemeOf } from '../core/protocol/schemes.ts'
import { chunkHeaderBytes } from '../core/protocol/wire.ts'
import { sha256 } from '../platform/digest.ts'
import { fieldBytesMost, tokenBytes } from './extras.ts'
import { type FileContent, fail } from './faults.ts'
import { FieldReader, FieldWriter, utf8 } from './fields.ts'
import { signerBytes } from './signature.ts'

/**
 * The header of a sealed file of records.
 *
 *   version     1 byte, 1
 *   content     1 byte, 1: records
 *   file        16 random bytes; the run's number on every chunk
 *   sender      32 bytes, an Ed25519 public key
 *   source      32 bytes, by which the sender alone knows the file that this one is of
 *   records     4 bytes, the records of the sender's
 *   capacity    4 bytes, those in each block but the last
 *   tokens      1 byte: 1 with a link token for each record, else 0
 *   columns     2 bytes, how many; then the names of the sealed columns, each with its length (2) before it
 *   set         the id of the key's parameter set, its length (2) before it
 *   key, proof  the public key and its proof, each with its length (4) before it
 *   card        the card's canonical JSON without its hash, its length (4) before it; its SHA-256 is the hash
 */

export const fileVersion = 1
export const fileIdBytes = 16
const contents: readonly FileContent[] = ['records', 'scores']

/** A block is at most so long, so that whoever reads one needs no more. */
export const mostBlockBytes = 48 * 1024 * 1024

/** What a header says. */
export interface RecordsHeader {
  readonly file: Uint8Array
  readonly sender: Uint8Array
  readonly source: Uint8Array
  readonly records: number
  readonly capacity: number
  readonly tokens: boolean
  readonly columns: readonly string[]
  readonly key: PublicKey
  readonly card: Card
}

/** How the blocks of a file lie: what follows from its header. */
export interface BlockShape {
  readonly layout: Layout
  /** Blocks of the file. */
  readonly blocks: number
  /** The most bytes of one. */
  readonly mostBytes: number
  /** The sender's records in a block. */
  recordsOf(block: number): number
}

/** The first two bytes of any header. */
export function writeKind(writer: FieldWriter, content: FileContent): FieldWriter {
  return writer.number(fileVersion, 1).number(1 + contents.indexOf(content), 1)
}

/** Throws `sealed/format` for a header of another version, and where the file holds something else. */
export function readKind(reader: FieldReader, expected: FileContent): void {
  const version = reader.number(1)
  if (version !== fileVersion) fail('sealed/format', 'sealedVersion', { version })
  const content = contents[reader.number(1) - 1] ?? fail('sealed/format', 'sealedHeader')
  if (content !== expected) fail('sealed/format', 'sealedContent', { holds: content })
}

export function encodeRecordsHeader(header: RecordsHeader): Uint8Array<ArrayBuffer> {
  const { file, sender, source, records, capacity, tokens, columns, key, card } = header
  const writer = writeKind(new FieldWriter(), 'records').raw(file).raw(sender).raw(source)
  writer
    .number(records, 4)
    .number(capacity, 4)
    .number(tokens ? 1 : 0, 1)
    .number(columns.length, 2)
  for (const column of columns) writer.text(column)
  writer.text(key.set).sized(key.bytes, 4).sized(key.proof, 4)
  return writer.sized(utf8(hashedText(card)), 4).bytes()
}

/** What stands in a header, as it stands there: nothing of it was looked at yet. */
export interface RawHeader extends Omit<RecordsHeader, 'card' | 'key'> {
  readonly set: string
  readonly keyBytes: Uint8Array
  readonly proof: Uint8Array
  readonly cardText: Uint8Array
}

/** Throws `sealed/format`. */
export function takeRecordsHeader(payload: Uint8Array): RawHeader {
  const reader = new FieldReader(payload, malformed)
  readKind(reader, 'records')
  const [file, sender, source] = [reader.raw(fileIdBytes), reader.raw(signerBytes), reader.raw(32)]
  const [records, capacity, tokens] = [reader.number(4), reader.number(4), reader.number(1)]
  const columns = Array.from({ length: reader.number(2) }, () => reader.text())
  const header = { file, sender, source, records, capacity, tokens: tokens === 1, columns, set: reader.text() }
  const [keyBytes, proof, cardText] = [reader.sized(4), reader.sized(4), reader.sized(4)]
  reader.end()
  if (tokens > 1 || records < 1 || capacity < 1) malformed()
  return { ...header, keyBytes, proof, cardText }
}

/** A header that was signed, with its card and key. Throws `sealed/format` for one that does not fit together. */
export async function understandHeader(raw: RawHeader): Promise<RecordsHeader> {
  const { set, keyBytes, proof, cardText, ...rest } = raw
  const [fingerprint, hash] = await Promise.all([keyFingerprint(keyBytes, sha256), sha256(cardText)])
  const card = cardOf(cardText, toHex(hash))
  return { ...rest, card, key: { set, fingerprint: toHex(fingerprint), bytes: keyBytes, proof } }
}

/** What goes along with the records, by which a block's room is measured. */
export type Beside = Pick<RecordsHeader, 'tokens' | 'columns'>

/** The bytes that a record may take beside its chunk. */
function besideBytes({ tokens, columns }: Beside): number {
  return (tokens ? tokenBytes : 0) + columns.length * fieldBytesMost
}

/**
 * The most bytes of a block of so many of the sender's records, of records or of scores, those beside its chunk left out: an answer
 * is longer than what it answers where a model has many heads, or a file few records.
 */
function chunkBytesMost(layout: Layout, capacity: number): number {
  // With the records that are hidden among them: see client/planted.ts.
  const most = capacity + Math.ceil(capacity / 32) + layout.blockRecords
  const records = Math.min(most, layout.mostRecords)
  return 64 + chunkHeaderBytes + Math.max(layout.requestBytes(records), layout.answerBytes(records))
}

/** The most records, `wanted` or fewer, of which a block has room for what goes along; 0 where it has none for one. */
export function roomFor(layout: Layout, wanted: number, along: Beside): number {
  const room = mostBlockBytes - chunkBytesMost(layout, wanted)
  return Math.max(0, Math.min(wanted, Math.floor(room / Math.max(1, besideBytes(along)))))
}

/** Throws `sealed/format` where no such blocks can be. */
export function blockShape({ key, card, records, capacity, tokens, columns }: RecordsHeader): BlockShape {
  const layout = layoutOf(key.set, card)
  const blocks = Math.ceil(records / capacity)
  const mostBytes = chunkBytesMost(layout, capacity) + capacity * besideBytes({ tokens, columns })
  if (mostBytes > mostBlockBytes) malformed()
  return {
    layout,
    blocks,
    mostBytes,
    recordsOf: (block) => (block < blocks - 1 ? capacity : records - capacity * (blocks - 1)),
  }
}

function layoutOf(id: string, card: Card): Layout {
  try {
    const set = parameterSet(id)
    return schemeOf(set).layout(set, card) ?? malformed()
  } catch {
    return malformed()
  }
}

function cardOf(text: Uint8Array, hash: string): Card {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text))
    limitNesting(json)
    const found = cardSchema.parse({ ...(json as object), hash })
    // One spelling: what is hashed here is what everybody hashes.
    if (hashedText(found) !== new TextDecoder().decode(text)) malformed()
    return found
  } catch {
    return malformed()
  }
}

function malformed(): never {
  return fail('sealed/format', 'sealedHeader')
}
