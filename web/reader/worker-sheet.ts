import { readSheet } from '../../reader/sheet.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'

const api = { read: (file: Blob, sheet: number | null, hiddenRows: boolean) => readSheet(file, sheet, hiddenRows) }

export type TableApi = typeof api
serveIsolated(api)
