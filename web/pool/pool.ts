import { openRpc, type RpcHost } from '../../rpc/rpcHost.ts'
import { IsolatedWorker as Worker } from '../workers/IsolatedWorker.ts'
import type { PoolApi } from './worker-pool.ts'

/** The worker of an owner in a pooled study. What it says to the others it hands to the page. */
export function openPool(): RpcHost<PoolApi> {
  return openRpc<PoolApi>(new Worker(new URL('./worker-pool.ts', import.meta.url), { type: 'module', name: 'pool' }))
}
