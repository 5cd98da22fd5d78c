import { readOnnxFile } from '../../formats/onnx/reader.ts'
import { serveRpc } from '../../rpc/rpcWorker.ts'

serveRpc({ read: readOnnxFile })
