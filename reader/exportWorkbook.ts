import { Zip, ZipDeflate } from 'fflate'
import { harmless } from './csvCell.ts'
import { fail } from './faults.ts'
import type { Plan } from './plan.ts'
import { readNumber, unitOf } from './repairs.ts'
import type { TableRow } from './scoredTable.ts'
import { fitsSheet, sheetSize } from './sheetSize.ts'

/**
 * A table as an .xlsx workbook (ECMA-376, part 1), streamed: libraries that write workbooks hold every cell as an object until
 * the end. Texts are texts, also where they begin as a formula does; numbers as plain as those of a spreadsheet are numbers, and
 * show the decimals that the file has.
 */

/** Cells of a file, as its plan reads them. */
type CellsOfFile = Pick<Plan, 'format' | 'card' | 'columns' | 'repairs'>

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

/** The most decimals that a number's cell shows: the digits of a double. */
const mostDecimals = 15

/** A style for each number of decimals, by its place; the first is the general one. */
function stylesXml(): string {
  const decimals = Array.from({ length: mostDecimals }, (_, i) => i + 1)
  const formats = decimals.map((n) => `<numFmt numFmtId="${163 + n}" formatCode="0.${'0'.repeat(n)}"/>`)
  const styles = decimals.map((n) => `<xf numFmtId="${163 + n}" xfId="0" applyNumberFormat="1"/>`)
  return `<styleSheet xmlns="${main}"><numFmts count="${mostDecimals}">${formats.join('')}</numFmts><fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${mostDecimals + 1}"><xf xfId="0"/>${styles.join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
}

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
      `<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${spreadsheetml}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${spreadsheetml}.styles+xml"/>${sheet(1)}${sheet(2)}</Types>`,
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
      `<Relationships xmlns="${packages}/relationships">${relation(1, 'worksheet', 'worksheets/sheet1.xml')}${relation(2, 'worksheet', 'worksheets/sheet2.xml')}${relation(3, 'styles', 'styles.xml')}</Relationships>`,
    ],
    ['xl/styles.xml', stylesXml()],
  ]
}

/** The table, its first row the header, and what is said about it, as the bytes of a workbook. */
export async function* workbookBytes(
  table: AsyncIterable<readonly TableRow[]>,
  plan: CellsOfFile,
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
  const numberOf = numbersOf(plan)
  let at = 0
  for await (const rows of table) {
    let xml = ''
    for (const row of rows) {
      at += 1
      if (!fitsSheet(at, row.length)) fail('file/too-many-columns', 'sheetTooLarge')
      xml += rowXml(row, at, plan.format.decimalMark, numberOf)
    }
    if (xml !== '') sheet(xml)
    yield* ready
    ready = []
  }
  sheet(sheetEnd, true)
  const second = part('xl/worksheets/sheet2.xml')
  second(
    `${sheetStart}<sheetData>${about.map((row, i) => rowXml(row, i + 1, '.', plainNumber)).join('')}${sheetEnd}`,
    true,
  )
  zip.end()
  yield* ready
}

const sheetStart = `${declaration}<worksheet xmlns="${main}">`
const sheetEnd = '</sheetData></worksheet>'

/** The number that a text of a column is in a spreadsheet as well, with the decimals that it shows; null for all else. */
type NumberOf = (cell: string, column: number) => SheetNumber | null

interface SheetNumber {
  readonly value: number
  /** How many decimals are to be shown, where a spreadsheet would show fewer. */
  readonly decimals: number
}

function rowXml(row: TableRow, at: number, decimalMark: '.' | ',', numberOf: NumberOf): string {
  const cells = row.map((cell, column) => {
    if (cell === '') return ''
    const place = `${letters(column)}${at}`
    const number = typeof cell === 'number' ? { value: cell, decimals: 0 } : numberOf(cell, column)
    if (number && Number.isFinite(number.value)) {
      const style = number.decimals === 0 ? '' : ` s="${number.decimals}"`
      return `<c r="${place}"${style}><v>${number.value}</v></c>`
    }
    const text = harmless(String(cell), decimalMark)
    if (text.length > sheetSize.characters) fail('file/row-too-long', 'cellTooLong', { most: sheetSize.characters })
    return `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`
  })
  return `<row r="${at}">${cells.join('')}</row>`
}

/** What a file's cells are as numbers: by its decimal mark, and none where the plan reads a cell as another number. */
function numbersOf({ format, card, columns, repairs }: CellsOfFile): NumberOf {
  const { decimalMark } = format
  const readings = new Map(
    repairs.flatMap(({ feature, ...repair }) =>
      repair.kind === 'number' ? [[columns[feature], { ways: repair.ways, unit: unitOf(card, feature) }] as const] : [],
    ),
  )
  return (cell, column) => {
    const reading = readings.get(column)
    if (reading && readNumber(cell, reading.ways, decimalMark, reading.unit) !== cell) return null
    // A point in a file of decimal commas stands for thousands or in a date.
    if (decimalMark === ',' && cell.includes('.')) return null
    return plainNumber(decimalMark === ',' ? cell.replace(',', '.') : cell)
  }
}

/**
 * A number that a spreadsheet neither shows nor keeps as another: no zeros before a code's digits, no sign, no exponent, no
 * digits beyond a double's or of an account's length.
 */
function plainNumber(text: string): SheetNumber | null {
  const plain = /^-?(?:0|[1-9]\d{0,10})(?:\.\d+)?$/.test(text) && text.replace(/\D/g, '').length <= 15
  if (!plain) return null
  const at = text.indexOf('.')
  return { value: Number(text), decimals: at >= 0 && text.endsWith('0') ? text.length - at - 1 : 0 }
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
