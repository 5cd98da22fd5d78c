import { readBytes } from './decode.ts'
import { dosTexts } from './dosPages.ts'
import type { Encoding } from './encodings.ts'
import { bitsOf, readings } from './readings.ts'
import type { FileSource } from './source.ts'

/** A guess in which encoding a file is that is not UTF-8: what a person sees of it, to say whether it is right. */
export interface EncodingGuess {
  /** The likeliest first; no two of them make the same text. */
  readonly readings: readonly Reading[]
  /** No other reading is nearly as likely, and no code page of DOS, which nothing here reads, is likelier. */
  readonly certain: boolean
}

export interface Reading {
  readonly encoding: Encoding
  /** A part of a line of the file as it reads so, the same part in all readings. */
  readonly line: string
}

const pieceBytes = 1024 * 1024
/** What is looked at: so many lines, so many bytes of them, and so many bytes after the first that is not UTF-8. */
const mostLines = 400
const mostBytes = 48 * 1024
const furthest = 16 * pieceBytes
/** Readings that are shown, and how many bits one may be worse than another to be doubted. */
const mostShown = 4
const doubt = 14
/** What a code page of DOS costs before anything was read of it, as the Cyrillic one does. */
const dosPrice = 6
/** Signs of a line that are shown, and those of them before the first letter beyond ASCII. */
const shown = 48
const before = 16
/** What no language's letters cost, in the mean: then nothing is known of the bytes. */
const bitsOfNothing = 17

/**
 * Guesses in which encoding a file is written, from the letters of those of its lines that are not plain ASCII. Null for a file that
 * is UTF-8, damaged UTF-8 included (half of such lines or more are valid), and for bytes that read as no language's words. Not for UTF-16.
 * Throws `file/unreadable`.
 */
export async function guessEncoding(file: FileSource): Promise<EncodingGuess | null> {
  const lines = await foreignLines(file)
  if (lines === null) return null
  const all = bytesOf(lines)
  const found = (Object.entries(readings) as [Encoding, number][]).flatMap(([encoding, price]) => {
    const text = decoded(all, encoding)
    return text === null ? [] : [{ encoding, text, bits: price + bitsOf(text) }]
  })
  found.sort((a, b) => a.bits - b.bits)
  const different = found.filter(({ text }, i) => found.findIndex((other) => other.text === text) === i)
  const [first, second] = different
  if (!first || first.bits / lengthBeyondAscii(first.text) > bitsOfNothing) return null
  const likely = different.slice(0, mostShown)
  const parts = likely.map(({ text }) => text.split('\n'))
  const at = mostTelling(parts)
  return {
    readings: likely.map(({ encoding }, i) => ({ encoding, line: partOf(parts[i]?.[at] ?? '') })),
    certain:
      (!second || second.bits - first.bits >= doubt) &&
      dosTexts(all).every((text) => dosPrice + bitsOf(text) > first.bits),
  }
}

/** Different lines of a file that have bytes beyond ASCII; null where half of them or more are UTF-8. */
async function foreignLines(file: FileSource): Promise<readonly Uint8Array[] | null> {
  const lines = new Map<string, Uint8Array>()
  let [valid, invalid, bytes, end] = [0, 0, 0, file.size]
  let held = new Uint8Array(0)
  for (let at = 0; at < end && lines.size < mostLines && bytes < mostBytes; at += pieceBytes) {
    const read = await readBytes(file, at, Math.min(at + pieceBytes, file.size))
    const piece = new Uint8Array(held.length + read.length)
    piece.set(held)
    piece.set(read, held.length)
    const isLast = at + pieceBytes >= file.size
    let from = 0
    for (let i = 0; i <= piece.length && lines.size < mostLines && bytes < mostBytes; i++) {
      if (i < piece.length ? piece[i] !== 10 && piece[i] !== 13 : !isLast) continue
      const line = piece.subarray(from, i)
      from = i + 1
      if (line.length === 0 || line.length > mostBytes || line.every((byte) => byte < 128)) continue
      if (decoded(line, 'utf-8') !== null) valid++
      else {
        invalid++
        if (invalid === 1) end = Math.min(file.size, at + furthest)
      }
      const known = String.fromCharCode(...line.subarray(0, 512))
      if (lines.has(known)) continue
      lines.set(known, line)
      bytes += line.length
    }
    held = piece.slice(Math.min(from, piece.length))
    if (held.length > mostBytes) held = new Uint8Array(0)
  }
  return invalid === 0 || valid >= invalid ? null : [...lines.values()]
}

function bytesOf(lines: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(lines.reduce((sum, line) => sum + line.length + 1, 0))
  let at = 0
  for (const line of lines) {
    all.set(line, at)
    at += line.length
    all[at++] = 10
  }
  return all
}

function decoded(bytes: Uint8Array, encoding: Encoding): string | null {
  try {
    // Node decodes windows-1252 as ISO 8859-1 where it is handed over in one go.
    const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
    return decoder.decode(bytes, { stream: true }) + decoder.decode()
  } catch {
    return null
  }
}

const beyondAscii = /[\u0080-\u{10ffff}]/gu
const lengthBeyondAscii = (text: string): number => text.match(beyondAscii)?.length ?? 1

/** The line in which most readings differ, of those the first. */
function mostTelling(parts: readonly (readonly string[])[]): number {
  let [best, most] = [0, 0]
  for (let at = 0; at < (parts[0]?.length ?? 0); at++) {
    const count = new Set(parts.map((lines) => partOf(lines[at] ?? ''))).size
    if (count > most) [best, most] = [at, count]
  }
  return best
}

/** A line from shortly before its first letter beyond ASCII on. */
function partOf(line: string): string {
  const first = line.search(beyondAscii)
  const from = first <= before ? 0 : first - before
  return `${from > 0 ? '…' : ''}${line.slice(from, from + shown)}`.trim()
}
