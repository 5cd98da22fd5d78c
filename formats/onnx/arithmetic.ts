import type { ColumnOperation, Operand } from './columns.ts'
import { type Element, isColumn, isLinear, isOutcome, outcome } from './element.ts'
import type { ElementType } from './elementType.ts'
import { combine, formOf, isWeighted, peel, product, scale } from './linear.ts'
import type { OnnxNode } from './protobuf.ts'
import { unsupported } from './refuse.ts'
import type { Run } from './run.ts'

/**
 * Arithmetic on elements. Constants are folded; public columns stay public; a linear form takes sums with anything
 * linear, products with constants, and products of forms, which are multiplied out. Anything else on a form is an
 * outcome: allowed at the end of the graph only, where it must be a link.
 */
export function apply(
  node: OnnxNode,
  run: Run,
  op: ColumnOperation,
  args: readonly Element[],
  type: ElementType,
): Element {
  const [a, b] = args as [Element, Element | undefined]
  if (args.some(isOutcome)) return outcome(node, op, args)
  if (args.some(isLinear)) {
    return linear(node, run, op, a, b) ?? outcome(node, op, args)
  }
  if ((op === 'add' || op === 'subtract') && isColumn(a) && isColumn(b)) {
    // What is summed after constant factors is a weighted sum: its factors are weights, and private.
    if (isWeighted(node, run.columns, a) || isWeighted(node, run.columns, b)) {
      return linear(node, run, op, a, b) as Element
    }
  }
  if (args.some((arg) => typeof arg === 'string') && !textual.has(op)) {
    unsupported(node, 'computesText')
  }
  return run.columns.compute(op, args as readonly Operand[], type)
}

const textual: ReadonlySet<ColumnOperation> = new Set<ColumnOperation>([
  'equal',
  'notEqual',
  'if',
  'concat',
  'coalesce',
  'missing',
])

function linear(
  node: OnnxNode,
  run: Run,
  op: ColumnOperation,
  a: Element,
  b: Element | undefined,
): Element | undefined {
  const form = (x: Element) => (isColumn(x) ? peel(node, run.columns, x) : formOf(node, x))
  switch (op) {
    case 'negate':
      return scale(node, form(a), (weight) => -weight)
    case 'add':
    case 'subtract':
      return combine(node, [
        [form(a), 1],
        [form(b as Element), op === 'add' ? 1 : -1],
      ])
    case 'multiply':
      if (typeof b === 'number') return scale(node, form(a), (weight) => weight * b)
      if (typeof a === 'number') return scale(node, form(b as Element), (weight) => weight * a)
      return product(node, run.columns, form(a), form(b as Element))
    case 'divide':
      return typeof b === 'number' ? scale(node, form(a), (weight) => weight / b) : undefined
    case 'square':
      return product(node, run.columns, form(a), form(a))
    case 'power':
      if (b === 1) return a
      return b === 2 ? product(node, run.columns, form(a), form(a)) : undefined
    default:
      return undefined
  }
}

/** The sum of many elements: a weighted sum, or a public column when no constant factor is in it. */
export function sum(node: OnnxNode, run: Run, elements: readonly Element[], type: ElementType): Element {
  const [first] = elements
  if (elements.length === 0) return 0
  if (elements.length === 1) return first as Element
  if (elements.some(isOutcome)) return outcome(node, 'sum', elements)
  const weighted = elements.some((x) => isLinear(x) || (isColumn(x) && isWeighted(node, run.columns, x)))
  if (weighted) {
    return combine(
      node,
      elements.map((x) => [isColumn(x) ? peel(node, run.columns, x) : formOf(node, x), 1]),
    )
  }
  return elements.reduce((total, x) => apply(node, run, 'add', [total, x], type))
}
