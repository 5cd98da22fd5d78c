import { fromHex } from '../core/number/bytes.ts'
import { type Chunk, decodeChunk } from '../core/protocol/wire.ts'
import { type RecordExtras, takeExtras } from './extras.ts'
import { damage } from './faults.ts'
import { FieldReader, FieldWriter } from './fields.ts'
import { type FileState, type Frame, FrameReader } from './frames.ts'
import {
  type BlockShape,
  blockShape,
  type RecordsHeader,
  takeRecordsHeader,
  understandHeader,
} from './recordsHeader.ts'

/**
 * A block of a sealed file, of records or of scores, and its trailer.
 *
 *   block    records of the sender's (4) ‖ length of the chunk (4) ‖ chunk ‖ link tokens and sealed fields (extras.ts)
 *   trailer  blocks (4) ‖ records of the sender's (4)
 *
 * The chunk is what crosses the wire in a live run, or the answer to it, with the file's id as its run and the block's number as
 * its own; the sender's records are among its records, in places that the sender knows.
 */

/** What a file of records holds at one place. */
export interface RecordsBlock {
  readonly index: number
  /** The sender's records. */
  readonly records: number
  readonly chunk: Chunk
  /** The bytes of tokens and fields, as they stand in the block. */
  readonly beside: Uint8Array
  /** Where the block begins in the file, and how long it is. */
  readonly at: number
  readonly bytes: number
}

export function encodeBlock(records: number, chunk: Uint8Array, beside: Uint8Array): Uint8Array<ArrayBuffer> {
  return new FieldWriter().number(records, 4).sized(chunk, 4).raw(beside).bytes()
}

export function encodeTrailer(blocks: number, records: number): Uint8Array<ArrayBuffer> {
  return new FieldWriter().number(blocks, 4).number(records, 4).bytes()
}

/** A block of a file with such a header, whose seal was looked at. Throws `sealed/damaged`. */
export function readBlock(
  header: RecordsHeader,
  shape: BlockShape,
  index: number,
  frame: Frame,
  answer: boolean,
): RecordsBlock {
  const malformed = (): never => {
    throw damage('shape', 'block', index, frame.at)
  }
  const reader = new FieldReader(frame.payload, malformed)
  const records = reader.number(4)
  if (index >= shape.blocks || records !== shape.recordsOf(index)) malformed()
  const chunk = chunkOf(reader.sized(4), malformed)
  const beside = reader.rest()
  const extras = new FieldReader(beside, malformed)
  takeExtras(extras, records, header, malformed)
  extras.end()
  const { layout } = shape
  const length =
    chunk.records > layout.mostRecords ? -1 : (answer ? layout.answerBytes : layout.requestBytes)(chunk.records)
  const fits =
    chunk.chunk === index &&
    chunk.records >= records &&
    equal(chunk.run, header.file) &&
    equal(chunk.card, fromHex(header.card.hash)) &&
    equal(chunk.key, fromHex(header.key.fingerprint)) &&
    chunk.ciphertexts.length === length
  if (!fits) malformed()
  return { index, records, chunk, beside, at: frame.at, bytes: frame.bytes.length }
}

/** Tokens and fields of a block. */
export function extrasOf(header: RecordsHeader, { records, beside }: RecordsBlock): RecordExtras[] {
  const unread = (): never => {
    throw damage('shape', 'block', null, 0)
  }
  return takeExtras(new FieldReader(beside, unread), records, header, unread)
}

/** Throws `sealed/damaged` for a trailer that says something else than the file has. */
export function checkTrailer(reader: FieldReader, header: RecordsHeader, blocks: number, at: number): void {
  if (reader.number(4) !== blocks || reader.number(4) !== header.records) throw damage('shape', 'trailer', null, at)
}

function chunkOf(bytes: Uint8Array, malformed: () => never): Chunk {
  try {
    return decodeChunk(bytes)
  } catch {
    return malformed()
  }
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** A sealed file of records that is being read: nothing of it is given out before its seal was looked at. */
export interface RecordsFile {
  readonly header: RecordsHeader
  readonly shape: BlockShape
  /** The header's frame. */
  readonly frame: Frame
  /** Where the reading stands. */
  readonly state: FileState
  /** The blocks in their order; it ends once the trailer was found right. */
  blocks(): AsyncGenerator<RecordsBlock, void, undefined>
  close(): Promise<void>
}

/**
 * Opens a sealed file. Throws `sealed/format` for what is none, and `sealed/damaged`, here and from `blocks`, with the place where it
 * is cut, altered, out of its order or mixed with another.
 */
export async function readRecordsFile(source: AsyncIterable<Uint8Array>): Promise<RecordsFile> {
  const reader = new FrameReader(source)
  const { frame, raw } = await reader.header((payload) => {
    const taken = takeRecordsHeader(payload)
    return { raw: taken, signer: taken.sender }
  })
  const header = await understandHeader(raw)
  const shape = blockShape(header)
  return {
    header,
    shape,
    frame,
    get state() {
      return reader.state
    },
    blocks: () => blocksOf(reader, header, shape),
    close: () => reader.close(),
  }
}

async function* blocksOf(
  reader: FrameReader,
  header: RecordsHeader,
  shape: BlockShape,
): AsyncGenerator<RecordsBlock, void, undefined> {
  for (let index = 0; ; index++) {
    const frame = await reader.next(header.sender, index, shape.mostBytes)
    if (frame.part === 'trailer') {
      const fields = new FieldReader(frame.payload, () => {
        throw damage('shape', 'trailer', null, frame.at)
      })
      checkTrailer(fields, header, index, frame.at)
      fields.end()
      if (index !== shape.blocks) throw damage('shape', 'trailer', null, frame.at)
      return reader.end()
    }
    yield readBlock(header, shape, index, frame, false)
  }
}

/** Reads all of a file and gives nothing of it out: what is told it may be relied on for as long as the file stays as it is. */
export async function verifyRecordsFile(
  source: AsyncIterable<Uint8Array>,
  onBlock: (block: RecordsBlock) => void = () => {},
): Promise<RecordsFile> {
  const file = await readRecordsFile(source)
  try {
    for await (const block of file.blocks()) onBlock(block)
    return file
  } finally {
    await file.close()
  }
}
