import { apply } from '../arithmetic.ts'
import { floatOf, floatsOf, inputOf, intOf, intsOf, stringOf, stringsOf } from '../attributes.ts'
import type { Column } from '../columns.ts'
import { type Element, isColumn, type Linear, outcome } from '../element.ts'
import { limits } from '../limits.ts'
import { formOf } from '../linear.ts'
import type { OnnxNode } from '../protobuf.ts'
import { invalid, unsupported } from '../refuse.ts'
import type { Operator, Operators } from '../run.ts'
import { broadcast, isConstant, numbersOf, sizeOf, type Tensor, tensor } from '../tensor.ts'

/** Operators that mix columns with constant weights: from here on a value is a linear form, and private. */

/** Σ weights_i·elements_i + constant, for every row of `weights`. */
export function forms(
  node: OnnxNode,
  elements: ArrayLike<Element>,
  rows: readonly Float64Array[],
  constants: ArrayLike<number>,
): Linear[] {
  if (elements.length * rows.length > limits.terms)
    unsupported(node, 'makesTooMuch', { what: 'weights', most: limits.terms })
  const inputs = Array.from(elements, (x) => (isColumn(x) || typeof x === 'number' ? x : formOf(node, x)))
  return rows.map((row, r) => {
    let constant = constants[r] ?? 0
    const terms = new Map<Column, number>()
    inputs.forEach((x, i) => {
      const weight = row[i] as number
      if (typeof x === 'number') constant += weight * x
      else if (isColumn(x)) terms.set(x, (terms.get(x) ?? 0) + weight)
      else {
        constant += weight * x.constant
        for (const [column, inner] of x.terms) terms.set(column, (terms.get(column) ?? 0) + weight * inner)
      }
    })
    if (!Number.isFinite(constant) || ![...terms.values()].every(Number.isFinite)) {
      invalid(node, 'notFinite', { what: 'weight' })
    }
    return { kind: 'linear', constant, terms }
  })
}

/** A vector as a row, and a scalar as a row of one. */
export function asRow(node: OnnxNode, x: Tensor): { elements: ArrayLike<Element>; batch: number | null } {
  if (x.shape.length > 2 || (x.shape.length === 2 && x.shape[0] !== 1)) {
    unsupported(node, 'notOneRow', { shape: x.shape })
  }
  if (x.type === 'string') unsupported(node, 'computesText')
  if (x.batch === 1) unsupported(node, 'acrossRecords', { how: 'works' })
  return { elements: x.data, batch: x.batch }
}

/** The rows of a constant matrix [inputs, outputs] or, transposed, [outputs, inputs]. */
function rowsOf(
  matrix: Float64Array,
  inputs: number,
  outputs: number,
  transposed: boolean,
  factor = 1,
): Float64Array[] {
  return Array.from({ length: outputs }, (_, o) =>
    Float64Array.from(
      { length: inputs },
      (_, i) => factor * (matrix[transposed ? o * inputs + i : i * outputs + o] as number),
    ),
  )
}

const matMul: Operator = (node, inputs) => {
  const [x, y] = [inputOf(node, inputs, 0), inputOf(node, inputs, 1)]
  if (isConstant(x) && isConstant(y)) return [constantProduct(node, x, y)]
  const [sealed, weights, left] = isConstant(y) ? [x, y, false] : [y, x, true]
  const matrix = numbersOf(node, weights, 'weights')
  if (left || weights.shape.length === 0 || weights.shape.length > 2 || sealed.shape.length === 0) {
    unsupported(node, 'matrixForm')
  }
  const [count, outputs] = [weights.shape[0] as number, weights.shape[1] ?? 1]
  const columns = sealed.shape.at(-1) as number
  if (columns !== count) invalid(node, 'matrixRows', { columns, rows: count })
  const rows = rowsOf(matrix, count, outputs, false)
  const data: Linear[] = []
  for (let from = 0; from < sizeOf(sealed.shape); from += columns) {
    data.push(...forms(node, sealed.data.slice(from, from + columns), rows, []))
  }
  if (sealed.batch === sealed.shape.length - 1) unsupported(node, 'acrossRecords', { how: 'works' })
  const shape = [...sealed.shape.slice(0, -1), ...(weights.shape.length === 1 ? [] : [outputs])]
  return [tensor(sealed.type, shape, data, sealed.batch)]
}

function constantProduct(node: OnnxNode, x: Tensor, y: Tensor): Tensor {
  const [a, b] = [numbersOf(node, x, 'weights'), numbersOf(node, y, 'weights')]
  const [m, k, n] = [x.shape[0] as number, x.shape[1] as number, y.shape[1] as number]
  if (x.shape.length !== 2 || y.shape.length !== 2 || k !== y.shape[0])
    invalid(node, 'doesNotFit', { what: 'matrices' })
  if (m * n * k > 50_000_000) unsupported(node, 'constantsTooLarge')
  const data = Float64Array.from({ length: m * n }, (_, at) => {
    let sum = 0
    for (let i = 0; i < k; i++) sum += (a[Math.floor(at / n) * k + i] as number) * (b[i * n + (at % n)] as number)
    return x.type === 'float' ? Math.fround(sum) : sum
  })
  return tensor(x.type, [m, n], data, null)
}

