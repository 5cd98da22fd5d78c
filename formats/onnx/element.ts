import type { Column } from './columns.ts'
import type { OnnxNode } from './protobuf.ts'
import { unsupported } from './refuse.ts'

/**
 * What a tensor holds. A constant number or text; a public column; a linear form, whose weights are private; or what
 * the graph made of linear forms, which only the analyst can know, after opening.
 */
export type Element = number | string | Column | Linear | Outcome

/** constant + Σ weight·column. */
export interface Linear {
  readonly kind: 'linear'
  readonly constant: number
  readonly terms: ReadonlyMap<Column, number>
}

export interface Outcome {
  readonly kind: 'outcome'
  readonly op: string
  readonly args: readonly Element[]
  /** The element of `args` that a softmax or normalisation is about. */
  readonly at: number
  /** What the values 0, 1, … of an arg max or a comparison are called. */
  readonly labels?: readonly string[]
  /** The node that made it. */
  readonly node: OnnxNode
  readonly depth: number
}

export function isColumn(x: Element | undefined): x is Column {
  return typeof x === 'object' && x.kind === 'column'
}

export function isLinear(x: Element | undefined): x is Linear {
  return typeof x === 'object' && x.kind === 'linear'
}

export function isOutcome(x: Element | undefined): x is Outcome {
  return typeof x === 'object' && x.kind === 'outcome'
}

/** No link takes more steps than this. */
const deepest = 50

export function outcome(node: OnnxNode, op: string, args: readonly Element[], at = 0): Outcome {
  const depth = 1 + args.reduce<number>((most, arg) => (isOutcome(arg) ? Math.max(most, arg.depth) : most), 0)
  if (depth > deepest) unsupported(node, 'makesTooMuch', { what: 'stepsAfterSums', most: deepest })
  return { kind: 'outcome', op, args, at, node, depth }
}
