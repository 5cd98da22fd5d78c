import { guessEncoding } from '../../reader/guess.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'

const api = { guess: (file: Blob) => guessEncoding(file) }

export type EncodingApi = typeof api
serveIsolated(api)
