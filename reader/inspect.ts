import Papa from 'papaparse'
import { readBytes } from './decode.ts'
import { fail } from './faults.ts'
import {
  assertText,
  byteOrderMark,
  type Delimiter,
  detectDecimalMark,
  detectDelimiter,
  detectEncoding,
  type FileFormat,
  sampleBytes,
} from './format.ts'
import type { ReaderNote } from './notes.ts'
import { readRows } from './records.ts'
import type { FileSource } from './source.ts'

/** What a person sees of a file before anything is done with it. */
export interface Preview {
  readonly format: FileFormat
  /** What detection found that a person should know. */
  readonly notes: readonly ReaderNote[]
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Whether the preview holds every row. */
  readonly complete: boolean
  readonly bytes: number
}

const previewRows = 50

/**
 * Reads a file's first rows, finding its format where `chosen` does not state it.
 * Throws `file/not-text`, `file/encoding`, `file/empty` and what `readRows` throws.
 */
export async function inspect(file: FileSource, chosen: Partial<FileFormat> = {}): Promise<Preview> {
  if (file.size === 0) fail('file/empty', 'emptyFile')
  const sample = await readBytes(file, 0, Math.min(file.size, sampleBytes))
  assertText(sample)
  const encoding = chosen.encoding ?? detectEncoding(sample)
  const text = new TextDecoder(encoding).decode(sample)
  const sampleRows = (text: string, delimiter: Delimiter): string[][] => {
    const { data } = Papa.parse<string[]>(text, { delimiter, preview: 200, skipEmptyLines: true })
    // The sample's end may have cut the last row.
    return sample.length < file.size && data.length > 2 ? data.slice(0, -1) : data
  }
  const delimiter = chosen.delimiter ?? detectDelimiter(text, sampleRows)
  const decimalMark = chosen.decimalMark ?? detectDecimalMark(sampleRows(text, delimiter), delimiter)
  const format = { encoding, delimiter, decimalMark }

  const rows: string[][] = []
  let complete = true
  for await (const batch of readRows(file, format)) {
    for (const row of batch.rows) {
      if (rows.length <= previewRows) rows.push(row)
      else complete = false
    }
    if (!complete || rows.length > previewRows) break
  }
  const header = rows[0]
  if (!header) return fail('file/empty', 'noRows')
  return {
    format,
    notes: notesOf(sample, format, header),
    header,
    rows: rows.slice(1, previewRows + 1),
    complete,
    bytes: file.size,
  }
}

function notesOf(sample: Uint8Array, format: FileFormat, header: readonly string[]): ReaderNote[] {
  const notes: ReaderNote[] = []
  const mark = byteOrderMark(sample)
  if (mark) notes.push({ note: 'byteOrderMark', facts: { encoding: mark.encoding } })
  else if (format.encoding !== 'utf-8') notes.push({ note: 'readAs', facts: { encoding: format.encoding } })
  if (format.decimalMark === ',') notes.push({ note: 'decimalComma', facts: {} })
  const columns = header.flatMap((name, i) => (name.trim() === '' ? [i + 1] : []))
  if (columns.length > 0) notes.push({ note: 'columnsWithoutName', facts: { columns } })
  const twice = [...new Set(header.filter((name, i) => name.trim() !== '' && header.indexOf(name) !== i))]
  for (const name of twice) notes.push({ note: 'columnNameTwice', facts: { name: name.slice(0, 60) } })
  return notes
}
