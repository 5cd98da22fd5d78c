import type { ReadTable } from '../../reader/plainCsv.ts'
import { openRpc } from '../../rpc/rpcHost.ts'
import { IsolatedWorker as Worker } from '../workers/IsolatedWorker.ts'
import type { TableApi } from './worker-sheet.ts'

export type TableKind = 'workbook' | 'parquet'

/** What a file is, by its first bytes, where it is a table but no text. */
export async function tableKind(file: Blob): Promise<TableKind | null> {
  const start = await file
    .slice(0, 4)
    .arrayBuffer()
    .catch(() => new ArrayBuffer(0))
  const text = String.fromCharCode(...new Uint8Array(start))
  return text === 'PK\x03\x04' ? 'workbook' : text === 'PAR1' ? 'parquet' : null
}

/** Reads such a file in a worker of its own, which holds no key and ends when it is done. */
export async function readTable(
  file: Blob,
  kind: TableKind,
  sheet: number | null,
  signal: AbortSignal,
): Promise<ReadTable> {
  const worker =
    kind === 'workbook'
      ? new Worker(new URL('./worker-sheet.ts', import.meta.url), { type: 'module', name: 'sheet' })
      : new Worker(new URL('./worker-parquet.ts', import.meta.url), { type: 'module', name: 'parquet' })
  const host = openRpc<TableApi>(worker)
  try {
    return await host.call((remote) => remote.read(file, sheet), signal)
  } finally {
    host.end()
  }
}
