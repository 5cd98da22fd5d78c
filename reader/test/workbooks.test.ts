import { describe, expect, it } from 'vitest'
import { readSheet } from '../sheet.ts'
import { allRows, errorOf, fileOf } from './files.ts'
import { zip } from './workbook.ts'

/** What a workbook knows of its cells and sheets, from its own XML (ECMA-376, part 1). */

const relation = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const formats = ['General', '0.0%', '00000', '000-00', 'yyyy-mm-dd', '[h]:mm', '#,##0.00', '0"%"', '[Red]0%;[Blue]-0%']

interface Sheet {
  readonly rows: string
  readonly after?: string
  readonly state?: string
  readonly kind?: 'worksheet' | 'chartsheet'
}

function book(sheets: Readonly<Record<string, Sheet>>, more: Readonly<Record<string, string>> = {}) {
  const entries = Object.entries(sheets)
  const parts: Record<string, string> = {
    'xl/workbook.xml': `<x:workbook xmlns:x="m" xmlns:r="${relation}"><x:workbookPr${more.date1904 ?? ''}/><x:sheets>${entries
      .map(
        ([name, { state }], i) =>
          `<x:sheet name="${name}" sheetId="${i + 1}"${state ? ` state="${state}"` : ''} r:id="rId${i + 1}"/>`,
      )
      .join('')}</x:sheets></x:workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${entries
      .map(
        ([, { kind = 'worksheet' }], i) =>
          `<Relationship Id="rId${i + 1}" Type="${relation}/${kind}" Target="/xl/${kind}s/s${i + 1}.xml"/>`,
      )
      .join('')}</Relationships>`,
    'xl/styles.xml': `<styleSheet><numFmts>${formats
      .map((code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${code.replaceAll('"', '&quot;')}"/>`)
      .join('')}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>${formats
      .map((_, i) => `<xf numFmtId="${164 + i}"/>`)
      .join('')}<xf numFmtId="9"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
    'xl/sharedStrings.xml':
      '<sst><si><t>id</t></si><si><r><t>ri</t></r><r><t>ch</t></r><rPh><t>no</t></rPh></si></sst>',
  }
  for (const [i, [, { rows, after = '', kind = 'worksheet' }]] of entries.entries())
    parts[`xl/${kind}s/s${i + 1}.xml`] = `<worksheet><sheetData>${rows}</sheetData>${after}</worksheet>`
  return fileOf(zip(parts))
}

const one = (cells: string, after = '') => book({ Data: { rows: `<row r="1">${cells}</row>`, after } })
const firstRow = async (file: Blob) => (await allRows((await readSheet(file, null)).csv)).rows[0]

describe('a cell of a workbook', () => {
  it.each<[string, string, string]>([
    ['a percentage', '<c r="A1" s="1"><v>0.075</v></c>', '7.5%'],
    ['a percentage of the built-in format', '<c r="A1" s="9"><v>0.05</v></c>', '5%'],
    ['a coloured percentage', '<c r="A1" s="8"><v>-0.57</v></c>', '-57%'],
    ['a percent sign that is text', '<c r="A1" s="7"><v>5</v></c>', '5'],
    ['leading zeros', '<c r="A1" s="2"><v>501</v></c>', '00501'],
    ['a number longer than its zeros', '<c r="A1" s="2"><v>1234567</v></c>', '1234567'],
    ['zeros with a sign between them', '<c r="A1" s="3"><v>1234</v></c>', '012-34'],
    ['a date', '<c r="A1" s="4"><v>45292</v></c>', '2024-01-01'],
    ['a date of the built-in format', '<c r="A1" s="10"><v>45292.5</v></c>', '2024-01-01T12:00:00.000Z'],
    ['hours', '<c r="A1" s="5"><v>1.5</v></c>', '36:00:00'],
    ['thousands', '<c r="A1" s="6"><v>1234.5</v></c>', '1234.5'],
    ['the noise of a product', '<c r="A1"><v>434.99999999999994</v></c>', '435'],
    ['a small number', '<c r="A1"><v>1E-7</v></c>', '1e-7'],
    ['a shared text', '<c r="A1" t="s"><v>1</v></c>', 'rich'],
    ['an error', '<c r="A1" t="e"><v>#DIV/0!</v></c>', '#DIV/0!'],
    ['a formula with its value', '<c r="A1"><f>1+1</f><v>2</v></c>', '2'],
    ['a formula that gives no text', '<c r="A1" t="str"><f>""</f><v></v></c><c r="B1"><v>1</v></c>', ''],
    ['a formula without a value', '<c r="A1"><f>A2*2</f></c>', '=A2*2'],
    ['a formula with an empty value', '<c r="A1"><f>A2*2</f><v/></c>', '=A2*2'],
    ['a shared formula without a value', '<c r="A1"><f t="shared" si="0"/><v/></c>', '=…'],
    ['no place of its own', '<c><v>3</v></c>', '3'],
  ])('%s', async (_, xml, text) => {
    expect((await firstRow(one(`${xml}<c r="Z1"><v>1</v></c>`)))?.[0]).toBe(text)
  })

  it('counts its dates from 1904 where the workbook does', async () => {
    const file = book({ Data: { rows: '<row><c s="4"><v>0</v></c></row>' } }, { date1904: ' date1904="1"' })
    expect(await firstRow(file)).toEqual(['1904-01-01'])
  })
})

