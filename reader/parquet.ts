import { type Compressors, parquetMetadataAsync, parquetRead, parquetSchema } from 'hyparquet'
import { decompressGzip, decompressLz4, decompressLz4Raw, decompressZstd } from 'hyparquet-compressors'
import { asBlindscoreError, BlindscoreError } from '../core/errors.ts'
import { fail } from './faults.ts'
import { exactly } from './parquetColumns.ts'
import { CsvBuilder, noSheets, type ReadTable } from './plainCsv.ts'

const rowsAtOnce = 20_000
/** Beside Snappy, which the reader brings itself. Brotli's dictionary would make this worker too large. */
const compressors: Compressors = {
  GZIP: decompressGzip,
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
}
const readable = new Set(['UNCOMPRESSED', 'SNAPPY', ...Object.keys(compressors)])

/**
 * A Parquet file's rows, a few thousand at a time.
 * Throws `file/unreadable` for a damaged file and for compressions that are not read here, and `file/empty`.
 */
export async function readParquet(file: Blob): Promise<ReadTable> {
  const buffer = {
    byteLength: file.size,
    slice: (from: number, to?: number) => file.slice(from, to ?? file.size).arrayBuffer(),
  }
  try {
    const metadata = await parquetMetadataAsync(buffer)
    const codecs = metadata.row_groups.flatMap((group) => group.columns.map((column) => column.meta_data?.codec))
    const strange = codecs.find((codec) => codec !== undefined && !readable.has(codec))
    if (strange) {
      fail('file/unreadable', 'parquetCompression', { codec: strange })
    }
    const columns = exactly(metadata, parquetSchema(metadata).children)
    if (columns.length === 0) fail('file/empty', 'noColumns')
    const csv = new CsvBuilder()
    csv.add(columns.map(({ name }) => name))
    const rows = Number(metadata.num_rows)
    const inGroups = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0)
    if (inGroups !== rows) return damaged()
    let done = 0
    for (let from = 0; from < rows; from += rowsAtOnce) {
      await parquetRead({
        file: buffer,
        metadata,
        compressors,
        rowStart: from,
        rowEnd: Math.min(from + rowsAtOnce, rows),
        onComplete: (read) => {
          done += read.length
          for (const row of read) csv.add(row.map((value, c) => columns[c]?.textOf(value) ?? value))
        },
      })
    }
    // A reader that gives fewer rows than the file states must not pass for the whole of it.
    if (done !== rows) return damaged()
    return { csv: csv.finish(), notes: [], ...noSheets }
  } catch (thrown) {
    if (thrown instanceof BlindscoreError) throw asBlindscoreError(thrown)
    return damaged()
  }
}

function damaged(): never {
  return fail('file/unreadable', 'parquetDamaged')
}
