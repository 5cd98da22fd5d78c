import { fail } from './faults.ts'
import { byteOrderMark, type Encoding } from './format.ts'
import type { FileSource } from './source.ts'

/**
 * A file's bytes to text, in pieces, so that only one piece is in memory at a time. Bytes that the encoding does not
 * have are an error with their offset, never a silent U+FFFD.
 */

/** Bytes that are read at once, and an even number that becomes text at once: few, so that rows are gone while they are young. */
const pieceBytes = 1024 * 1024
const textBytes = 64 * 1024

export interface Piece {
  readonly text: string
  /** The bytes of the file read so far. */
  readonly bytesRead: number
  /** The bytes of the file up to the text's end: fewer where a piece's edge cuts a character. */
  readonly textEnd: number
}

/**
 * Decodes from the byte `from` on, which must be where a character begins.
 * Throws `file/encoding` with the byte's offset, or `file/unreadable` when the file changed or went away.
 */
export async function* decodeFile(file: FileSource, encoding: Encoding, from = 0): AsyncGenerator<Piece> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  let utf8Start = 0
  let reading = readPiece(file, from)
  for (let at = from; at < file.size; at += pieceBytes) {
    const read = await reading
    // The next piece is on its way while this one is looked at.
    reading = readPiece(file, at + pieceBytes)
    reading.catch(() => {})
    const mark = at === 0 ? byteOrderMark(read) : null
    const marked = mark?.encoding === encoding ? mark.length : 0
    if (at === 0) utf8Start = marked
    for (let begin = marked; begin < read.length; begin += textBytes) {
      const bytes = read.subarray(begin, begin + textBytes)
      const end = at + begin + bytes.length
      let text: string
      try {
        text = decoder.decode(bytes, { stream: end < file.size })
      } catch {
        const byte = encoding === 'utf-8' ? await firstInvalidUtf8(file, utf8Start) : at + begin
        return fail('file/encoding', 'encoding', { byte, encoding }, { byte })
      }
      // A program that writes a mark before one that is there leaves two.
      if (at === 0 && begin === marked) text = text.replace(/^\ufeff+/, '')
      if (text.includes('\0')) fail('file/not-text', 'nulCharacters', {}, { byte: at + begin })
      yield { text, bytesRead: end, textEnd: end < file.size ? end - cutBytes(bytes, encoding) : end }
    }
  }
}

function readPiece(file: FileSource, at: number): Promise<Uint8Array<ArrayBuffer>> {
  const end = Math.min(at + pieceBytes, file.size)
  return at < end ? readBytes(file, at, end) : Promise.resolve(new Uint8Array(0))
}

/** The bytes at the end of a piece that are the beginning of a character. */
function cutBytes(bytes: Uint8Array, encoding: Encoding): number {
  const last = bytes.length - 1
  if (encoding === 'utf-8') {
    for (let back = 0; back < 3 && back <= last; back++) {
      const byte = bytes[last - back] as number
      if ((byte & 0xc0) === 0x80) continue
      const length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
      return length > back + 1 ? back + 1 : 0
    }
    return 0
  }
  if (!encoding.startsWith('utf-16')) return 0
  // A text's pieces begin at even bytes, so only the first half of a surrogate pair can be cut off.
  const high = bytes[encoding === 'utf-16le' ? last : last - 1] as number
  return (high & 0xfc) === 0xd8 ? 2 : 0
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
