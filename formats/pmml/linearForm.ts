import type { Expression } from '../../core/card/expression.ts'

type Operation = Extract<Expression, { op: string }>

/** A constant and weights of columns: what of an expression can stay private. */
export interface LinearForm {
  readonly constant: number
  readonly weights: ReadonlyMap<string, number>
}

/**
 * An expression taken apart by +, −, × and ÷ with constants, and straight lines, so that its constants become weights;
 * null for any other. `definition` gives a column's own expression where the column is to be taken apart as well;
 * `columnOf` makes a column of a part that is no such form, where it may.
 */
export function linearForm(
  expression: Expression,
  definition: (column: string) => Expression | undefined = () => undefined,
  columnOf: (part: Operation) => string | undefined = () => undefined,
): LinearForm | null {
  const weights = new Map<string, number>()
  const whole = (part: Operation, factor: number): number => {
    const column = part === expression ? undefined : columnOf(part)
    if (column === undefined) return Number.NaN
    weights.set(column, (weights.get(column) ?? 0) + factor)
    return 0
  }
  const add = (part: Expression | undefined, factor: number): number => {
    if (typeof part === 'number') return factor * part
    if (part === undefined || 'constant' in part) return Number.NaN
    if ('column' in part) {
      const own = definition(part.column)
      const inner = own === undefined ? null : linearForm(own, definition, columnOf)
      if (inner === null) {
        weights.set(part.column, (weights.get(part.column) ?? 0) + factor)
        return 0
      }
      for (const [column, weight] of inner.weights) weights.set(column, (weights.get(column) ?? 0) + factor * weight)
      return factor * inner.constant
    }
    const [x, y] = part.args as readonly Expression[]
    switch (part.op) {
      case 'add':
        return part.args.reduce((sum: number, one) => sum + add(one, factor), 0)
      case 'subtract':
        return add(x, factor) + add(y, -factor)
      case 'negate':
        return add(x, -factor)
      case 'divide':
        return typeof y === 'number' && y !== 0 ? add(x, factor / y) : whole(part, factor)
      case 'multiply': {
        const rest = part.args.filter((one) => typeof one !== 'number')
        const scale = part.args.reduce(
          (product: number, one) => (typeof one === 'number' ? product * one : product),
          factor,
        )
        return rest.length === 0 ? scale : rest.length === 1 ? add(rest[0], scale) : whole(part, factor)
      }
      case 'piecewise': {
        const [[x0, y0] = [0, 0], [x1, y1] = [1, 1]] = part.points
        if (part.points.length !== 2 || part.outside !== 'extend') return whole(part, factor)
        const slope = (y1 - y0) / (x1 - x0)
        return add(x, factor * slope) + factor * (y0 - slope * x0)
      }
      default:
        return whole(part, factor)
    }
  }
  const constant = add(expression, 1)
  const all = [constant, ...weights.values()]
  return all.every(Number.isFinite) ? { constant, weights } : null
}
