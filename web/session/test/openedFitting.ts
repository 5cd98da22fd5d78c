import { columnFacts } from '../../../reader/columnFacts.ts'
import { inspect } from '../../../reader/inspect.ts'
import type { RpcHost } from '../../../rpc/rpcHost.ts'
import { adaptFile } from '../../trainer/adaptFile.ts'
import { fitFile } from '../../trainer/fitFile.ts'
import type { FitApi } from '../../trainer/worker-fit.ts'
import { Fitting } from '../fitting.ts'

/** A file that is looked at, with the worker's functions in this process. */
export async function openedFitting(text: string, name: string, onEnd = (): void => {}): Promise<Fitting> {
  const api: FitApi = { columns: columnFacts, fit: fitFile, adapt: adaptFile }
  const host = {
    call: async (use: (remote: FitApi) => unknown, signal?: AbortSignal) => {
      const result = await use(api)
      signal?.throwIfAborted()
      return result
    },
    end: onEnd,
  } as unknown as RpcHost<FitApi>
  const file = new Blob([text])
  const fitting = new Fitting(host, { file, preview: await inspect(file), table: null, said: {} }, name)
  await fitting.look()
  return fitting
}
