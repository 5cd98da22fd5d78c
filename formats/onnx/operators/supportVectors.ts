import { floatsOf, inputOf, intOf, intsOf, stringOf } from '../attributes.ts'
import { type Element, type Linear, outcome } from '../element.ts'
import type { OnnxNode } from '../protobuf.ts'
import { invalid, nameOf, unsupported } from '../refuse.ts'
import type { Operator, Operators } from '../run.ts'
import { tensor } from '../tensor.ts'
import { asRow, classified, classLabels, coefficientRows, forms, opposite, transformed } from './heads.ts'

/** Support vector machines with a linear kernel: Σ_j c_j·(v_j · x) is one weighted sum, with weights Σ_j c_j·v_j. */

function linearKernel(node: OnnxNode): void {
  const kernel = stringOf(node, 'kernel_type', 'LINEAR')
  if (kernel !== 'LINEAR') {
    unsupported(node, 'kernelUnread', { kernel: kernel.slice(0, 20) })
  }
}

/** Σ_j coefficient_j·supportVector_j over `from` to `to`, added to a row of weights. */
function foldVectors(
  row: Float64Array,
  coefficients: readonly number[],
  vectors: readonly number[],
  offset: number,
  from: number,
  to: number,
): void {
  for (let j = from; j < to; j++) {
    const coefficient = coefficients[offset + j] as number
    for (let i = 0; i < row.length; i++)
      row[i] = (row[i] as number) + coefficient * (vectors[j * row.length + i] as number)
  }
}

const svmRegressor: Operator = (node, inputs) => {
  linearKernel(node)
  const { elements, batch } = asRow(node, inputOf(node, inputs, 0))
  if (intOf(node, 'one_class', 0) !== 0) unsupported(node, 'oneClass')
  const supports = intOf(node, 'n_supports', 0)
  const coefficients = floatsOf(node, 'coefficients')
  const row = new Float64Array(elements.length)
  if (supports > 0) {
    const vectors = floatsOf(node, 'support_vectors')
    if (coefficients.length !== supports || vectors.length !== supports * row.length)
      invalid(node, 'doesNotFit', { what: 'supportVectors' })
    foldVectors(row, coefficients, vectors, 0, 0, supports)
  } else {
    if (coefficients.length !== row.length) invalid(node, 'doesNotFit', { what: 'coefficients' })
    row.set(coefficients)
  }
  const scores = forms(node, elements, [row], [floatsOf(node, 'rho')[0] ?? 0])
  return [tensor('float', [1, 1], transformed(node, scores), batch ?? 0)]
}

const svmClassifier: Operator = (node, inputs, run) => {
  linearKernel(node)
  const { elements, batch } = asRow(node, inputOf(node, inputs, 0))
  const labels = classLabels(node)
  const perClass = intsOf(node, 'vectors_per_class')
  const coefficients = floatsOf(node, 'coefficients')
  const rho = floatsOf(node, 'rho')
  const width = elements.length
  if (perClass.length === 0) {
    if (labels.length < 2 || coefficients.length !== labels.length * width)
      invalid(node, 'doesNotFit', { what: 'coefficients' })
    const rows = coefficientRows(node, width, labels.length)
    const scores = forms(
      node,
      elements,
      rows,
      rows.map(() => rho[0] ?? 0),
    )
    return classified(node, scores, labels, batch)
  }
  if (floatsOf(node, 'prob_a').length > 0) {
    unsupported(node, 'pairedProbabilities')
  }
  if (labels.length !== 2 || perClass.length !== 2) {
    unsupported(node, 'pairsVote')
  }
  const vectors = floatsOf(node, 'support_vectors')
  const [one, other] = perClass as [number, number]
  const all = one + other
  if (!(one >= 0 && other >= 0) || vectors.length !== all * width || coefficients.length !== all || rho.length !== 1) {
    invalid(node, 'doesNotFit', { what: 'supportVectors' })
  }
  const row = new Float64Array(width)
  foldVectors(row, coefficients, vectors, 0, 0, all)
  const [score] = forms(node, elements, [row], rho) as [Linear]
  // A positive pairwise score is a vote for the first class, though it stands as the second column's score.
  run.notes.add('secondScore', { node: nameOf(node) })
  const scores = [opposite(score), score]
  const label: Element = { ...outcome(node, 'argmin', scores), labels }
  return [tensor('int', [1], [label], 0), { ...tensor('float', [1, 2], transformed(node, scores), batch ?? 0) }]
}

export const supportVectorOperatorsMl: Operators = { SVMRegressor: svmRegressor, SVMClassifier: svmClassifier }
