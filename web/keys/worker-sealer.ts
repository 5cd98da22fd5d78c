import { sealerApi } from '../../client/owner/sealerApi.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'

serveIsolated(sealerApi)
