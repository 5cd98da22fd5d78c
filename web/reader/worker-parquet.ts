import { readParquet } from '../../reader/parquet.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import type { TableApi } from './worker-sheet.ts'

const api: TableApi = { read: (file) => readParquet(file) }
serveIsolated(api)
