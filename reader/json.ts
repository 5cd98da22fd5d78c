import { BlindscoreError } from '../core/errors.ts'
import { fail } from './faults.ts'
import { couldBeThousands } from './format.ts'
import { CsvBuilder, noSheets, type ReadTable, writtenFormat } from './plainCsv.ts'
import { mostColumns } from './records.ts'

/**
 * Records as JSON: a list of objects, one object a line (JSON Lines), a list of rows of which the first is the header, or one
 * object that holds such a list (`{"data": […]}`, and with `"columns"` as pandas splits them). Members of objects within are
 * columns named by their path.
 */

const mostBytes = 64 * 1024 * 1024

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
type JsonObject = { readonly [name: string]: Json }

/** Throws `file/not-text` for JSON that is no table, `file/unreadable` for more than 64 MiB, and `file/empty`. */
export async function readJson(file: Blob): Promise<ReadTable> {
  if (file.size > mostBytes) fail('file/unreadable', 'jsonTooLarge')
  try {
    return tableFrom(recordsOf(new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())))
  } catch (thrown) {
    // Bytes that are no text, and what is nested deeper than anything can follow.
    return thrown instanceof BlindscoreError ? Promise.reject(thrown) : noTable()
  }
}

function tableFrom(records: readonly JsonObject[]): ReadTable {
  if (records.length === 0) fail('file/empty', 'noRows')
  const rows = records.map((record) => new Map(membersOf(record, '')))
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))]
  if (names.length === 0) fail('file/empty', 'noColumns')
  if (names.length > mostColumns) fail('file/too-many-columns', 'tooManyColumns', { line: 1, most: mostColumns })
  const csv = new CsvBuilder()
  const markedTexts = new Set<number>()
  csv.add(names)
  for (const row of rows) {
    csv.add(
      names.map((name, c) => {
        const value = row.get(name)
        if (typeof value === 'string' && couldBeThousands(value.trim(), writtenFormat.decimalMark)) markedTexts.add(c)
        return value instanceof LongNumber ? value.text : value
      }),
    )
  }
  return { csv: csv.finish(), notes: [], markedTexts: [...markedTexts], totals: [], ...noSheets }
}

function recordsOf(text: string): readonly JsonObject[] {
  const whole = parsed(text)
  if (whole === undefined) {
    // One object a line.
    return text.split(/\r?\n/).flatMap((line) => {
      if (line.trim() === '') return []
      const record = parsed(line)
      return record !== undefined && isObject(record) ? [record] : noTable()
    })
  }
  return listOf(whole) ?? noTable()
}

function listOf(value: Json): readonly JsonObject[] | null {
  if (Array.isArray(value)) return objectsOf(value) ?? tableOf(value[0], value.slice(1))
  if (!isObject(value) || typeof value.format === 'string') return null
  const { columns, data } = value
  if (Array.isArray(columns) && Array.isArray(data)) return tableOf(columns, data)
  const lists = Object.values(value).filter((member) => Array.isArray(member) && member.length > 0)
  if (lists.length === 1) return objectsOf(lists[0] as readonly Json[])
  // A file of one record has values alone.
  return lists.length === 0 && Object.values(value).some((member) => !isObject(member)) ? [value] : null
}

function objectsOf(list: readonly Json[]): readonly JsonObject[] | null {
  return list.every(isObject) ? list : null
}

/** Rows below the names of their columns. */
function tableOf(names: Json | undefined, rows: readonly Json[]): readonly JsonObject[] | null {
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) return null
  if (!rows.every((row) => Array.isArray(row) && row.length <= names.length)) return null
  return (rows as readonly (readonly Json[])[]).map((row) =>
    Object.fromEntries(names.map((name: string, c) => [name, row[c] ?? null])),
  )
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LongNumber)
}

/** A number of more digits than a double keeps, as it stands. */
class LongNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toJSON(): string {
    return this.text
  }
}

const longMark = '\u0000number:'

/** A value with every digit of its numbers; undefined for what is no JSON. */
function parsed(text: string): Json | undefined {
  const kept = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]{15,}/g, (found) =>
    found.startsWith('"') ? found : `"\\u0000number:${found}"`,
  )
  try {
    return JSON.parse(kept, (_, value) =>
      typeof value === 'string' && value.startsWith(longMark) ? new LongNumber(value.slice(longMark.length)) : value,
    )
  } catch {
    return undefined
  }
}

function membersOf(record: JsonObject, path: string): [string, Json][] {
  return Object.entries(record).flatMap(([name, value]): [string, Json][] =>
    isObject(value) ? membersOf(value, `${path}${name}.`) : [[path + name, value]],
  )
}

function noTable(): never {
  return fail('file/not-text', 'binaryFile', { kind: 'json' })
}
