import { unforeseen } from '../../core/errors.ts'
import { readModelBy } from '../../formats/dispatch.ts'
import { readPmml } from '../../formats/pmml/read.ts'
import { serveRpc } from '../../rpc/rpcWorker.ts'

const onnx = () => unforeseen('a format of another worker')

const api = {
  /** Reads a model file in PMML or in Blindscore JSON. */
  read: (name: string, bytes: Uint8Array, ranges?: Uint8Array) =>
    readModelBy({ pmml: readPmml, onnx }, name, bytes, ranges),
}

export type PmmlApi = typeof api
serveRpc(api)
