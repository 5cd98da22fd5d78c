import type { Expression } from '../../core/expression.ts'
import { refuseAt, type XmlElement } from '../xml.ts'
import type { Typed } from './typed.ts'

/** A constant and weights of columns: what of an expression can stay private. */
export interface LinearForm {
  readonly constant: number
  readonly terms: readonly { readonly basis: Typed; readonly weight: number }[]
}

/**
 * An expression of columns and constants by +, −, × and ÷ by constants, taken apart so that its constants become
 * weights. Any other expression would have to be published whole, its constants included: `model/unsupported`.
 */
export function linearForm(at: XmlElement, typed: Typed): LinearForm {
  const weights = new Map<string, number>()
  const constant = take(at, typed.expression, 1, weights)
  const terms = [...weights].map(([column, weight]) => ({
    basis: { expression: { column }, kind: 'number', mayMiss: true, size: 1, depth: 1 } as const,
    weight,
  }))
  return { constant, terms }
}

function take(at: XmlElement, expression: Expression, factor: number, weights: Map<string, number>): number {
  if (typeof expression === 'number') return factor * expression
  if ('column' in expression) {
    weights.set(expression.column, (weights.get(expression.column) ?? 0) + factor)
    return 0
  }
  if ('op' in expression) {
    const [x, y] = expression.args as readonly Expression[]
    if (expression.op === 'add')
      return expression.args.reduce((sum: number, part) => sum + take(at, part, factor, weights), 0)
    if (expression.op === 'negate' && x !== undefined) return take(at, x, -factor, weights)
    if (expression.op === 'subtract' && x !== undefined && y !== undefined)
      return take(at, x, factor, weights) + take(at, y, -factor, weights)
    if (expression.op === 'divide' && x !== undefined && typeof y === 'number' && y !== 0)
      return take(at, x, factor / y, weights)
    if (expression.op === 'multiply') {
      const rest = expression.args.filter((part) => typeof part !== 'number')
      const scale = expression.args.reduce(
        (product: number, part) => (typeof part === 'number' ? product * part : product),
        factor,
      )
      if (rest.length === 0) return scale
      if (rest.length === 1) return take(at, rest[0] as Expression, scale, weights)
    }
  }
  return refuseAt(
    'model/unsupported',
    at,
    'its expression is not linear in the fields, so its constants could not stay private. Give a constant partialScore per attribute, or put the curve into a DerivedField and its weight into this expression.',
  )
}
