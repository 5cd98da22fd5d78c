import { readJson } from '../../reader/json.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import type { TableApi } from './worker-sheet.ts'

const api: TableApi = { read: (file) => readJson(file) }
serveIsolated(api)
