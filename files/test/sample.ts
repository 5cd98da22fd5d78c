import { readFileSync } from 'node:fs'
import { ed25519 } from '@noble/curves/ed25519.js'
import { concat, toHex } from '../../core/number/bytes.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import { encodeChunk } from '../../core/protocol/wire.ts'
import { parseModelFile } from '../../model/modelFile.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { encodeExtras, encodeField, padText } from '../extras.ts'
import { FrameWriter } from '../frames.ts'
import { encodeBlock, encodeTrailer } from '../recordsFile.ts'
import { encodeRecordsHeader, type RecordsHeader } from '../recordsHeader.ts'
import { encodeScoresHeader, encodeScoresTrailer } from '../scoresFile.ts'
import { type Signer, signedOf } from '../signature.ts'

/** Sealed files whose every byte is known: what is in their chunks and fields are numbers that count up, and opens nowhere. */

const text = readFileSync(new URL('../../server/test/fixtures/tiny.json', import.meta.url), 'utf8')
export const { card } = await reviewModel(parseModelFile(text), sha256)

export function signerOf(byte: number): Signer {
  const seed = new Uint8Array(32).fill(byte)
  return { publicKey: ed25519.getPublicKey(seed), sign: (chain) => ed25519.sign(signedOf(chain), seed) }
}

export const sender = signerOf(1)
export const vendor = signerOf(2)

const counting = (length: number, from = 0): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, (_, i) => from + i)

export interface SampleOptions {
  readonly file?: number
  readonly signer?: Signer
  readonly records?: number
  readonly tokens?: boolean
  readonly columns?: readonly string[]
}

export async function headerOf(options: SampleOptions = {}): Promise<RecordsHeader> {
  const { file = 0x40, signer = sender, records = 5, tokens = true, columns = ['Name'] } = options
  const bytes = counting(256, 0x80)
  const key = { set: 'paillier-2048', bytes, proof: counting(20), fingerprint: toHex(await sha256(bytes)) }
  const given = { file: counting(16, file), sender: signer.publicKey, source: counting(32, 9), card, key }
  return { ...given, records, capacity: 2, tokens, columns }
}

/** What a block holds: the chunk's records are one more than the sender's. */
function blockOf(header: RecordsHeader, index: number, answer: boolean): Uint8Array {
  const { key, file, records, capacity, tokens, columns } = header
  const own = Math.min(capacity, records - index * capacity)
  const layout = layoutOf(key.set, header.card)
  const fingerprint = Buffer.from(key.fingerprint, 'hex')
  const chunk = encodeChunk({
    card: Buffer.from(header.card.hash, 'hex'),
    key: fingerprint,
    run: file,
    chunk: index,
    records: own + 1,
    ciphertexts: counting((answer ? layout.answerBytes : layout.requestBytes)(own + 1), index),
  })
  const field = (r: number) =>
    encodeField(counting(12, r), concat([padText(`person ${r}`) ?? new Uint8Array(), counting(16)]))
  const beside = encodeExtras(
    Array.from({ length: own }, (_, r) => ({
      token: tokens ? counting(32, r) : null,
      fields: columns.map(() => field(index * capacity + r)),
    })),
  )
  return encodeBlock(own, chunk, beside)
}

/** The frames of a file: its header (with the first bytes), blocks and trailer. */
export async function framesOf(options: SampleOptions = {}): Promise<Uint8Array[]> {
  const header = await headerOf(options)
  const writer = new FrameWriter(options.signer ?? sender)
  const frames = [await writer.frame('header', encodeRecordsHeader(header))]
  const blocks = Math.ceil(header.records / header.capacity)
  for (let b = 0; b < blocks; b++) frames.push(await writer.frame('block', blockOf(header, b, false)))
  frames.push(await writer.frame('trailer', encodeTrailer(blocks, header.records)))
  return frames
}

/** The frames of an answer to such a file, signed or not. */
export async function answerFramesOf(signer: Signer | null, options: SampleOptions = {}): Promise<Uint8Array[]> {
  const header = await headerOf(options)
  const [first = new Uint8Array()] = await framesOf(options)
  const writer = new FrameWriter(signer)
  const asked = first.subarray(8)
  const frames = [await writer.frame('header', encodeScoresHeader({ vendor: signer?.publicKey ?? null, asked }))]
  const blocks = Math.ceil(header.records / header.capacity)
  for (let b = 0; b < blocks; b++) frames.push(await writer.frame('block', blockOf(header, b, true)))
  frames.push(await writer.frame('trailer', encodeScoresTrailer(blocks, header.records, counting(32))))
  return frames
}

/** Bytes as a stream, in pieces of so many. */
export async function* streamOf(bytes: Uint8Array, piece = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
}
