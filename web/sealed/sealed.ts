import { openRpc, type RpcHost } from '../../rpc/rpcHost.ts'
import { IsolatedWorker as Worker } from '../workers/IsolatedWorker.ts'
import type { SealedApi } from './worker-sealed.ts'

/** The worker of who seals records for outcomes elsewhere. What it sealed it hands to the page. */
export function openSealed(): RpcHost<SealedApi> {
  return openRpc<SealedApi>(
    new Worker(new URL('./worker-sealed.ts', import.meta.url), { type: 'module', name: 'sealed' }),
  )
}
