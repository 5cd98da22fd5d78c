import { type BinaryKind, fail } from './faults.ts'

/**
 * How a file of records is written: found from its first bytes, shown in the preview, changeable by the person.
 */

export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type Encoding = (typeof encodings)[number]

export const delimiters = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof delimiters)[number]

export interface FileFormat {
  readonly encoding: Encoding
  readonly delimiter: Delimiter
  readonly decimalMark: '.' | ','
}

/** The bytes that detection looks at. */
export const sampleBytes = 256 * 1024

const signatures: readonly (readonly [kind: BinaryKind, bytes: readonly number[]])[] = [
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['xls', [0xd0, 0xcf, 0x11, 0xe0]],
  ['gzip', [0x1f, 0x8b]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf]],
  ['rar', [0x52, 0x61, 0x72, 0x21]],
  ['pdf', [0x25, 0x50, 0x44, 0x46]],
  ['parquet', [0x50, 0x41, 0x52, 0x31]],
  ['sqlite', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65]],
  ['png', [0x89, 0x50, 0x4e, 0x47]],
]

/** Throws `file/not-text`, naming what the file really is, unless its first bytes look like text. */
export function assertText(bytes: Uint8Array): void {
  const found = signatures.find(([, signature]) => signature.every((byte, i) => bytes[i] === byte))
  if (found) fail('file/not-text', 'binaryFile', { kind: found[0] })
  const encoding = byteOrderMark(bytes)?.encoding ?? wideEncoding(bytes)
  if (encoding === null || encoding === 'utf-8') {
    const nul = bytes.indexOf(0)
    if (nul >= 0) fail('file/not-text', 'nulBytes', {}, { byte: nul })
  }
}

/** The encoding that a byte-order mark states, and the mark's length. */
export function byteOrderMark(bytes: Uint8Array): { encoding: Encoding; length: number } | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: 'utf-8', length: 3 }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', length: 2 }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', length: 2 }
  return null
}

/** UTF-16 without a mark: in Western text nearly every other byte is NUL. */
function wideEncoding(bytes: Uint8Array): Encoding | null {
  const length = Math.min(bytes.length, 4096) & ~1
  if (length < 4) return null
  let even = 0
  let odd = 0
  for (let i = 0; i < length; i += 2) {
    if (bytes[i] === 0) even++
    if (bytes[i + 1] === 0) odd++
  }
  const pairs = length / 2
  if (odd > 0.7 * pairs && even < 0.1 * pairs) return 'utf-16le'
  if (even > 0.7 * pairs && odd < 0.1 * pairs) return 'utf-16be'
  return null
}

/** The encoding of a file that starts with `bytes`; UTF-8 unless a mark or the pattern of NULs says otherwise. */
export function detectEncoding(bytes: Uint8Array): Encoding {
  return byteOrderMark(bytes)?.encoding ?? wideEncoding(bytes) ?? 'utf-8'
}

/** The delimiter that cuts the first rows most evenly; a comma when none cuts them. */
export function detectDelimiter(text: string, rowsOf: (text: string, delimiter: Delimiter) => string[][]): Delimiter {
  let best: Delimiter = ','
  let bestScore = 1
  for (const delimiter of delimiters) {
    const rows = rowsOf(text, delimiter).slice(0, 60)
    const width = rows[0]?.length ?? 0
    if (width < 2) continue
    const even = rows.filter((row) => row.length === width).length / rows.length
    const score = even * even * width
    if (score > bestScore) [best, bestScore] = [delimiter, score]
  }
  return best
}

/**
 * The decimal mark of the sample's numbers: a comma only where cells are written with one and none with a point.
 * Where commas also delimit, three digits after one ("1,234") may be a thousands separator and prove nothing.
 */
export function detectDecimalMark(rows: readonly (readonly string[])[], delimiter: Delimiter): '.' | ',' {
  const comma = delimiter === ',' ? /^\s*[+-]?\d+,(?!\d{3}\s*$)\d+\s*$/ : /^\s*[+-]?\d*,\d+\s*$/
  let commas = 0
  let points = 0
  for (const row of rows) {
    for (const cell of row) {
      if (comma.test(cell)) commas++
      else if (/^\s*[+-]?\d*\.\d+\s*$/.test(cell)) points++
    }
  }
  return commas > 0 && points === 0 ? ',' : '.'
}
