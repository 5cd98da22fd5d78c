import { equalBytes, fromHex } from '../core/number/bytes.ts'
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
  /** The same, record by record; none where the file has neither. */
  readonly extras: readonly RecordExtras[]
}

export function encodeBlock(records: number, chunk: Uint8Array, beside: Uint8Array): Uint8Array<ArrayBuffer> {
  return new FieldWriter().number(records, 4).sized(chunk, 4).raw(beside).bytes()
}

export function encodeTrailer(blocks: number, records: number): Uint8Array<ArrayBuffer> {
  return new FieldWriter().number(blocks, 4).number(records, 4).bytes()
}

/** A block of a file with such a header, whose seal was looked at. Throws `sealed/damaged`. */
function readBlock(
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
  const left = new FieldReader(beside, malformed)
  const extras = takeExtras(left, records, header, malformed)
  left.end()
  const { layout } = shape
  const length =
    chunk.records > layout.mostRecords ? -1 : (answer ? layout.answerBytes : layout.requestBytes)(chunk.records)
  const fits =
    chunk.chunk === index &&
    chunk.records >= records &&
    equalBytes(chunk.run, header.file) &&
    equalBytes(chunk.card, fromHex(header.card.hash)) &&
    equalBytes(chunk.key, fromHex(header.key.fingerprint)) &&
    chunk.ciphertexts.length === length
  if (!fits) malformed()
  return { index, records, chunk, beside, extras }
}

function chunkOf(bytes: Uint8Array, malformed: () => never): Chunk {
  try {
    return decodeChunk(bytes)
  } catch {
    return malformed()
  }
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
    blocks: () => blocksOf({ reader, header, shape, signer: header.sender, answer: false, trailerBytes: 0 }),
    close: () => reader.close(),
  }
}

/** How the blocks and the trailer of a file are read. */
export interface BlocksOf {
  readonly reader: FrameReader
  readonly header: RecordsHeader
  readonly shape: BlockShape
  /** Who signed them; null where they end with the chain alone. */
  readonly signer: Uint8Array | null
  /** Whether the chunks are answers, and how many bytes the trailer has beside its counts. */
  readonly answer: boolean
  readonly trailerBytes: number
}

/** The blocks of a file, of records or of scores, up to its trailer, which must fit them. Throws `sealed/damaged`. */
export async function* blocksOf(file: BlocksOf): AsyncGenerator<RecordsBlock, void, undefined> {
  const { reader, header, shape, signer, answer } = file
  for (let index = 0; ; index++) {
    const frame = await reader.next(signer, index, shape.mostBytes)
    if (frame.part === 'trailer') {
      checkTrailer(file, frame, index)
      return reader.end()
    }
    yield readBlock(header, shape, index, frame, answer)
  }
}

/** Throws for a trailer that says something else than the file has, or than its header announced. */
function checkTrailer({ header, shape, trailerBytes }: BlocksOf, { payload, at }: Frame, blocks: number): void {
  const malformed = (): never => {
    throw damage('shape', 'trailer', null, at)
  }
  const fields = new FieldReader(payload, malformed)
  if (fields.number(4) !== blocks || fields.number(4) !== header.records || blocks !== shape.blocks) malformed()
  fields.raw(trailerBytes)
  fields.end()
}

/**
 * Reads all of a file and gives nothing of it out: what is told it may be relied on for as long as the file stays as it is.
 * `onHeader` may refuse it before the blocks are read.
 */
export async function verifyRecordsFile(
  source: AsyncIterable<Uint8Array>,
  onBlock: (block: RecordsBlock) => void = () => {},
  onHeader: (header: RecordsHeader) => Promise<void> | void = () => {},
): Promise<RecordsFile> {
  const file = await readRecordsFile(source)
  try {
    await onHeader(file.header)
    for await (const block of file.blocks()) onBlock(block)
    return file
  } finally {
    await file.close()
  }
}
