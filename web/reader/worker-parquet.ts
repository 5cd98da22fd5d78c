import { readParquet } from '../../reader/parquet.ts'
import { serveRpc } from '../../rpc/rpcWorker.ts'
import type { TableApi } from './worker-sheet.ts'

const api: TableApi = { read: (file) => readParquet(file) }
serveRpc(api)
