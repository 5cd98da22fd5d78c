import type { Encoding } from './encodings.ts'
import { type BinaryKind, fail } from './faults.ts'

/**
 * How a file of records is written: found from its first bytes, shown in the preview, changeable by the person.
 */

/** The usual ones first: the others are looked for only where none of these cuts a file. */
export const delimiters = [',', ';', '\t', '|', ' ', '^', '~', '}'] as const
export type Delimiter = (typeof delimiters)[number]
const usual: readonly Delimiter[] = [',', ';', '\t', '|']

export interface FileFormat {
  readonly encoding: Encoding
  /** A blank stands for any number of them. */
  readonly delimiter: Delimiter
  readonly decimalMark: '.' | ','
  /** How a quotation mark stands in a quoted cell: twice, where this is absent. */
  readonly escape?: 'backslash'
  /** The line of the header, 0 where there is none. The first row's, where this is absent. */
  readonly header?: number
  /** Each row has a name of its own before its first cell, above which the header has nothing. */
  readonly rowNames?: boolean
  /** Which cells stand between quotation marks without need: all of them, or those that are no numbers. */
  readonly quoting?: 'all' | 'texts'
  /** The file states its encoding by a byte-order mark, without which some spreadsheets take UTF-8 for something else. */
  readonly byteOrderMark?: true
}

/** The bytes that detection looks at. */
export const sampleBytes = 256 * 1024

/** Null stands for any byte. */
const signatures: readonly (readonly [kind: BinaryKind, bytes: readonly (number | null)[]])[] = [
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['xls', [0xd0, 0xcf, 0x11, 0xe0]],
  ['gzip', [0x1f, 0x8b]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf]],
  ['rar', [0x52, 0x61, 0x72, 0x21]],
  ['pdf', [0x25, 0x50, 0x44, 0x46]],
  ['parquet', [0x50, 0x41, 0x52, 0x31]],
  ['sqlite', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65]],
  ['image', [0x89, 0x50, 0x4e, 0x47]],
  ['image', [0xff, 0xd8, 0xff]],
  ['image', [0x47, 0x49, 0x46, 0x38, null, 0x61]],
  ['image', [0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45, 0x42, 0x50]],
  ['image', [0, 0, 0, null, 0x66, 0x74, 0x79, 0x70, 0x68, 0x65, 0x69]],
]

/** What a file is by its first bytes, where they are those of no text. */
function signatureOf(start: Uint8Array): BinaryKind | null {
  return (
    signatures.find(([, signature]) => signature.every((byte, i) => byte === null || start[i] === byte))?.[0] ?? null
  )
}

/** A table that is no text. */
export type TableKind = 'workbook' | 'parquet' | 'json'

/** Which kind of table a file is by its first bytes, or null where it is text or nothing that is read here. */
export function tableKind(start: Uint8Array): TableKind | null {
  const kind = signatureOf(start) ?? notationOf(start, detectEncoding(start))
  return kind === 'zip' ? 'workbook' : kind === 'parquet' || kind === 'json' ? kind : null
}

/** The bytes at a file's start that tell which kind of table it is. */
export const startBytes = 512

/** Whether a file is compressed, by its first bytes. */
export function isGzip(start: Uint8Array): boolean {
  return signatureOf(start) === 'gzip'
}

