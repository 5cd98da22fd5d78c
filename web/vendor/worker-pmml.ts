import { readPmmlFile } from '../../formats/pmml/reader.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'

serveIsolated({ read: readPmmlFile })
