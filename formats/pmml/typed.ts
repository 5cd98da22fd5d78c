import type { Expression } from '../../core/card/expression.ts'
import { refuseAt } from './refuse.ts'
import type { XmlElement } from './xml.ts'

/**
 * Expressions with what a translation must know of them: the kind of their value, whether it can be missing, which
 * texts it can be, and how large they have grown (a function that uses its argument twice, forty deep, is an attack).
 */
export interface Typed {
  readonly expression: Expression
  /** 'truth' is 1 or 0. */
  readonly kind: 'number' | 'text' | 'truth'
  readonly mayMiss: boolean
  /** All texts that it can be, when they are known. */
  readonly texts?: readonly string[]
  readonly size: number
  readonly depth: number
}

const most = { size: 20_000, depth: 120 }

type Operation = Extract<Expression, { op: string }>['op']
type Plain = Exclude<
  Operation,
  'bin' | 'lookup' | 'piecewise' | 'matches' | 'replace' | 'formatNumber' | 'formatDate' | 'countTerm'
>

/** Operations that can be missing although their arguments are not: outside their domain, or too large for a double. */
const partial: ReadonlySet<string> = new Set([
  'divide',
  'ln',
  'ln1p',
  'log10',
  'log2',
  'sqrt',
  'power',
  'modulo',
  'number',
  'exp',
  'expm1',
  'multiply',
  'tan',
  'days',
  'seconds',
  'substring',
])
const truths: ReadonlySet<string> = new Set([
  'not',
  'and',
  'or',
  'missing',
  'equal',
  'notEqual',
  'less',
  'lessOrEqual',
  'greater',
  'greaterOrEqual',
])
const textual: ReadonlySet<string> = new Set(['uppercase', 'lowercase', 'trim', 'text', 'concat', 'substring'])

export function numberValue(value: number): Typed {
  return { expression: value, kind: 'number', mayMiss: false, size: 1, depth: 1 }
}

export function textValue(value: string): Typed {
  return { expression: { constant: value }, kind: 'text', mayMiss: false, texts: [value], size: 1, depth: 1 }
}

export function truthValue(value: boolean): Typed {
  return { ...numberValue(value ? 1 : 0), kind: 'truth' }
}

/** Missing, of any kind. */
export function missingValue(kind: Typed['kind']): Typed {
  return {
    expression: { constant: null },
    kind,
    mayMiss: true,
    ...(kind === 'text' && { texts: [] }),
    size: 1,
    depth: 1,
  }
}

/** An operation on expressions. The kinds of the arguments are the caller's business. */
export function apply(op: Plain, ...args: readonly Typed[]): Typed {
  const first = args[0] as Typed
  const kind = truths.has(op)
    ? 'truth'
    : textual.has(op)
      ? 'text'
      : op === 'coalesce'
        ? first.kind
        : op === 'if'
          ? (args[1] as Typed).kind
          : 'number'
  const mayMiss =
    op === 'missing'
      ? false
      : op === 'coalesce'
        ? args.every((arg) => arg.mayMiss)
        : op === 'if'
          ? args.slice(1).some((arg) => arg.mayMiss)
          : partial.has(op) || args.some((arg) => arg.mayMiss)
  const from = op === 'if' ? args.slice(1) : op === 'coalesce' ? args : []
  return grown({ op, args: args.map((arg) => arg.expression) } as Expression, kind, mayMiss, args, textsOf(from))
}

/** A part of an expression that was in bounds, as a number or truth of its own. */
export function typedNumber(expression: Extract<Expression, { op: string }>): Typed {
  return { expression, kind: truths.has(expression.op) ? 'truth' : 'number', mayMiss: true, size: 1, depth: 1 }
}

/** An operation with a table of its own: bin, lookup, piecewise. */
export function grown(
  expression: Expression,
  kind: Typed['kind'],
  mayMiss: boolean,
  args: readonly Typed[],
  texts?: readonly string[],
): Typed {
  return {
    expression,
    kind,
    mayMiss,
    ...(kind === 'text' && texts !== undefined && { texts }),
    size: args.reduce((sum, arg) => sum + arg.size, 1),
    depth: args.reduce((deepest, arg) => Math.max(deepest, arg.depth), 0) + 1,
  }
}

function textsOf(parts: readonly Typed[]): readonly string[] | undefined {
  if (parts.length === 0 || parts.some((part) => part.texts === undefined)) return undefined
  return [...new Set(parts.flatMap((part) => part.texts ?? []))]
}

/** Truth values, or numbers, joined by an operation of many; one alone is itself. */
export function joined(op: 'and' | 'or' | 'add' | 'multiply', parts: readonly Typed[]): Typed {
  return parts.length === 1 ? (parts[0] as Typed) : apply(op, ...parts)
}

/** The first of the arguments that is not missing; those after one that never is are left out. */
export function firstPresent(args: readonly Typed[]): Typed {
  const last = args.findIndex((arg) => !arg.mayMiss)
  const used = last < 0 ? args : args.slice(0, last + 1)
  return used.length === 1 ? (used[0] as Typed) : apply('coalesce', ...used)
}

/** `value`, and `substitute` where `test` is missing. */
export function whereMissing(test: Typed, substitute: Typed, value: Typed): Typed {
  return test.mayMiss ? apply('if', apply('missing', test), substitute, value) : value
}

/** Refuses, at its element, an expression that has grown past what a card can hold. */
export function bounded(element: XmlElement, typed: Typed): Typed {
  if (typed.size > most.size || typed.depth > most.depth) {
    refuseAt('model/unsupported', element, 'expressionGrown', { operations: most.size, levels: most.depth })
  }
  return typed
}
