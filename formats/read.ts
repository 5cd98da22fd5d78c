import { type ReadModel, readModelBy } from './dispatch.ts'
import { readOnnx } from './onnx/read.ts'
import { readPmml } from './pmml/read.ts'

/** Reads a model file in any of the formats; see {@link readModelBy}. */
export function readModel(name: string, bytes: Uint8Array, ranges?: Uint8Array): ReadModel {
  return readModelBy({ pmml: readPmml, onnx: readOnnx }, name, bytes, ranges)
}
