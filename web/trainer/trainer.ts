import { openRpc, type RpcHost } from '../../rpc/rpcHost.ts'
import { IsolatedWorker as Worker } from '../workers/IsolatedWorker.ts'
import type { FitApi } from './worker-fit.ts'
import type { ValidateApi } from './worker-validate.ts'

/** The worker that compares scores with outcomes. It holds both and has no network. */
export function openValidator(): RpcHost<ValidateApi> {
  return openRpc<ValidateApi>(
    new Worker(new URL('./worker-validate.ts', import.meta.url), { type: 'module', name: 'validate' }),
  )
}

/** The worker that fits models to a file. It holds its records and has no network. */
export function openFitter(): RpcHost<FitApi> {
  return openRpc<FitApi>(new Worker(new URL('./worker-fit.ts', import.meta.url), { type: 'module', name: 'fit' }))
}
