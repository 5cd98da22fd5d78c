import { concat } from '../core/number/bytes.ts'
import { fail } from './faults.ts'
import { FieldReader, FieldWriter } from './fields.ts'
import { chainBytes, type FileState, FrameReader, firstBytes } from './frames.ts'
import { blocksOf, encodeTrailer, type RecordsBlock, readRecordsFile } from './recordsFile.ts'
import { type BlockShape, blockShape, type RecordsHeader, readKind, writeKind } from './recordsHeader.ts'
import { signerBytes } from './signature.ts'

/**
 * The answer to a sealed file of records: its header holds the whole header of that file, signed as its sender signed it, so that
 * whoever opens the scores knows the card, the key and the file that they belong to from nobody but the sender.
 *
 *   header   version (1) ‖ content (1 byte, 2: scores) ‖ vendor: 0 or 32 (1), and so many bytes of an Ed25519 public key ‖
 *            length (4) and bytes of the header's frame of the file of records
 *   block    as there: the answer for the chunk, and its tokens and fields as they were
 *   trailer  as there, and the chain (32) at the end of the file of records
 */

export interface ScoresHeader {
  /** Of the vendor that signed the file; null where it is unsigned. */
  readonly vendor: Uint8Array | null
  /** The header's frame of the file of records. */
  readonly asked: Uint8Array
}

export function encodeScoresHeader({ vendor, asked }: ScoresHeader): Uint8Array<ArrayBuffer> {
  const writer = writeKind(new FieldWriter(), 'scores').sized(vendor ?? new Uint8Array(), 1)
  return writer.sized(asked, 4).bytes()
}

/** Throws `sealed/format`. */
function takeScoresHeader(payload: Uint8Array): ScoresHeader & { readonly signer: Uint8Array | null } {
  const reader = new FieldReader(payload, malformed)
  readKind(reader, 'scores')
  const vendor = reader.sized(1)
  const asked = reader.sized(4)
  reader.end()
  if (vendor.length !== 0 && vendor.length !== signerBytes) malformed()
  const signer = vendor.length > 0 ? vendor : null
  return { vendor: signer, signer, asked }
}

function malformed(): never {
  return fail('sealed/format', 'sealedHeader')
}

export function encodeScoresTrailer(blocks: number, records: number, chain: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([encodeTrailer(blocks, records), chain])
}

/** An answer that is being read: nothing of it is given out before its seal was looked at. */
export interface ScoresFile {
  readonly vendor: Uint8Array | null
  /** The header's frame of the file of records, as its sender signed it, and what it says. */
  readonly asked: Uint8Array
  readonly header: RecordsHeader
  readonly shape: BlockShape
  /** Where the reading stands. */
  readonly state: FileState
  /** The blocks in their order; it ends once the trailer was found right. */
  blocks(): AsyncGenerator<RecordsBlock, void, undefined>
  close(): Promise<void>
}

/** Opens an answer. Throws what `readRecordsFile` throws. */
export async function readScoresFile(source: AsyncIterable<Uint8Array>): Promise<ScoresFile> {
  const reader = new FrameReader(source)
  const { vendor, asked } = await reader.header(takeScoresHeader)
  const header = await askedHeader(asked)
  const shape = blockShape(header)
  return {
    vendor,
    asked,
    header,
    shape,
    get state() {
      return reader.state
    },
    blocks: () => blocksOf({ reader, header, shape, signer: vendor, answer: true, trailerBytes: chainBytes }),
    close: () => reader.close(),
  }
}

/** The header in a header: the beginning of a file of records, with all that its reader looks at. */
async function askedHeader(asked: Uint8Array): Promise<RecordsHeader> {
  async function* beginning() {
    yield concat([firstBytes, asked])
  }
  const file = await readRecordsFile(beginning())
  if (file.state.at !== firstBytes.length + asked.length) malformed()
  return file.header
}
