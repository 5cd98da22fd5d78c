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
  let utf8Start = 0
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
    if (start === 0) utf8Start = marked
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
        const byte = encoding === 'utf-8' ? await firstInvalidUtf8(file, utf8Start) : start + begin
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
  const step = encoding.startsWith('utf-16') ? 2 : 1
  const most = Math.min(bytes.length, begin + textBytes)
  if (isLast && most === bytes.length) return most
  for (let at = most - step; at >= begin; at -= step) if (isLineEnd(bytes, at, encoding)) return at + step
  for (let at = most; at < bytes.length; at += step) if (isLineEnd(bytes, at, encoding)) return at + step
  return isLast || bytes.length - begin > mostHeld ? bytes.length : begin
}

/** Whether a line feed or carriage return stands there: in none but UTF-16 are these bytes ever a part of another character. */
function isLineEnd(bytes: Uint8Array, at: number, encoding: Encoding): boolean {
  const wide = encoding.startsWith('utf-16')
  const byte = bytes[wide && encoding === 'utf-16be' ? at + 1 : at]
  if (byte !== 10 && byte !== 13) return false
  return !wide || bytes[encoding === 'utf-16be' ? at : at + 1] === 0
}

/** The bytes at a piece's end that begin after as many of its line ends as `lineEnds`, counted from there, and one more. */
export function bytesAfter({ bytes }: Pick<Piece, 'bytes'>, lineEnds: number, encoding: Encoding): number {
  const step = encoding.startsWith('utf-16') ? 2 : 1
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

/** The offset of the first byte that is not UTF-8 (Unicode standard, table 3-7). Only walked after a failure. */
async function firstInvalidUtf8(file: FileSource, from: number): Promise<number> {
  let pending = 0
  let low = 0x80
  let high = 0xbf
  let start = from
  for (let at = from; at < file.size; at += pieceBytes) {
    const bytes = await readBytes(file, at, Math.min(at + pieceBytes, file.size))
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number
      if (pending > 0) {
        if (byte < low || byte > high) return start
        pending--
        low = 0x80
        high = 0xbf
        continue
      }
      if (byte < 0x80) continue
      start = at + i
      if (byte < 0xc2 || byte > 0xf4) return start
      pending = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
      low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80
      high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf
    }
  }
  return start
}
