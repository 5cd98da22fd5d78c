import { importerOf } from '../reader.ts'
import { readOnnx } from './read.ts'

/** Reads an ONNX file. */
export const readOnnxFile = importerOf('ONNX', (bytes, columns) => readOnnx(bytes, columns && { columns }))
