import { floatsOf, intOf, intsOf, stringsOf } from './attributes.ts'
import type { OnnxGraph, OnnxNode } from './protobuf.ts'

/** Operators that give as many columns as they take. */
const passing: ReadonlySet<string> = new Set([
  ...['Add', 'Cast', 'Clip', 'Div', 'Dropout', 'Identity', 'Mul', 'Sub'],
  ...['Binarizer', 'Imputer', 'Normalizer', 'Scaler'],
])
const arithmetic: ReadonlySet<string> = new Set(['Add', 'Div', 'Mul', 'Sub'])

/** How many columns an input of a graph has, by the first node after it that says so; undefined where none does. */
export function statedWidth(graph: OnnxGraph, input: string): number | undefined {
  const shapes = new Map(graph.initializers.map(({ name, dims }) => [name, dims]))
  const names = new Set([input])
  for (const node of graph.nodes) {
    if (!node.inputs.some((name) => names.has(name))) continue
    const width = widthIn(node, shapes)
    if (width !== undefined && width > 1) return width
    if (passing.has(node.type)) for (const output of node.outputs) names.add(output)
  }
  return undefined
}

function widthIn(node: OnnxNode, shapes: ReadonlyMap<string, readonly number[]>): number | undefined {
  const second = shapes.get(node.inputs[1] ?? '')
  if (arithmetic.has(node.type)) {
    const other = node.inputs.map((name) => shapes.get(name)).find((shape) => shape !== undefined)
    return other?.at(-1)
  }
  switch (node.type) {
    case 'Scaler':
      return Math.max(floatsOf(node, 'offset').length, floatsOf(node, 'scale').length)
    case 'Imputer':
      return Math.max(floatsOf(node, 'imputed_value_floats').length, intsOf(node, 'imputed_value_int64s').length)
    case 'Gemm':
      return second?.[intOf(node, 'transB', 0) === 0 ? 0 : 1]
    case 'MatMul':
      return second?.[0]
    case 'BatchNormalization':
      return second?.[0]
    case 'LinearRegressor':
      return whole(floatsOf(node, 'coefficients').length / intOf(node, 'targets', 1))
    case 'LinearClassifier': {
      const classes = Math.max(stringsOf(node, 'classlabels_strings').length, intsOf(node, 'classlabels_ints').length)
      const sums = floatsOf(node, 'intercepts').length
      return whole(floatsOf(node, 'coefficients').length / (sums > 0 ? sums : classes))
    }
    default:
      return undefined
  }
}

function whole(width: number): number | undefined {
  return Number.isInteger(width) ? width : undefined
}
