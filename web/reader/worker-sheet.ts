import { readSheet } from '../../reader/sheet.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'

const api = { read: (file: Blob, sheet: number | null) => readSheet(file, sheet) }

export type TableApi = typeof api
serveIsolated(api)
