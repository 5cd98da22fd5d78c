import { columnFacts } from '../../reader/columnFacts.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { adaptFile } from './adaptFile.ts'
import { fitFile } from './fitFile.ts'

const api = {
  columns: (...args: Parameters<typeof columnFacts>) => columnFacts(...args),
  fit: (...args: Parameters<typeof fitFile>) => fitFile(...args),
  adapt: (...args: Parameters<typeof adaptFile>) => adaptFile(...args),
}

export type FitApi = typeof api
serveIsolated(api)
