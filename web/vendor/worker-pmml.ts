import { readPmmlFile } from '../../formats/pmml/reader.ts'
import { serveRpc } from '../../rpc/rpcWorker.ts'

serveRpc({ read: readPmmlFile })
