import { openRpc, type RpcHost } from '../../rpc/rpcHost.ts'
import { IsolatedWorker as Worker } from '../workers/IsolatedWorker.ts'
import type { AnsweringApi } from './worker-answering.ts'

/** The worker of who has outcomes that sealed records are multiplied by. What it answers it hands to the page. */
export function openAnswering(): RpcHost<AnsweringApi> {
  return openRpc<AnsweringApi>(
    new Worker(new URL('./worker-answering.ts', import.meta.url), { type: 'module', name: 'answering' }),
  )
}
