import { readBlindscoreFile } from '../../formats/blindscore/reader.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'

serveIsolated({ read: readBlindscoreFile })
