import type { ReadModel } from '../../formats/reader.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { checkModel } from './modelCheck.ts'

const api = { check: (read: ReadModel) => checkModel(read) }

export type ModelApi = typeof api
serveIsolated(api)
