import type { Column, Columns, Operand } from './columns.ts'
import { type Element, isColumn, isLinear, type Linear } from './element.ts'
import { limits } from './limits.ts'
import type { OnnxNode } from './protobuf.ts'
import { invalid, unsupported } from './refuse.ts'

/** Linear forms: their weights never become public. All of this is in doubles, without rounding to singles. */

/** A number, a column or a form, as a form. */
export function formOf(node: OnnxNode, element: Element): Linear {
  if (typeof element === 'number') return { kind: 'linear', constant: element, terms: new Map() }
  if (isColumn(element)) return { kind: 'linear', constant: 0, terms: new Map([[element, 1]]) }
  if (isLinear(element)) return element
  if (typeof element === 'string') return unsupported(node, 'computesText')
  return unsupported(node, 'afterSum', { operator: element.node.type })
}

/** Σ factor·form. */
export function combine(node: OnnxNode, parts: readonly (readonly [Linear, number])[]): Linear {
  let constant = 0
  const terms = new Map<Column, number>()
  for (const [form, factor] of parts) {
    constant += form.constant * factor
    for (const [column, weight] of form.terms) terms.set(column, (terms.get(column) ?? 0) + weight * factor)
  }
  return checked(node, { kind: 'linear', constant, terms })
}

export function scale(node: OnnxNode, form: Linear, f: (weight: number) => number): Linear {
  const terms = new Map<Column, number>()
  for (const [column, weight] of form.terms) terms.set(column, f(weight))
  return checked(node, { kind: 'linear', constant: f(form.constant), terms })
}

function checked(node: OnnxNode, form: Linear): Linear {
  if (!Number.isFinite(form.constant)) invalid(node, 'notFinite', { what: 'intercept' })
  for (const weight of form.terms.values()) {
    if (!Number.isFinite(weight)) invalid(node, 'notFinite', { what: 'weight' })
  }
  return form
}

/** The product of two forms: a form over products of columns, so quadratic discriminants and distances stay linear. */
export function product(node: OnnxNode, columns: Columns, a: Linear, b: Linear): Linear {
  if (a.terms.size * b.terms.size > limits.expression) {
    unsupported(node, 'makesTooMuch', { what: 'products', most: limits.expression })
  }
  const terms = new Map<Column, number>()
  const put = (column: Column, weight: number): void => void terms.set(column, (terms.get(column) ?? 0) + weight)
  for (const [column, weight] of a.terms) put(column, weight * b.constant)
  for (const [column, weight] of b.terms) put(column, weight * a.constant)
  for (const [left, leftWeight] of a.terms) {
    for (const [right, rightWeight] of b.terms) put(productColumn(columns, left, right), leftWeight * rightWeight)
  }
  return checked(node, { kind: 'linear', constant: a.constant * b.constant, terms })
}

function productColumn(columns: Columns, left: Column, right: Column): Column {
  if (left === right) return columns.make('square', [left], undefined, undefined, 'square')
  return columns.make('multiply', left.id < right.id ? [left, right] : [right, left], undefined, undefined, 'product')
}

/**
 * A public column as the form that it is of others: constant factors and summands become private weights, and the
 * square of such a column is multiplied out. A column that is nothing of the kind is itself with weight 1.
 */
export function peel(node: OnnxNode, columns: Columns, column: Column): Linear {
  return peeled(node, columns, column, 0) ?? formOf(node, column)
}

/** Whether a column is another one times or plus constants, which then count as weights when it is summed. */
export function isWeighted(node: OnnxNode, columns: Columns, column: Column): boolean {
  return peeled(node, columns, column, 0) !== undefined
}

const deepest = 60
/** What peeling gave, so that a column with many uses is peeled once. */
const known = new WeakMap<Column, Linear | 'itself'>()

function peeled(node: OnnxNode, columns: Columns, column: Column, depth: number): Linear | undefined {
  if (depth > deepest) return undefined
  const before = known.get(column)
  if (before) return before === 'itself' ? undefined : before
  const form = peelOnce(node, columns, column, depth)
  known.set(column, form ?? 'itself')
  return form
}

function peelOnce(node: OnnxNode, columns: Columns, column: Column, depth: number): Linear | undefined {
  const form = (arg: Operand | undefined): Linear | undefined => {
    if (typeof arg === 'number') return Number.isFinite(arg) ? formOf(node, arg) : undefined
    if (typeof arg !== 'object' || arg === null) return undefined
    return peeled(node, columns, arg, depth + 1) ?? formOf(node, arg)
  }
  const [left, right] = column.args
  const [a, b] = [form(left), form(right)]
  switch (column.op) {
    case 'float32':
      return typeof left === 'object' && left !== null ? peeled(node, columns, left, depth + 1) : undefined
    case 'negate':
      return a && scale(node, a, (weight) => -weight)
    case 'add':
    case 'subtract': {
      if (!a || !b) return undefined
      // The sum of two columns without constants is a public column in its own right.
      const sum = typeof left === 'number' || typeof right === 'number' || isPeeled(left, a) || isPeeled(right, b)
      return sum
        ? combine(node, [
            [a, 1],
            [b, column.op === 'add' ? 1 : -1],
          ])
        : undefined
    }
    case 'multiply':
      if (a && typeof right === 'number') return scale(node, a, (weight) => weight * right)
      if (b && typeof left === 'number') return scale(node, b, (weight) => weight * left)
      return a && left === right && isPeeled(left, a) && a.terms.size === 1 ? product(node, columns, a, a) : undefined
    case 'divide':
      return a && typeof right === 'number' && right !== 0 ? scale(node, a, (weight) => weight / right) : undefined
    case 'square':
      return a && isPeeled(left, a) && a.terms.size === 1 ? product(node, columns, a, a) : undefined
    default:
      return undefined
  }
}

function isPeeled(arg: Operand | undefined, form: Linear): boolean {
  return typeof arg === 'object' && arg !== null && !form.terms.has(arg)
}
