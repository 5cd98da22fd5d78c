import { readBlindscoreFile } from '../../formats/blindscore/reader.ts'
import { serveRpc } from '../../rpc/rpcWorker.ts'

serveRpc({ read: readBlindscoreFile })
