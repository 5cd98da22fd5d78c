import type { TableKind } from '../../reader/format.ts'
import type { ReadTable } from '../../reader/plainCsv.ts'
import { openRpc } from '../../rpc/rpcHost.ts'
import { IsolatedWorker as Worker } from '../workers/IsolatedWorker.ts'
import type { TableApi } from './worker-sheet.ts'

/** Each kind's reader is a worker of its own, so that none is larger than a worker should be. */
const readers: Readonly<Record<TableKind, () => Worker>> = {
  workbook: () => new Worker(new URL('./worker-sheet.ts', import.meta.url), { type: 'module', name: 'sheet' }),
  json: () => new Worker(new URL('./worker-json.ts', import.meta.url), { type: 'module', name: 'json' }),
  parquet: () => new Worker(new URL('./worker-parquet.ts', import.meta.url), { type: 'module', name: 'parquet' }),
}

/** Reads such a file in a worker of its own, which holds no key and ends when it is done. */
export async function readTable(
  file: Blob,
  kind: TableKind,
  sheet: number | null,
  hiddenRows: boolean,
  signal: AbortSignal,
): Promise<ReadTable> {
  const host = openRpc<TableApi>(readers[kind]())
  try {
    return await host.call((remote) => remote.read(file, sheet, hiddenRows), signal)
  } finally {
    host.end()
  }
}
