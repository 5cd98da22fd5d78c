import { readBlindscoreFile } from './blindscore/reader.ts'
import { readOnnxFile } from './onnx/reader.ts'
import { readPmmlFile } from './pmml/reader.ts'
import type { ReadFile } from './reader.ts'
import { type FormatId, formatOf } from './table.ts'

const readers: Readonly<Record<FormatId, ReadFile>> = {
  'Blindscore JSON': readBlindscoreFile,
  PMML: readPmmlFile,
  ONNX: readOnnxFile,
}

/** Reads a model file in any of the formats, by what is in it. */
export const readModel: ReadFile = (name, bytes, ranges) => readers[formatOf(bytes)](name, bytes, ranges)
