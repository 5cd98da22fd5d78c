import { fromBase64url, toBase64url } from '../../core/number/base64.ts'
import { concat, fromHex, toHex } from '../../core/number/bytes.ts'
import type { Layout } from '../../core/protocol/scheme.ts'
import { type Chunk, decodeChunk, encodeChunk } from '../../core/protocol/wire.ts'
import { fail } from '../faults.ts'
import type { Limits } from '../limits.ts'
import { type Intake, mediaType, parseJson, readBody } from './body.ts'
import { jsonChunk, parseAs } from './schemas.ts'

/** Chunks as they come and go: CBOR (`core/protocol/wire.ts`), or the same members in JSON. */

export const cbor = 'application/cbor'
export const json = 'application/json'
export type ChunkType = typeof cbor | typeof json

/** The form of a request's body. Throws `request/media-type` for any other than ours. */
export function typeOfRequest(request: Request): ChunkType {
  const type = mediaType(request)
  if (type === cbor || type === json) return type
  fail('request/media-type', 'mediaType', { accepted: [cbor, json] })
}

/** The form that Accept prefers, or the request's own when it has no preference between ours. */
export function typeOfAnswer(request: Request, own: ChunkType): ChunkType {
  const accept = request.headers.get('accept')?.toLowerCase() ?? ''
  const weight = (type: ChunkType): number => {
    const range = accept.split(',').find((part) => part.split(';')[0]?.trim() === type)
    if (range === undefined) return 0
    return Number(/;\s*q=([0-9.]+)/.exec(range)?.[1] ?? 1)
  }
  const [inCbor, inJson] = [weight(cbor), weight(json)]
  return inCbor === inJson ? own : inCbor > inJson ? cbor : json
}

/** A chunk as it came: in JSON its ciphertexts, and what stands before them, are a text each, of so many bytes. */
export interface SentChunk extends Chunk {
  readonly pieces: readonly number[] | null
}

/**
 * Throws `request/shape` where a chunk's pieces are not those of its layout: joined, two wrong lengths could make up for each
 * other.
 */
export function checkPieces({ pieces, records }: SentChunk, layout: Layout): void {
  if (pieces === null) return
  const count = layout.requestCiphertexts(records)
  const width = (layout.requestBytes(records) - layout.prefixBytes) / count
  const expected = [...(layout.prefixBytes > 0 ? [layout.prefixBytes] : []), ...Array<number>(count).fill(width)]
  const odd = expected.findIndex((bytes, i) => pieces[i] !== bytes)
  if (odd >= 0 || pieces.length !== expected.length)
    fail('request/shape', 'ciphertextLength', {}, { index: Math.max(0, odd) })
}

/** The chunk of a request. Throws `request/syntax`, `request/shape` or what {@link readBody} throws. */
export async function readChunk(request: Request, type: ChunkType, limits: Limits, intake: Intake): Promise<SentChunk> {
  if (type === cbor) return { ...decodeChunk(await readBody(request, limits.bodyBytes, intake)), pieces: null }
  const body = await readBody(request, limits.jsonBytes, intake)
  const { card, key, run, chunk, records, ciphertexts } = parseAs(jsonChunk, parseJson(body, limits.jsonDepth))
  const bytes = ciphertexts.map(
    (text, index) => fromBase64url(text) ?? fail('request/syntax', 'ciphertextNotBase64url', {}, { index }),
  )
  const pieces = bytes.map(({ length }) => length)
  return {
    card: fromHex(card),
    key: fromHex(key),
    run: fromHex(run),
    chunk,
    records,
    ciphertexts: concat(bytes),
    pieces,
  }
}

/** The answer to a chunk of that layout. */
export function chunkResponse(answer: Chunk, layout: Layout, type: ChunkType): Response {
  const headers = { 'Content-Type': type, 'Cache-Control': 'no-store', Vary: 'Accept' }
  if (type === cbor) return new Response(encodeChunk(answer), { headers })
  const { prefixBytes } = layout
  const width = (layout.answerBytes(answer.records) - prefixBytes) / layout.answerCiphertexts(answer.records)
  const ciphertexts = prefixBytes > 0 ? [toBase64url(answer.ciphertexts.subarray(0, prefixBytes))] : []
  for (let at = prefixBytes; at < answer.ciphertexts.length; at += width) {
    ciphertexts.push(toBase64url(answer.ciphertexts.subarray(at, at + width)))
  }
  const { card, key, run, chunk, records } = answer
  const document = { v: 1, card: toHex(card), key: toHex(key), run: toHex(run), chunk, records, ciphertexts }
  return new Response(JSON.stringify(document), { headers })
}
