import { onnx } from './onnx.ts'
import { pmml } from './pmml.ts'

/** The sentences of faults of other people's model files. */
export const modelFileSentences = { ...pmml, ...onnx }
