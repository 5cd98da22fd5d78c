import { errorOf, fail } from '../faults.ts'

/** Reading request bodies, so that a hostile one costs no more than its limit. */

/** The media type without its parameters, in lower case; empty when there is none. */
export function mediaType(request: Request): string {
  return (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

/** How long a body says that it is; null where it does not, and its pieces tell. */
export function announcedBytes(request: Request): number | null {
  const length = request.headers.get('content-length') ?? ''
  return /^[0-9]+$/.test(length) ? Number(length) : null
}

/** How a body may come in: told of memory before that is taken, and waited for before each piece is dealt with. */
export interface Intake {
  take(bytes: number): void
  turn(): Promise<void>
}

const free: Intake = { take: () => {}, turn: async () => {} }

/**
 * The whole body, at most `limit` bytes. Throws `request/encoding` for a compressed one before any of it is read,
 * and `request/too-large` as soon as its announced or its real length passes the limit.
 */
export async function readBody(
  request: Request,
  limit: number,
  { take, turn }: Intake = free,
): Promise<Uint8Array<ArrayBuffer>> {
  checkHeaders(request, limit)
  const body = await streamOf(request)
  if (body === null) return new Uint8Array(0)
  const reader = body.getReader()
  const announced = announcedBytes(request)
  const most = announced ?? limit
  // Grown as bytes come, so that an announced length alone takes no memory; yet it is refused before a byte is read in vain.
  let bytes = new Uint8Array(Math.min(most, 65_536))
  take(announced ?? bytes.length)
  let length = 0
  for (;;) {
    const { done, value } = await next(reader)
    if (done) return bytes.subarray(0, length)
    await turn()
    if (length + value.length > limit) {
      // Not awaited: a peer that does not stop sending must not hold the answer back.
      reader.cancel().catch(() => {})
      tooLarge(limit)
    }
    if (length + value.length > bytes.length) {
      const grown = new Uint8Array(Math.max(length + value.length, Math.min(most, 2 * bytes.length)))
      if (announced === null) take(grown.length - bytes.length)
      grown.set(bytes.subarray(0, length))
      bytes = grown
    }
    bytes.set(value, length)
    length += value.length
  }
}

/**
 * The body as a stream, or null. Firefox's requests have none: there, where the whole server is in a page, a body is in the
 * page's memory already.
 */
async function streamOf(request: Request): Promise<ReadableStream<Uint8Array> | null> {
  const body = request.body as ReadableStream<Uint8Array> | null | undefined
  return body === undefined ? new Response(await request.arrayBuffer()).body : body
}

function checkHeaders(request: Request, limit: number): void {
  const encoding = request.headers.get('content-encoding')
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    fail('request/encoding', 'compressedBody')
  }
  const announced = request.headers.get('content-length')
  if (announced !== null && !(Number(announced) <= limit)) tooLarge(limit)
}

/**
 * The pieces of a body of at most `limit` bytes, as they come, and as if it ended where the signal aborts. Throws what {@link readBody}
 * throws.
 */
export async function* readPieces(
  request: Request,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  checkHeaders(request, limit)
  const body = await streamOf(request)
  if (body === null) return
  const reader = body.getReader()
  signal.addEventListener('abort', () => void reader.cancel().catch(() => {}), { once: true })
  let length = 0
  for (let piece = await next(reader); !piece.done; piece = await next(reader)) {
    length += piece.value.length
    if (length > limit) {
      reader.cancel().catch(() => {})
      tooLarge(limit)
    }
    yield piece.value
  }
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read()
  } catch {
    throw errorOf('request/syntax', 'bodyEnded')
  }
}

function tooLarge(limit: number): never {
  fail('request/too-large', 'bodyTooLarge', { limit })
}

/** A JSON body has so many members and items, and one more for each so many bytes: what is large in ours are texts of hundreds of bytes. */
const freeItems = 64
const bytesPerItem = 128

/**
 * The value of a JSON body, nested at most `depth` levels. Throws `request/syntax`.
 * Depth and items are counted before parsing, so that a body of brackets builds nothing, and one of commas holds up nobody.
 */
export function parseJson(bytes: Uint8Array, depth: number): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    fail('request/syntax', 'bodyNotUtf8')
  }
  const found = jsonSize(bytes)
  if (found.depth > depth) fail('request/syntax', 'bodyNesting', { depth })
  if (found.commas > freeItems + bytes.length / bytesPerItem) fail('request/syntax', 'bodyShape', { member: null })
  try {
    return JSON.parse(text, (key, value) => {
      // Nothing of ours is named so, and whatever merges or copies the value later cannot be surprised.
      if (key === '__proto__' || key === 'constructor' || key === 'prototype') throw new SyntaxError('polluted key')
      return value
    })
  } catch {
    fail('request/syntax', 'bodyNotJson')
  }
}

const quote = 0x22
const backslash = 0x5c

/** The deepest nesting of brackets, and the commas, outside strings. */
function jsonSize(bytes: Uint8Array): { readonly depth: number; readonly commas: number } {
  let depth = 0
  let deepest = 0
  let commas = 0
  let inString = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (inString) {
      if (byte === backslash) i++
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth)
    else if (byte === 0x7d || byte === 0x5d) depth--
    else if (byte === 0x2c) commas++
  }
  return { depth: deepest, commas }
}