/** What a text is that is no table: its first signs are those of another kind of file. */
function notationOf(bytes: Uint8Array, encoding: Encoding): BinaryKind | null {
  const start = new TextDecoder(encoding).decode(bytes.subarray(0, startBytes)).trimStart()
  if (/^(?:\[\s*)?\{\s*(?:"|\}|$)|^\[\s*\[\s*"/.test(start)) return 'json'
  return /^<(?:\?xml|!doctype|html|table|head|meta)\b/i.test(start) ? 'markup' : null
}

/** Throws `file/not-text`, naming what the file really is, unless its first bytes look like a table of text. */
export function assertText(bytes: Uint8Array): void {
  const kind = signatureOf(bytes) ?? notationOf(bytes, detectEncoding(bytes))
  if (kind) fail('file/not-text', 'binaryFile', { kind })
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

/** Signs that stand in every table: line ends, and what delimits cells. */
const signs = [9, 10, 13, 44, 59]

/** UTF-16 without a mark: NULs are halves of one side, and most of the signs of a table have one for their other half. */
function wideEncoding(bytes: Uint8Array): Encoding | null {
  const isWide = (low: 0 | 1): boolean => {
    let nuls = 0
    let paired = 0
    for (let i = 0; i + 1 < bytes.length; i += 2) {
      const [own, other] = [bytes[i + low] as number, bytes[i + 1 - low] as number]
      if (other === 0) nuls++
      else if (own === 0) nuls -= 10
      if (signs.includes(own)) paired += other === 0 ? 1 : -1
      if (signs.includes(other)) paired--
    }
    return nuls > 0 && paired > 0
  }
  return isWide(0) ? 'utf-16le' : isWide(1) ? 'utf-16be' : null
}

/** The encoding of a file that starts with `bytes`; UTF-8 unless a mark or the pattern of NULs says otherwise. */
export function detectEncoding(bytes: Uint8Array): Encoding {
  return byteOrderMark(bytes)?.encoding ?? wideEncoding(bytes) ?? 'utf-8'
}

/**
 * The delimiter that cuts a file's first rows most evenly; a comma when none cuts them. `rowsOf` gives the rows, and which of
 * them is the header.
 */
export function detectDelimiter(
  rowsOf: (delimiter: Delimiter) => { readonly rows: readonly (readonly string[])[]; readonly header: number },
): Delimiter {
  const scoreOf = (delimiter: Delimiter): number => {
    const { rows, header } = rowsOf(delimiter)
    const width = rows[header]?.length ?? 0
    if (width < 2) return 0
    const first = rows.slice(0, header + 60)
    // A header may have one cell less than the rows (their names), or one more (a delimiter at its end).
    const even = first.filter((row) => Math.abs(row.length - width) <= 1).length
    const exact = first.filter((row) => row.length === width).length
    const part = Math.max(exact, 0.9 * even) / first.length
    return part * part * width
  }
  for (const group of [usual, delimiters]) {
    const scored = group.map((delimiter) => [delimiter, scoreOf(delimiter)] as const)
    const [best] = scored.sort((a, b) => b[1] - a[1])
    if (best && best[1] > 0) return best[0]
  }
  return ','
}

/**
 * The decimal mark of the sample's numbers: a comma only where cells are written with one and none with a point. Three
 * digits after the only mark ("1,234") may be a thousand and prove nothing.
 */
export function detectDecimalMark(rows: readonly (readonly string[])[]): '.' | ',' {
  let commas = 0
  let points = 0
  for (const row of rows) {
    for (const cell of row) {
      if (provesDecimal(cell.trim(), ',')) commas++
      else if (provesDecimal(cell.trim(), '.')) points++
    }
  }
  return commas > 0 && points === 0 ? ',' : '.'
}

const decimal = {
  '.': /^[+-]?\d*\.\d+$/,
  ',': /^[+-]?\d*,\d+$/,
} as const
const thousand = { '.': /^[+-]?[1-9]\d{0,2}\.\d{3}$/, ',': /^[+-]?[1-9]\d{0,2},\d{3}$/ } as const

/** Whether a cell is a number with this mark that could as well be thousands: "1.500". */
export function couldBeThousands(cell: string, mark: '.' | ','): boolean {
  return thousand[mark].test(cell)
}

/** Whether a cell is a number with this decimal mark, and nothing else. */
export function provesDecimal(cell: string, mark: '.' | ','): boolean {
  return decimal[mark].test(cell) && !thousand[mark].test(cell)
}

/** How the cells of a file's first bytes are quoted, where some of them are without need. */
export function detectQuoting(text: string, delimiter: Delimiter): FileFormat['quoting'] | null {
  const cut = delimiter === '|' || delimiter === '^' || delimiter === '}' ? `\\${delimiter}` : delimiter
  const cell = new RegExp(`("(?:[^"]|"")*"|[^"${cut}\\r\\n]*)(?:${cut}|\\r\\n?|\\n)`, 'gy')
  let [needless, texts, numbers, quotedNumbers] = [0, 0, 0, 0]
  for (const [, found = ''] of text.matchAll(cell)) {
    const quoted = found.startsWith('"')
    const inner = quoted ? found.slice(1, -1) : found
    const isNumber = /^[+-]?[\d.,]+(?:[eE][+-]?\d+)?$/.test(inner)
    if (quoted && isNumber) quotedNumbers += 1
    if (quoted && inner !== '' && !inner.includes(delimiter) && !/["\r\n]/.test(inner) && inner === inner.trim())
      needless += 1
    if (!quoted && isNumber) numbers += 1
    // What programs write for nothing, they write without marks.
    if (!quoted && !isNumber && !/^(?:|NA|NULL|NaN|TRUE|FALSE)$/i.test(inner)) texts += 1
  }
  if (needless === 0 || texts > 0) return null
  return numbers === 0 ? 'all' : quotedNumbers === 0 ? 'texts' : null
}
