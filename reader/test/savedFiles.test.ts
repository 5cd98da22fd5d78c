import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import Papa from 'papaparse'
import readWorkbook from 'read-excel-file/node'
import { afterAll, describe, expect, it, test } from 'vitest'
import { leftOutReason } from '../../words/en/expected.ts'
import { blobOf, exportScores } from '../exportCsv.ts'
import { workbookBytes } from '../exportWorkbook.ts'
import { inspect } from '../inspect.ts'
import type { Repair } from '../repairs.ts'
import { scoredTable } from '../scoredTable.ts'
import { readSheet } from '../sheet.ts'
import { allRows, card, fileOf } from './files.ts'

/** Saved files, as other programs read them. */

const header = ['id', 'Score', 'a', 'b', 'c', 'note']
const marked = (mark: string) => [
  ['007', '9', `1${mark}5`, '2', 'x', '=1+1'],
  ['-8', '', '500', '2', 'x', 'much, "too"; much'],
  ['Ödön', '8', `2${mark}25`, '-3', 'y', 'two\nlines'],
  ['+1 555', '7', '3', '4', 'y', `1${mark}50`],
]
/** What other readers find: the same rows, with what is added, and what could run made harmless. */
const wanted = (mark: string, cells: readonly (readonly string[])[]) => [
  [...header, 'left_out', 'scored_by', 'threshold', 'decision', 'linear_predictor', 'score.2'],
  [...(cells[0] as string[]).with(-1, "'=1+1"), '', 'toy 1', `0${mark}5`, 'yes', `1${mark}2345679`, `1${mark}2345679`],
  [...(cells[1] as string[]), expect.stringMatching(/^a: cell\/range/), '', '', '', '', ''],
  [...(cells[2] as string[]), '', 'toy 1', `0${mark}5`, 'no', `-2${mark}25`, `-2${mark}25`],
  [...(cells[3] as string[]).with(0, "'+1 555"), '', 'toy 1', `0${mark}5`, 'yes', '3', '3'],
]
const predictors = Float64Array.of(1.23456789012, -2.25, 3)
const extras = {
  leftOut: leftOutReason,
  threshold: { response: 0, value: 0.5, below: 'no', atOrAbove: 'yes' },
}

