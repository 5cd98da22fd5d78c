import { BlindscoreError } from '../../core/errors.ts'
import { readOnnx } from '../onnx/read.ts'

/** The error with which bytes are refused as an ONNX model. */
export function refusal(bytes: Uint8Array): BlindscoreError {
  try {
    readOnnx(bytes)
  } catch (thrown) {
    if (thrown instanceof BlindscoreError) return thrown
    throw thrown
  }
  throw new Error('was read')
}
