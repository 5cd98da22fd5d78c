import { formats } from './formats.ts'
import { model } from './model.ts'
import { onnx } from './onnx.ts'
import { pmml } from './pmml.ts'

/** The sentences of faults of model files: the vendor's, not of who has records. */
export const modelFileSentences = { ...model, ...formats, ...pmml, ...onnx }
