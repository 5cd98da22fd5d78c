import type { Card } from '../core/card/card.ts'
import { unforeseen } from '../core/errors.ts'
import { layoutOf } from '../core/protocol/schemes.ts'
import { encodeExtras } from '../files/extras.ts'
import { type FileState, FrameWriter } from '../files/frames.ts'
import { encodeBlock, encodeTrailer } from '../files/recordsFile.ts'
import { type Beside, blockShape, encodeRecordsHeader, type RecordsHeader, roomFor } from '../files/recordsHeader.ts'
import { inOrder } from '../platform/inOrder.ts'
import type { BlockSource, EncodedBlock } from './block.ts'
import { chunkSlots } from './chunks.ts'
import type { FileKeeper } from './fileKeeper.ts'
import { encodeKnown, Planter, reservedSlots } from './planted.ts'
import { lanesFor, type Sealers } from './score.ts'

/** Link tokens: of which texts of a block, and the name that they are made for. */
export interface LinkTokens {
  readonly name: string
  /** The first of the texts that they are of; those before it are sealed fields. */
  readonly from: number
}

/** What a file is sealed from. */
export interface FileTask {
  readonly header: RecordsHeader
  readonly link: LinkTokens | null
  readonly sealers: Sealers
  readonly keeper: FileKeeper
  /** The records from the block on that comes next; with the texts of the sealed columns and, after them, of the link. */
  readonly blocks: BlockSource
  /** Where a file ends that was begun before, and its blocks. */
  readonly begun: { readonly state: FileState; readonly blocks: number } | null
  /** Told of the sender's records that are sealed, whenever there are more. */
  readonly onSealed?: (records: number) => void
}

/** What a server takes in one request unless it is told otherwise: so much of a file is scored at a time. */
export const usualLimits = { recordsPerChunk: 65_536, bodyBytes: 8 * 1024 * 1024 }

/** The sender's records in a block of a file under that set: as many as in a chunk of a long run, with room for what goes along. */
export function fileCapacity(card: Card, set: string, records: number, along: Beside): number {
  const layout = layoutOf(set, card)
  const slots = chunkSlots(card, set, usualLimits, 1, layout.apart ? null : records)
  return roomFor(layout, slots - reservedSlots(slots), along)
}

/**
 * The bytes of a sealed file, piece by piece, those that a file was begun with left out. Ends with the trailer; what is cut off
 * before it is no file.
 */
export async function* sealFile(task: FileTask, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const { header, sealers, keeper, blocks, begun } = task
  const { card, key, capacity, records } = header
  // What nobody could read is not written.
  blockShape(header)
  const writer = new FrameWriter(keeper, begun?.state ?? null)
  if (begun === null) yield writer.frame('header', encodeRecordsHeader(header))
  const planter = new Planter(card, layoutOf(key.set, card), await encodeKnown(card))
  const seed = await keeper.plantingSeed(header.file)
  const run = { card, fingerprint: key.fingerprint, run: header.file }
  const one = async (block: EncodedBlock) => {
    const chunk = block.at / capacity
    const planted = await planter.plant(seed, chunk, block)
    const [sealed, beside] = await Promise.all([sealers.seal(run, chunk, planted.block, signal), besideOf(task, block)])
    return { records: block.records, payload: encodeBlock(block.records, sealed.body, beside) }
  }
  let count = begun?.blocks ?? 0
  for await (const { payload, records: sealed } of inOrder(pulled(blocks, signal), lanesFor(sealers), one)) {
    yield writer.frame('block', payload)
    count += 1
    task.onSealed?.(sealed)
  }
  yield writer.frame('trailer', encodeTrailer(count, records))
}

async function* pulled(source: BlockSource, signal: AbortSignal): AsyncGenerator<EncodedBlock, void, undefined> {
  for (let block = await source.next(signal); block !== null; block = await source.next(signal)) yield block
}

/** The link tokens and sealed fields of a block. */
async function besideOf({ header, link, keeper }: FileTask, block: EncodedBlock): Promise<Uint8Array> {
  if (header.columns.length === 0 && link === null) return new Uint8Array()
  const texts = block.texts ?? unforeseen('records without the texts that go along')
  const { length } = header.columns
  const [fields, tokens] = await Promise.all([
    keeper.sealFields(
      header.file,
      block.at,
      texts.map((each) => each.slice(0, length)),
    ),
    link &&
      keeper.tokens(
        link.name,
        texts.map((each) => each.slice(link.from)),
      ),
  ])
  return encodeExtras(fields.map((each, r) => ({ fields: each, token: tokens?.[r] ?? null })))
}