const rows = (...cells: string[][]) =>
  cells
    .map(
      (row, r) =>
        `<row r="${r + 1}">${row.map((text, c) => (text === '' ? '' : `<c r="${'ABCDE'[c]}${r + 1}" t="str"><v>${text}</v></c>`)).join('')}</row>`,
    )
    .join('')

describe('a sheet', () => {
  it('puts what is merged into each of its rows, and not into other columns', async () => {
    const cells = rows(['id', 'home', 'age'], ['A', 'rent', '40'], ['B', '', '50'], ['C', 'own', ''], ['D', '', ''])
    const after = '<mergeCells><mergeCell ref="B2:B3"/><mergeCell ref="B4:C5"/></mergeCells>'
    const read = await readSheet(book({ Data: { rows: cells, after } }), null)
    expect((await allRows(read.csv)).rows.slice(1)).toEqual([
      ['A', 'rent', '40'],
      ['B', 'rent', '50'],
      ['C', 'own', ''],
      ['D', 'own', ''],
    ])
    expect(read.notes).toEqual([{ note: 'mergedCells', facts: { count: 2 } }])
  })

  it('does not give hidden rows unasked, and says how many there are', async () => {
    const file = book({
      Data: { rows: rows(['id'], ['A'], ['B'], ['C']).replace('<row r="3">', '<row r="3" hidden="1">') },
    })
    const read = await readSheet(file, null)
    expect((await allRows(read.csv)).rows).toEqual([['id'], ['A'], ['C']])
    expect(read).toMatchObject({ hiddenRows: 1, notes: [{ note: 'hiddenRows', facts: { count: 1, isRead: false } }] })
    const whole = await readSheet(file, null, true)
    expect((await allRows(whole.csv)).rows).toEqual([['id'], ['A'], ['B'], ['C']])
    expect(whole.notes).toEqual([{ note: 'hiddenRows', facts: { count: 1, isRead: true } }])
  })

  it.each(['hidden', 'veryHidden'])('that is %s is not taken where another one is seen, and told of', async (state) => {
    const file = book({ Old: { rows: rows(['id'], ['A'], ['B']), state }, Now: { rows: rows(['id'], ['C']) } })
    expect(await readSheet(file, null)).toMatchObject({ sheet: 1, hiddenSheets: [0], notes: [] })
    expect((await readSheet(file, 0)).notes).toEqual([{ note: 'hiddenSheet', facts: {} }])
  })

  it('of a chart is no sheet', async () => {
    const file = book({ Chart: { rows: '', kind: 'chartsheet' }, Data: { rows: rows(['id'], ['C']) } })
    expect(await readSheet(file, null)).toMatchObject({ sheets: ['Data'], sheet: 0 })
    const alone = book({ Chart: { rows: '', kind: 'chartsheet' } })
    expect((await errorOf(readSheet(alone, null))).code).toBe('file/empty')
  })

  it('says how many errors and formulas without values it holds', async () => {
    const cells = '<c t="e"><v>#N/A</v></c><c><f>A1</f></c><c><f>A2</f><v/></c>'
    expect((await readSheet(one(cells), null)).notes).toEqual([
      { note: 'errorCells', facts: { count: 1 } },
      { note: 'formulasWithoutValue', facts: { count: 2 } },
    ])
  })
})