const gemm: Operator = (node, inputs, run) => {
  const [a, b, c] = [inputOf(node, inputs, 0), inputOf(node, inputs, 1), inputs[2]]
  if (intOf(node, 'transA', 0) !== 0) unsupported(node, 'onlyRead', { when: 'transA' })
  const matrix = numbersOf(node, b, 'weights')
  const transposed = intOf(node, 'transB', 0) !== 0
  const { elements, batch } = asRow(node, a)
  const [first, second] = [b.shape[0] as number, b.shape[1] as number]
  const [count, outputs] = transposed ? [second, first] : [first, second]
  if (b.shape.length !== 2 || elements.length !== count) {
    invalid(node, 'matrixShape', { columns: elements.length, shape: b.shape })
  }
  const data = forms(node, elements, rowsOf(matrix, count, outputs, transposed, floatOf(node, 'alpha', 1)), [])
  const product = tensor(a.type, [1, outputs], data, batch ?? 0)
  const beta = floatOf(node, 'beta', 1)
  if (!c || beta === 0) return [product]
  const { shape, indices, batch: joined } = broadcast(node, [product, c])
  const sums = Array.from(indices[0] as Int32Array, (at, i) => {
    const offset = apply(node, run, 'multiply', [beta, c.data[indices[1]?.[i] as number] as Element], a.type)
    return apply(node, run, 'add', [product.data[at] as Element, offset], a.type)
  })
  return [tensor(a.type, shape, sums, joined)]
}

/** What a post_transform makes of the scores. */
export function transformed(node: OnnxNode, scores: readonly Element[]): Element[] {
  const transform = stringOf(node, 'post_transform', 'NONE')
  switch (transform) {
    case 'NONE':
      return [...scores]
    case 'LOGISTIC':
      return scores.map((score) => outcome(node, 'sigmoid', [score]))
    case 'SOFTMAX':
      return scores.map((_, i) => outcome(node, 'softmax', scores, i))
    case 'SOFTMAX_ZERO':
      return unsupported(node, 'postTransform', { which: 'softmaxZero' })
    case 'PROBIT':
      return unsupported(node, 'postTransform', { which: 'probit' })
    default:
      return invalid(node, 'postTransform', { which: 'unknown' })
  }
}

export function coefficientRows(node: OnnxNode, width: number, rows: number): Float64Array[] {
  const coefficients = floatsOf(node, 'coefficients')
  if (coefficients.length !== rows * width) {
    invalid(node, 'coefficientCount', { given: coefficients.length, columns: width, sums: rows })
  }
  return rowsOf(Float64Array.from(coefficients), width, rows, true)
}

function interceptsOf(node: OnnxNode, rows: number): readonly number[] {
  const intercepts = floatsOf(node, 'intercepts')
  if (intercepts.length !== 0 && intercepts.length !== rows)
    invalid(node, 'interceptCount', { given: intercepts.length, sums: rows })
  return intercepts
}

const linearRegressor: Operator = (node, inputs) => {
  const { elements, batch } = asRow(node, inputOf(node, inputs, 0))
  const targets = intOf(node, 'targets', 1)
  if (!(targets >= 1 && targets <= limits.columns)) invalid(node, 'lacks', { what: 'targets' })
  const scores = forms(node, elements, coefficientRows(node, elements.length, targets), interceptsOf(node, targets))
  return [tensor('float', [1, targets], transformed(node, scores), batch ?? 0)]
}

export function classLabels(node: OnnxNode): readonly string[] {
  const strings = stringsOf(node, 'classlabels_strings')
  return strings.length > 0 ? strings : intsOf(node, 'classlabels_ints').map(String)
}

const linearClassifier: Operator = (node, inputs) => {
  const { elements, batch } = asRow(node, inputOf(node, inputs, 0))
  const labels = classLabels(node)
  const count = floatsOf(node, 'coefficients').length
  const rows = count / elements.length
  if (elements.length === 0 || !Number.isInteger(rows) || rows < 1) {
    invalid(node, 'perColumn', { what: 'coefficients', given: count, columns: elements.length })
  }
  if (rows !== labels.length && !(rows === 1 && labels.length <= 2)) {
    invalid(node, 'coefficientRows', { rows, classes: labels.length })
  }
  const own = forms(node, elements, coefficientRows(node, elements.length, rows), interceptsOf(node, rows))
  const [single] = own as [Linear]
  const twoOfOne = rows === 1 && labels.length === 2
  const scores = twoOfOne ? [opposite(single), single] : own
  return classified(node, scores, labels, batch)
}

export function opposite({ constant, terms }: Linear): Linear {
  return {
    kind: 'linear',
    constant: -constant,
    terms: new Map([...terms].map(([column, weight]) => [column, -weight])),
  }
}

export function classified(
  node: OnnxNode,
  scores: Linear[],
  labels: readonly string[],
  batch: number | null,
): Tensor[] {
  const label: Element = { ...outcome(node, 'argmax', scores), labels }
  return [
    tensor('int', [1], [label], 0),
    { ...tensor('float', [1, scores.length], transformed(node, scores), batch ?? 0), names: labels },
  ]
}

export const headOperators: Operators = { MatMul: matMul, Gemm: gemm }
export const headOperatorsMl: Operators = {
  LinearRegressor: linearRegressor,
  LinearClassifier: linearClassifier,
}
