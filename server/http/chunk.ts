import { fromBase64url, toBase64url } from '../../core/number/base64.ts'
import { concat, fromHex, toHex } from '../../core/number/bytes.ts'
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

/** The chunk of a request. Throws `request/syntax`, `request/shape` or what {@link readBody} throws. */
export async function readChunk(request: Request, type: ChunkType, limits: Limits, intake: Intake): Promise<Chunk> {
  if (type === cbor) return decodeChunk(await readBody(request, limits.bodyBytes, intake))
  const body = await readBody(request, limits.jsonBytes, intake)
  const { card, key, run, chunk, records, ciphertexts } = parseAs(jsonChunk, parseJson(body, limits.jsonDepth))
  const bytes = ciphertexts.map(
    (text, index) => fromBase64url(text) ?? fail('request/syntax', 'ciphertextNotBase64url', {}, { index }),
  )
  // Joined below, two wrong lengths could make up for each other.
  const odd = bytes.findIndex((each) => each.length !== bytes[0]?.length)
  if (odd >= 0) fail('request/shape', 'ciphertextLength', {}, { index: odd })
  return { card: fromHex(card), key: fromHex(key), run: fromHex(run), chunk, records, ciphertexts: concat(bytes) }
}

/** The answer: `answer` with as many ciphertexts of `width` bytes as it holds. */
export function chunkResponse(answer: Chunk, width: number, type: ChunkType): Response {
  const headers = { 'Content-Type': type, 'Cache-Control': 'no-store', Vary: 'Accept' }
  if (type === cbor) return new Response(encodeChunk(answer), { headers })
  const ciphertexts: string[] = []
  for (let at = 0; at < answer.ciphertexts.length; at += width) {
    ciphertexts.push(toBase64url(answer.ciphertexts.subarray(at, at + width)))
  }
  const { card, key, run, chunk, records } = answer
  const document = { v: 1, card: toHex(card), key: toHex(key), run: toHex(run), chunk, records, ciphertexts }
  return new Response(JSON.stringify(document), { headers })
}
