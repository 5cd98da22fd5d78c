import { noteText } from '../../words/en/notes.ts'
import type { ImportedModel } from '../extended.ts'
import { readOnnx } from '../onnx/read.ts'
import { predict } from './evaluate.ts'
import { type Attribute, type GraphOptions, ml, onnxFile } from './onnxFile.ts'

/** What small ONNX files are read as, and what they answer. */

export function read(
  options: GraphOptions,
  columns?: string[],
): { readonly model: ImportedModel['model']; readonly notes: string[] } {
  const { model, notes } = readOnnx(onnxFile(options), columns ? { columns } : {})
  return { model, notes: notes.map(noteText) }
}
export const floats = (...values: number[]): Attribute => ({ floats: values })
export const ints = (...values: number[]): Attribute => ({ ints: values })
export const strings = (...values: string[]): Attribute => ({ strings: values })

/** A model of the sum of a tensor's columns, `count` of them. */
export const added = (name: string, count: number, output = 'y') =>
  ml('LinearRegressor', [name], [output], { coefficients: floats(...new Array<number>(count).fill(1)) })

/** One response of a graph with one output, for cells by column. */
export function answer(options: GraphOptions, cells: Record<string, string>): number {
  return predict(read(options).model, cells).responses[0] as number
}
