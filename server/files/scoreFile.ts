import { parameterSet } from '../../core/protocol/schemes.ts'
import { encodeChunk } from '../../core/protocol/wire.ts'
import { type FileState, FrameWriter } from '../../files/frames.ts'
import { encodeBlock, type RecordsBlock, type RecordsFile } from '../../files/recordsFile.ts'
import type { RecordsHeader } from '../../files/recordsHeader.ts'
import { encodeScoresHeader, encodeScoresTrailer } from '../../files/scoresFile.ts'
import type { Signer } from '../../files/signature.ts'
import type { ServedModel } from '../../model/verdict.ts'
import { inOrder } from '../../platform/inOrder.ts'
import { answerChunk } from '../answerChunk.ts'
import { fail } from '../faults.ts'
import { holdKey } from '../routes/keys.ts'
import type { Service } from '../service.ts'

/** A sealed file that is to be scored. */
export interface FileWork {
  readonly service: Service
  readonly model: ServedModel
  /** Whose work it is. */
  readonly client: string
  /** The vendor's; null where the answer is not signed. */
  readonly signer: Signer | null
  /** Where an answer ends that was begun before, and its blocks. */
  readonly begun: { readonly state: FileState; readonly blocks: number } | null
  /** Has a block's work done, and paid for. `digest` is of its ciphertexts. */
  readonly charged: <T>(block: RecordsBlock, digest: string, work: () => Promise<T>) => Promise<T>
  readonly signal: AbortSignal
  /** Told of records that were scored. */
  readonly onScored?: (records: number) => void
}

/** Throws `model/changed` for a file that was sealed for another card than the model has now. */
export function checkCard({ card }: Pick<RecordsHeader, 'card'>, model: ServedModel): void {
  if (card.hash === model.card.hash) return
  fail('model/changed', 'fileOfOtherCard', { model: card.id, version: card.version, own: model.card.version })
}

/** The header's payload of the answer to a file. */
export function scoresHeaderOf(file: RecordsFile, signer: Signer | null): Uint8Array<ArrayBuffer> {
  return encodeScoresHeader({ vendor: signer?.publicKey ?? null, asked: file.frame.bytes })
}

/**
 * The bytes of the answer to a file, piece by piece, those that it was begun with left out. Whoever calls has read the file once
 * before, so that nothing of a damaged one is scored; it is held against its seals again as it is read, and the trailer, without
 * which an answer is none, is made only after the file's own.
 */
export async function* scoreFile(file: RecordsFile, work: FileWork): AsyncGenerator<Uint8Array, void, undefined> {
  const { header } = file
  const { service, model, client, signer, begun, signal } = work
  checkCard(header, model)
  const { set, fingerprint, bytes: publicKey, proof } = header.key
  await holdKey(service, { client, fingerprint, sent: { set: parameterSet(set), publicKey, proof }, signal })
  const writer = new FrameWriter(signer, begun?.state ?? null)
  if (begun === null) yield writer.frame('header', scoresHeaderOf(file, signer))
  const lanes = 2 * service.compute.threads
  let blocks = begun?.blocks ?? 0
  const left = from(file, blocks)
  for await (const { payload, records } of inOrder(left, lanes, (block) => answerTo(file, work, block))) {
    yield writer.frame('block', payload)
    blocks += 1
    work.onScored?.(records)
  }
  yield writer.frame('trailer', encodeScoresTrailer(blocks, header.records, file.state.chain))
}

/** A block, and how many records come after it. */
interface Next {
  readonly block: RecordsBlock
  readonly recordsAfter: number
}

async function* from(file: RecordsFile, first: number): AsyncGenerator<Next> {
  let recordsAfter = file.header.records
  for await (const block of file.blocks()) {
    recordsAfter -= block.records
    if (block.index >= first) yield { block, recordsAfter }
  }
}

/** The answer's block to a block. Throws `request/…` for ciphertexts that are none. */
async function answerTo({ header, shape }: RecordsFile, work: FileWork, { block, recordsAfter }: Next) {
  const { service, model, client, charged, signal } = work
  const { key } = header
  const { chunk } = block
  const { fingerprint } = key
  const ofChunk = {
    kind: 'score',
    client,
    key: { set: key.set, publicKey: key.bytes, fingerprint },
    fingerprint,
    layout: shape.layout,
    records: chunk.records,
    ciphertexts: chunk.ciphertexts,
    recordsAfter,
    signal,
  } as const
  const { ciphertexts } = await answerChunk(service, model, ofChunk, (digest, scoring) =>
    charged(block, digest, scoring),
  )
  const answer = encodeChunk({ ...chunk, ciphertexts })
  const payload = encodeBlock(block.records, answer, block.beside)
  return { payload, records: block.records }
}
