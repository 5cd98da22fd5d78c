import { readOnnxFile } from '../../formats/onnx/reader.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'

serveIsolated({ read: readOnnxFile })
