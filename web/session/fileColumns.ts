import type { RpcHost } from '../../rpc/rpcHost.ts'
import type { ClickedColumn } from '../../study/clicked.ts'
import type { LookedAt } from '../../validation/readPairs.ts'
import type { FitApi } from '../trainer/worker-fit.ts'

/** The columns of a file that have numbers or few texts, which a person can point at. */
export async function fileColumns(
  worker: RpcHost<FitApi>,
  { file, preview: { format, header } }: LookedAt,
  signal: AbortSignal,
): Promise<readonly ClickedColumn[]> {
  const plan = { format, width: header.length }
  const all = await worker.call((remote) => remote.columns(file as Blob, plan, header), signal)
  return all.flatMap((column) => (column.kind !== 'other' ? [column] : []))
}
