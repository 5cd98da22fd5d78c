import type { Encoding } from './encodings.ts'
import { fail } from './faults.ts'
import { byteOrderMark } from './format.ts'
import type { FileSource } from './source.ts'

/**
 * A file's bytes to text, in pieces, so that only one piece is in memory at a time. Bytes that the encoding does not
 * have are an error with their offset, never a silent U+FFFD.
 */

/** Bytes that are read at once, and about as many as become text at once: few, so that rows are gone while they are young. */
const pieceBytes = 1024 * 1024
const textBytes = 64 * 1024
/** Bytes without a line end that are held back at most: more than a row may have. */
const mostHeld = 4 * pieceBytes

/** Some of a file: whole lines, unless one is longer than any row may be. */
export interface Piece {
  readonly text: string
  /** The bytes that the text was. */
  readonly bytes: Uint8Array
  /** The bytes of the file up to the text's end. */
  readonly bytesRead: number
}

/**
 * Decodes from the byte `from` on, which must be where a line begins.
 * Throws `file/encoding` with the byte's offset, or `file/unreadable` when the file changed or went away.
 */
export async function* decodeFile(file: FileSource, encoding: Encoding, from = 0): AsyncGenerator<Piece> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  let held: Uint8Array = new Uint8Array(0)
  let reading = readPiece(file, from)
  for (let at = from; at < file.size; at += pieceBytes) {
    const read = await reading
    // The next piece is on its way while this one is looked at.
    reading = readPiece(file, at + pieceBytes)
    reading.catch(() => {})
    const isLast = at + read.length >= file.size
    const bytes = held.length > 0 ? joined(held, read) : read
    const start = at - held.length
    const mark = start === 0 ? byteOrderMark(bytes) : null
    let begin = mark?.encoding === encoding ? mark.length : 0
    const marked = begin
    for (;;) {
      const end = cutAt(bytes, begin, encoding, isLast)
      if (end === begin) break
      const part = bytes.subarray(begin, end)
      const isEnd = isLast && end === bytes.length
      let text: string
      try {
        // Node decodes windows-1252 as ISO 8859-1 where it is handed over in one go.
        text = decoder.decode(part, { stream: true }) + (isEnd ? decoder.decode() : '')
      } catch {
        const byte = start + begin + (encoding === 'utf-8' ? firstInvalidUtf8(part) : 0)
        return fail('file/encoding', 'encoding', { byte, encoding }, { byte })
      }
      // A program that writes a mark before one that is there leaves two.
      if (start === 0 && begin === marked) text = text.replace(/^\ufeff+/, '')
      if (text.includes('\0')) fail('file/not-text', 'nulCharacters', {}, { byte: start + begin })
      yield { text, bytes: part, bytesRead: start + end }
      begin = end
    }
    held = bytes.subarray(begin)
  }
}

function readPiece(file: FileSource, at: number): Promise<Uint8Array<ArrayBuffer>> {
  const end = Math.min(at + pieceBytes, file.size)
  return at < end ? readBytes(file, at, end) : Promise.resolve(new Uint8Array(0))
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

/**
 * Where a text from `begin` on may end: after a line end, since no character of any encoding is cut there. What has none is held
 * back (`begin`) until it has one, or is all of the file, or is more than is held.
 */
function cutAt(bytes: Uint8Array, begin: number, encoding: Encoding, isLast: boolean): number {
  const { length } = bytes
  const step = stepOf(encoding)
  if (isLast && begin + textBytes >= length) return length
  for (const end of [begin + textBytes, length]) {
    for (let at = Math.min(end, length) - step; at >= begin; at -= step) {
      if (isLineEnd(bytes, at, encoding)) return at + step
    }
  }
  return isLast || length - begin > mostHeld ? length : begin
}

/** The bytes of which characters are made. */
const stepOf = (encoding: Encoding): 1 | 2 => (encoding.startsWith('utf-16') ? 2 : 1)

/** Whether a line feed or carriage return stands there: in none but UTF-16 are these bytes ever a part of another character. */
function isLineEnd(bytes: Uint8Array, at: number, encoding: Encoding): boolean {
  const low = encoding === 'utf-16be' ? 1 : 0
  const byte = bytes[at + low]
  return (byte === 10 || byte === 13) && !(stepOf(encoding) === 2 && bytes[at + 1 - low])
}

/** The bytes at a piece's end that begin after as many of its line ends as `lineEnds`, counted from there, and one more. */
export function bytesAfter({ bytes }: Pick<Piece, 'bytes'>, lineEnds: number, encoding: Encoding): number {
  const step = stepOf(encoding)
  let left = lineEnds
  for (let at = bytes.length - step; at >= 0; at -= step) {
    if (isLineEnd(bytes, at, encoding) && left-- === 0) return bytes.length - at - step
  }
  return bytes.length
}

export async function readBytes(file: FileSource, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.slice(from, to).arrayBuffer())
  } catch {
    return fail('file/unreadable', 'fileChanged')
  }
}

/** Where in some bytes the first are that are not UTF-8. */
function firstInvalidUtf8(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  for (let i = text.indexOf('\ufffd'); ; i = text.indexOf('\ufffd', i + 1)) {
    const at = new TextEncoder().encode(text.slice(0, i)).length
    // The sign for what is wrong may stand in the file itself.
    if (bytes[at] !== 0xef || bytes[at + 1] !== 0xbf || bytes[at + 2] !== 0xbd) return at
  }
}
