import { Zip, ZipDeflate } from 'fflate'
import { harmless } from './csvCell.ts'
import { fail } from './faults.ts'
import type { FileFormat } from './format.ts'
import type { TableRow } from './scoredTable.ts'
import { fitsSheet, sheetSize } from './sheetSize.ts'

/**
 * A table as an .xlsx workbook (ECMA-376, part 1), streamed: libraries that write workbooks hold every cell as an object until
 * the end. Texts are texts, also where they begin as a formula does; numbers as plain as those of a spreadsheet are numbers.
 */

export interface Sheets {
  /** The name of the table's sheet, and of the one that says where it is from. */
  readonly names: readonly [table: string, about: string]
  /** What the second sheet says, as pairs. */
  readonly about: readonly TableRow[]
}

export const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006'
const spreadsheetml = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

/** The parts of a workbook of two sheets, but for these. */
function parts([table, about]: Sheets['names']): readonly (readonly [path: string, xml: string])[] {
  const sheet = (n: number) =>
    `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${spreadsheetml}.worksheet+xml"/>`
  const entry = (name: string, n: number) => `<sheet name="${escaped(name)}" sheetId="${n}" r:id="rId${n}"/>`
  const relation = (id: number, kind: string, target: string) =>
    `<Relationship Id="rId${id}" Type="${relations}/${kind}" Target="${target}"/>`
  return [
    [
      '[Content_Types].xml',
      `<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${spreadsheetml}.sheet.main+xml"/>${sheet(1)}${sheet(2)}</Types>`,
    ],
    [
      '_rels/.rels',
      `<Relationships xmlns="${packages}/relationships">${relation(1, 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets>${entry(table, 1)}${entry(about, 2)}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `<Relationships xmlns="${packages}/relationships">${relation(1, 'worksheet', 'worksheets/sheet1.xml')}${relation(2, 'worksheet', 'worksheets/sheet2.xml')}</Relationships>`,
    ],
  ]
}

/** The table, its first row the header, and what is said about it, as the bytes of a workbook. */
export async function* workbookBytes(
  table: AsyncIterable<readonly TableRow[]>,
  { decimalMark }: Pick<FileFormat, 'decimalMark'>,
  { names, about }: Sheets,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let ready: Uint8Array<ArrayBuffer>[] = []
  const zip = new Zip((error, bytes) => {
    if (error) throw error
    ready.push(bytes as Uint8Array<ArrayBuffer>)
  })
  const part = (path: string) => {
    const file = new ZipDeflate(path, { level: 4 })
    zip.add(file)
    return (xml: string, last = false) => file.push(new TextEncoder().encode(xml), last)
  }
  for (const [path, xml] of parts(names)) part(path)(declaration + xml, true)

  const sheet = part('xl/worksheets/sheet1.xml')
  // The header stays in sight.
  const pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
  sheet(`${sheetStart}<sheetViews><sheetView workbookViewId="0">${pane}</sheetView></sheetViews><sheetData>`)
  let at = 0
  for await (const rows of table) {
    let xml = ''
    for (const row of rows) {
      at += 1
      if (!fitsSheet(at, row.length)) fail('file/too-many-columns', 'sheetTooLarge')
      xml += rowXml(row, at, decimalMark)
    }
    if (xml !== '') sheet(xml)
    yield* ready
    ready = []
  }
  sheet(sheetEnd, true)
  const second = part('xl/worksheets/sheet2.xml')
  second(`${sheetStart}<sheetData>${about.map((row, i) => rowXml(row, i + 1, '.')).join('')}${sheetEnd}`, true)
  zip.end()
  yield* ready
}

const sheetStart = `${declaration}<worksheet xmlns="${main}">`
const sheetEnd = '</sheetData></worksheet>'

function rowXml(row: TableRow, at: number, decimalMark: '.' | ','): string {
  const cells = row.map((cell, column) => {
    if (cell === '') return ''
    const place = `${letters(column)}${at}`
    const number = typeof cell === 'number' ? cell : plainNumber(cell, decimalMark)
    if (number !== null && Number.isFinite(number)) return `<c r="${place}"><v>${number}</v></c>`
    const text = harmless(String(cell), decimalMark)
    if (text.length > sheetSize.characters) fail('file/row-too-long', 'cellTooLong', { most: sheetSize.characters })
    return `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`
  })
  return `<row r="${at}">${cells.join('')}</row>`
}

/**
 * The number that a cell of the file is in a spreadsheet as well; null for all that it would show or keep as another: zeros
 * before a code's digits, signs, exponents, digits beyond a double's or of an account's length.
 */
function plainNumber(cell: string, decimalMark: '.' | ','): number | null {
  const text = decimalMark === ',' ? cell.replace(',', '.') : cell
  if (text !== cell && cell.includes('.')) return null
  const plain = /^-?(?:0|[1-9]\d{0,10})(?:\.\d+)?$/.test(text) && text.replace(/\D/g, '').length <= 15
  return plain ? Number(text) : null
}

/** The letters of a column, from 0: A to Z, AA and so on. */
function letters(column: number): string {
  const rest = Math.floor(column / 26) - 1
  return (rest < 0 ? '' : letters(rest)) + String.fromCharCode(65 + (column % 26))
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A text in XML; what XML 1.0 cannot hold as spreadsheets write it (ECMA-376, part 1, 22.4.2.4: `_x0001_`). */
function escaped(text: string): string {
  return text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/[^\t\n\u0020-\ufffd]/g, (sign) => `_x${hex(sign.charCodeAt(0))}_`)
    .replace(/[&<>"]/g, (sign) => entities[sign] ?? sign)
}

const hex = (code: number): string => code.toString(16).toUpperCase().padStart(4, '0')
