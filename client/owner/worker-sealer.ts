import { serveRpc } from '../../rpc/rpcWorker.ts'
import { sealerApi } from './sealerApi.ts'

// For a page of one's own, under whatever policy it has.
serveRpc(sealerApi)
