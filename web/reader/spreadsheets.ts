import { asBlindscoreError } from '../../core/errors.ts'
import { errorOf } from '../../reader/faults.ts'
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
  hiddenRows: boolean,
  signal: AbortSignal,
): Promise<ReadTable> {
  const worker =
    kind === 'workbook'
      ? new Worker(new URL('./worker-sheet.ts', import.meta.url), { type: 'module', name: 'sheet' })
      : new Worker(new URL('./worker-parquet.ts', import.meta.url), { type: 'module', name: 'parquet' })
  const host = openRpc<TableApi>(worker)
  const loaded = firstMessage(worker)
  try {
    return await host.call((remote) => remote.read(file, sheet, hiddenRows), signal)
  } catch (thrown) {
    const error = asBlindscoreError(thrown)
    // A server that was renewed no longer has the scripts of this page.
    if (error.code === 'platform/worker-died' && !loaded.came && navigator.onLine) {
      throw errorOf('run/out-of-date', 'scriptGone')
    }
    throw error
  } finally {
    host.end()
  }
}

/** Whether a worker has said anything, which one whose script does not load never does. */
function firstMessage(worker: Worker): { readonly came: boolean } {
  const heard = { came: false }
  worker.addEventListener(
    'message',
    () => {
      heard.came = true
    },
    { once: true },
  )
  return heard
}
