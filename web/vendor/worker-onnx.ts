import { unforeseen } from '../../core/errors.ts'
import { readModelBy } from '../../formats/dispatch.ts'
import { readOnnx } from '../../formats/onnx/read.ts'
import { serveRpc } from '../../rpc/rpcWorker.ts'

const pmml = () => unforeseen('a format of another worker')

const api = {
  /** Reads a model file in ONNX or in Blindscore JSON. */
  read: (name: string, bytes: Uint8Array, ranges?: Uint8Array) =>
    readModelBy({ onnx: readOnnx, pmml }, name, bytes, ranges),
}

export type OnnxApi = typeof api
serveRpc(api)