const folder = mkdtempSync(join(tmpdir(), 'saved-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function planned(text: string) {
  const file = fileOf(text)
  const { format, header: found } = await inspect(file)
  expect(found).toEqual(header)
  return { file, plan: { card, format, columns: [2, 3, 4], width: found.length, repairs: [] } }
}

const has = (command: string, args: readonly string[]) => spawnSync(command, args).status === 0
const python = has('python3', ['--version'])
const r = has('Rscript', ['--version'])

/** Reads a file with another program's own reader, and gives what it says as JSON. */
function readBy(command: string, args: readonly string[], script: string): unknown {
  const { stdout, stderr, status } = spawnSync(command, [...args, script], { encoding: 'utf8', cwd: folder })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return JSON.parse(stdout)
}

const files: [string, string, '.' | ',', ';' | ',' | '\t', '' | 'all' | 'texts', string][] = [
  ['commas', '', '.', ',', '', '\n'],
  ['semicolons and decimal commas', '', ',', ';', '', '\r\n'],
  ['tabs', '', '.', '\t', '', '\n'],
  ['every cell quoted', '', ',', ';', 'all', '\r\n'],
  ['texts quoted', '', '.', ',', 'texts', '\n'],
  ['a byte-order mark', '\ufeff', ',', ';', '', '\r\n'],
]

describe.each(files)('a scored file of %s', (_, mark, decimal, delimiter, quoting, end) => {
  const cells = marked(decimal)
  const needs = (cell: string) => /["\n]/.test(cell) || cell.includes(delimiter)
  const quotes = (cell: string) =>
    needs(cell) || quoting === 'all' || (quoting === 'texts' && cell !== '' && !/^-?[\d.,]+$/.test(cell))
  const written = (cell: string) => (quotes(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  const text = mark + [header, ...cells].map((row) => row.map(written).join(delimiter) + end).join('')
  const saved = async () => {
    const { file, plan } = await planned(text)
    return blobOf(exportScores(file, plan, header, predictors, extras))
  }

  it('is read by two other readers as it was meant', async () => {
    const bytes = Buffer.from(await (await saved()).arrayBuffer())
    expect(parse(bytes, { delimiter, bom: mark !== '' })).toEqual(wanted(decimal, cells))
    const parsed = Papa.parse<string[]>(bytes.toString('utf8').trimEnd(), { delimiter })
    expect([parsed.errors, parsed.data]).toEqual([[], wanted(decimal, cells)])
  })

  it('has the quotation marks and the byte-order mark of the file', async () => {
    const written = Buffer.from(await (await saved()).arrayBuffer()).toString('utf8')
    expect(written.startsWith('\ufeff')).toBe(mark !== '')
    const [first = ''] = written.replace('\ufeff', '').split('\r\n')
    expect(first.split(delimiter).every((cell) => cell.startsWith('"'))).toBe(quoting !== '')
    // A number among texts that are quoted stands bare.
    expect(written.includes(`"-2${decimal}25"`)).toBe(quoting === 'all')
  })

  test.runIf(python)('is read by Python’s csv', async () => {
    writeFileSync(join(folder, 'scores.csv'), Buffer.from(await (await saved()).arrayBuffer()))
    const script = `import csv, json; print(json.dumps(list(csv.reader(open('scores.csv', newline='', encoding='utf-8-sig'), delimiter='${delimiter === '\t' ? '\\t' : delimiter}'))))`
    expect(readBy('python3', ['-c'], script)).toEqual(wanted(decimal, cells))
  })

  test.runIf(r)('is read by R, its scores as numbers', async () => {
    writeFileSync(join(folder, 'scores.csv'), Buffer.from(await (await saved()).arrayBuffer()))
    const sign = delimiter === '\t' ? '\\t' : delimiter
    const script = `d <- read.csv('scores.csv', sep = '${sign}', dec = '${decimal}', fileEncoding = 'UTF-8-BOM'); cat('[', paste(c(ncol(d), ifelse(is.na(d$score.2), 'null', format(d$score.2, digits = 8, trim = TRUE))), collapse = ','), ']')`
    expect(readBy('Rscript', ['--vanilla', '-e'], script)).toEqual([12, 1.2345679, null, -2.25, 3])
  })
})

it('tells its encoding where the file had another one, in which a spreadsheet would read it', async () => {
  const text = `${header.join(';')}\r\nÖdön;8;2;-3;y;x\r\n`
  const start = async (bytes: Uint8Array<ArrayBuffer>, encoding: 'utf-8' | 'windows-1252') => {
    const file = new Blob([bytes])
    const { format } = await inspect(file, { encoding })
    const plan = { card, format, columns: [2, 3, 4], width: header.length, repairs: [] }
    const saved = await blobOf(exportScores(file, plan, header, Float64Array.of(1)))
    return Buffer.from(await saved.arrayBuffer())
      .toString('utf8')
      .slice(0, 3)
  }
  expect(await start(Buffer.from(text, 'latin1'), 'windows-1252')).toBe('\ufeffid')
  expect(await start(Buffer.from(text, 'utf8'), 'utf-8')).toBe('id;')
})

describe('a scored workbook', () => {
  const sheets = {
    names: ['Scores', 'About'],
    about: [
      ['Model', '=Toy & <sons>'],
      ['Records', 3],
    ],
  } as const
  const saved = async (text: string) => {
    const { file, plan } = await planned(text)
    return blobOf(workbookBytes(scoredTable(file, plan, header, predictors, extras), plan, sheets))
  }
  const text = `${[header, ...marked(',')]
    .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(';'))
    .join('\r\n')}\r\n`

  it('is read by another reader: texts as texts, numbers as numbers, and what could run harmless', async () => {
    const read = await readWorkbook(Buffer.from(await (await saved(text)).arrayBuffer()))
    expect(read.map(({ sheet }) => sheet)).toEqual(['Scores', 'About'])
    const none = null
    expect(read[0]?.data).toEqual([
      wanted(',', marked(','))[0],
      ['007', 9, 1.5, 2, 'x', "'=1+1", none, 'toy 1', 0.5, 'yes', 1.2345679, 1.2345679],
      [-8, none, 500, 2, 'x', 'much, "too"; much', expect.stringMatching(/^a: cell\/range/), ...Array(5).fill(none)],
      ['Ödön', 8, 2.25, -3, 'y', 'two\nlines', none, 'toy 1', 0.5, 'no', -2.25, -2.25],
      ["'+1 555", 7, 3, 4, 'y', 1.5, none, 'toy 1', 0.5, 'yes', 3, 3],
    ])
    expect(read[1]?.data).toEqual([
      ['Model', "'=Toy & <sons>"],
      ['Records', 3],
    ])
  })

  it('is read by the reader of records, and by Python where there is one', async () => {
    const blob = await saved(text)
    const { rows } = await allRows((await readSheet(blob, 0)).csv)
    expect(rows[0]).toEqual(wanted(',', marked(','))[0])
    expect(rows.map((row) => row.at(-1))).toEqual(['score.2', '1.2345679', '', '-2.25', '3'])
    if (!python) return
    writeFileSync(join(folder, 'scores.xlsx'), Buffer.from(await blob.arrayBuffer()))
    const script =
      "import json, zipfile, xml.etree.ElementTree as e; z = zipfile.ZipFile('scores.xlsx'); print(json.dumps([z.testzip(), len([e.fromstring(z.read(n)) for n in z.namelist()])]))"
    expect(readBy('python3', ['-c'], script)).toEqual([null, 7])
  })

  it('keeps codes, long digits and what XML does not have', async () => {
    const odd = ['1e5', '00', '12345678901234', '0.1234567890123456', '_x0041_', 'a\u0001b', '+5', '1,5']
    const plain = [
      ['id', ...odd.map((_, i) => `c${i}`)],
      ['r', ...odd],
    ]
    async function* table() {
      yield plain
    }
    const { plan } = await planned(`${header.join(',')}\n1,2,3,4,x,y\n`)
    const blob = await blobOf(workbookBytes(table(), plan, sheets))
    const [sheet] = await readWorkbook(Buffer.from(await blob.arrayBuffer()))
    expect(sheet?.data[1]?.slice(1, 5)).toEqual(odd.slice(0, 4))
    const { rows } = await allRows((await readSheet(blob, 0)).csv)
    expect(rows[1]?.slice(1)).toEqual(odd)
  })

  it('shows the decimals of the file, and keeps as they stand cells that mean another number than they look like', async () => {
    // 1.500 is fifteen hundred: by the decimal comma of the first file, by what was said of a column of the second.
    const written = async (mark: '.' | ',', repairs: readonly Repair[]) => {
      const text = ['id', 'r', '1', `1${mark}50`, '1.500', '2.5'].join(';')
      const { plan } = await planned(`${header.join(';')}\n${text}\n`)
      async function* table() {
        yield [header, text.split(';')]
      }
      const blob = await blobOf(
        workbookBytes(table(), { ...plan, format: { ...plan.format, decimalMark: mark }, repairs }, sheets),
      )
      const read = await readWorkbook(Buffer.from(await blob.arrayBuffer()))
      writeFileSync(join(folder, 'decimals.xlsx'), Buffer.from(await blob.arrayBuffer()))
      return read[0]?.data[1]
    }
    expect(await written(',', [])).toEqual(['id', 'r', 1, 1.5, '1.500', '2.5'])
    const thousands = { feature: 2, kind: 'number', ways: ['group-own'] } as const
    expect(await written('.', [thousands])).toEqual(['id', 'r', 1, 1.5, '1.500', 2.5])
    if (!python) return
    const script =
      "import json, re, zipfile; z = zipfile.ZipFile('decimals.xlsx'); print(json.dumps([re.findall(r'<c r=\"D2\"[^>]*>', z.read('xl/worksheets/sheet1.xml').decode()), re.findall(r'numFmtId=\"165\" formatCode=\"([^\"]*)\"', z.read('xl/styles.xml').decode()), 'name=\"Normal\"' in z.read('xl/styles.xml').decode()]))"
    expect(readBy('python3', ['-c'], script)).toEqual([['<c r="D2" s="2">'], ['0.00'], true])
  })
})
