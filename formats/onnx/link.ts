import { ln } from '../../core/number/elementary.ts'
import type { ExtendedLink } from '../extended.ts'
import type { Column, Operand } from './columns.ts'
import { type Element, isColumn, isLinear, isOutcome, type Linear, type Outcome, outcome } from './element.ts'
import { limits } from './limits.ts'
import { combine, formOf, peel, scale } from './linear.ts'
import type { OnnxNode } from './protobuf.ts'
import type { Run } from './run.ts'

/**
 * What an element of an output is: a response to one linear form, or one of the responses to a group of them.
 * Undefined when no link says it.
 */
export type Response =
  | { readonly link: Simple; readonly form: Linear }
  | { readonly link: 'softmax' | 'normalised'; readonly forms: readonly Linear[]; readonly at: number }
export type Simple = Exclude<ExtendedLink, 'softmax' | 'normalised' | 'argmax'>

/** Reads an element as a response. `node` is who to name when a weight is not finite. */
export function responseOf(node: OnnxNode, run: Run, element: Element): Response | undefined {
  if (isLinear(element)) return { link: 'identity', form: element }
  if (isColumn(element)) {
    const last = lastSteps(node, run, element)
    const linked = isOutcome(last) ? responseOf(node, run, last) : undefined
    return linked ?? { link: 'identity', form: peel(node, run.columns, element) }
  }
  if (!isOutcome(element)) return undefined
  const { op, args, at } = element
  const [a, b] = args as [Element, Element | undefined]
  const of = (x: Element | undefined): Response | undefined => (x === undefined ? undefined : responseOf(node, run, x))
  const form = linearOf(node, run, a)
  switch (op) {
    case 'sigmoid':
      return form && { link: 'logit', form }
    case 'softmax': {
      const forms = formsOf(node, run, args)
      return forms && grouped('softmax', forms, at, node)
    }
    case 'normalised':
      return normalised(node, args.map(of), at)
    case 'exp':
      return form ? { link: 'log', form } : softmaxOfLogs(node, run, a)
    case 'multiply':
      return product(node, run, a, b) ?? product(node, run, b as Element, a)
    case 'divide':
      return quotient(node, run, a, b as Element)
    case 'reciprocal':
      return form && { link: 'inverse', form }
    case 'sqrt':
      return form && { link: { power: 2 }, form }
    case 'power':
      return form && typeof b === 'number' && b !== 0 ? { link: { power: 1 / b }, form } : undefined
    case 'subtract':
      return a === 1 ? complement(node, run, b as Element) : b === 1 ? lessOne(node, run, a) : undefined
    case 'add':
      return shifted(node, run, a, b as Element) ?? shifted(node, run, b as Element, a)
    case 'clip':
    case 'max':
    case 'min': {
      const sealed = args.filter((x) => typeof x !== 'number')
      const bounds = args.filter((x) => typeof x === 'number')
      return sealed.length === 1 ? bounded(of(sealed[0]), bounds) : undefined
    }
    default:
      return undefined
  }
}

/**
 * A model of one column never sums, so nothing has made it private yet: its last steps, as far as they can be a link,
 * count as outcomes, and what they work on as the weighted sum.
 */
function lastSteps(node: OnnxNode, run: Run, x: Operand): Element {
  if (!isColumn(x as Element)) return x as Element
  const column = bare(x as Column)
  const isStep = [...peel(node, run.columns, column).terms.keys()].some((atom) => linkSteps.has(bare(atom).op))
  if (!isStep || column.depth > deepestLink) return column
  return outcome(
    node,
    column.op,
    column.args.map((arg) => lastSteps(node, run, arg)),
  )
}

function bare(column: Column): Column {
  return column.op === 'float32' ? bare(column.args[0] as Column) : column
}

const deepestLink = 40
const linkSteps: ReadonlySet<string> = new Set(['exp', 'divide', 'sqrt', 'power', 'atan'])

function linearOf(node: OnnxNode, run: Run, x: Element | undefined): Linear | undefined {
  if (isLinear(x)) return x
  return isColumn(x) ? peel(node, run.columns, x) : undefined
}

function formsOf(node: OnnxNode, run: Run, group: readonly Element[]): Linear[] | undefined {
  if (group.length > limits.heads) return undefined
  // What is subtracted from every form alike (their largest, their logarithmic sum) leaves a softmax as it is.
  const shift = shiftOf(group[0])
  const forms = group.map((x) => {
    if (shift) return shiftOf(x) === shift ? linearOf(node, run, (x as Outcome).args[0]) : undefined
    return typeof x === 'number' ? formOf(node, x) : linearOf(node, run, x)
  })
  return forms.every((form) => form !== undefined) ? forms : undefined
}

function shiftOf(x: Element | undefined): Outcome | undefined {
  const shift = isOutcome(x) && x.op === 'subtract' ? x.args[1] : undefined
  return isOutcome(shift) ? shift : undefined
}

/** Of two classes a softmax is the logistic function of the difference: one head instead of two. */
function grouped(link: 'softmax', forms: readonly Linear[], at: number, node: OnnxNode): Response {
  if (forms.length !== 2) return { link, forms, at }
  const [other, own] = at === 1 ? [forms[0], forms[1]] : [forms[1], forms[0]]
  const form = combine(node, [
    [own as Linear, 1],
    [other as Linear, -1],
  ])
  return { link: 'logit', form }
}

/** Responses divided by their sum: logistic functions, or what sums to 1 already. */
function normalised(node: OnnxNode, responses: readonly (Response | undefined)[], at: number): Response | undefined {
  const own = responses[at]
  if (!own) return undefined
  const forms = responses.map((each) => (each?.link === 'logit' && 'form' in each ? each.form : undefined))
  if (forms.every((form): form is Linear => form !== undefined)) {
    if (forms.length === 2 && areOpposite(forms[0] as Linear, forms[1] as Linear)) return own
    return { link: 'normalised', forms, at }
  }
  // A whole softmax sums to 1.
  const whole = 'forms' in own && own.link === 'softmax' && own.forms.length === responses.length
  if (whole && responses.every((each, i) => each?.link === 'softmax' && 'forms' in each && each.at === i)) return own
  const powers = responses.map((each) => (each?.link === 'log' && 'form' in each ? each.form : undefined))
  return powers.every((form): form is Linear => form !== undefined) ? grouped('softmax', powers, at, node) : undefined
}

export function areOpposite(a: Linear, b: Linear): boolean {
  return (
    a.constant === -b.constant && a.terms.size === b.terms.size && [...a.terms].every(([c, w]) => b.terms.get(c) === -w)
  )
}

/** exp(η_i − ln Σ exp η_j). */
function softmaxOfLogs(node: OnnxNode, run: Run, x: Element): Response | undefined {
  if (!isOutcome(x)) return undefined
  if (x.op === 'logSoftmax') {
    const forms = formsOf(node, run, x.args)
    return forms && grouped('softmax', forms, x.at, node)
  }
  const [own, total] = x.args
  if (x.op !== 'subtract' || !isOutcome(total) || total.op !== 'logSumExp' || own === undefined) return undefined
  const at = total.args.indexOf(own)
  const forms = formsOf(node, run, total.args)
  return at >= 0 && forms ? grouped('softmax', forms, at, node) : undefined
}

/** exp(η) − 1. */
function lessOne(node: OnnxNode, run: Run, x: Element): Response | undefined {
  const inner = responseOf(node, run, x)
  return inner?.link === 'log' && 'form' in inner ? { link: 'log1p', form: inner.form } : undefined
}

/** c·exp(η), and half of 1 + erf. */
function product(node: OnnxNode, run: Run, x: Element, factor: Element | undefined): Response | undefined {
  if (typeof factor !== 'number' || !isOutcome(x)) return undefined
  if (factor === 0.5 && x.op === 'add') {
    const [a, b] = x.args
    const error = a === 1 ? b : b === 1 ? a : undefined
    const form = isOutcome(error) && error.op === 'erf' ? linearOf(node, run, error.args[0]) : undefined
    return form && { link: 'probit', form: scale(node, form, (weight) => weight * Math.SQRT2) }
  }
  const inner = responseOf(node, run, x)
  if (inner?.link !== 'log' || !('form' in inner) || !(factor > 0)) return undefined
  return {
    link: 'log',
    form: combine(node, [
      [inner.form, 1],
      [formOf(node, ln(factor)), 1],
    ]),
  }
}

function quotient(node: OnnxNode, run: Run, a: Element, b: Element): Response | undefined {
  if (a === 1 && isOutcome(b) && b.op === 'add') {
    // 1 / (1 + exp(−η))
    const [x, y] = b.args
    const power = x === 1 ? y : y === 1 ? x : undefined
    const form = isOutcome(power) && power.op === 'exp' ? linearOf(node, run, power.args[0]) : undefined
    return form && { link: 'logit', form: scale(node, form, (weight) => -weight) }
  }
  const denominator = linearOf(node, run, b)
  if (typeof a === 'number' && a !== 0 && denominator) {
    return { link: 'inverse', form: scale(node, denominator, (weight) => weight / a) }
  }
  if (isOutcome(b) && b.op === 'sum') {
    const at = b.args.indexOf(a)
    return at < 0
      ? undefined
      : (normalised(
          node,
          b.args.map((x) => responseOf(node, run, x)),
          at,
        ) ?? powers(node, run, b.args, at))
  }
  return undefined
}

/** exp(η_i − m) / Σ exp(η_j − m). */
function powers(node: OnnxNode, run: Run, group: readonly Element[], at: number): Response | undefined {
  const exponents = group.map((x) => (isOutcome(x) && x.op === 'exp' ? (x.args[0] as Element) : undefined))
  if (!exponents.every((x) => x !== undefined)) return undefined
  const forms = formsOf(node, run, exponents)
  return forms && grouped('softmax', forms, at, node)
}

/** 1 − p: the other side of a logistic function or of two classes, and the complementary log-log. */
function complement(node: OnnxNode, run: Run, x: Element): Response | undefined {
  if (isOutcome(x) && x.op === 'exp') {
    const inner = negated(x.args[0])
    const power = isOutcome(inner) && inner.op === 'exp' ? linearOf(node, run, inner.args[0]) : undefined
    if (power) return { link: 'cloglog', form: power }
  }
  const inner = responseOf(node, run, x)
  if (!inner || !('form' in inner)) return undefined
  if (inner.link !== 'logit' && inner.link !== 'probit' && inner.link !== 'cauchit') return undefined
  return { link: inner.link, form: scale(node, inner.form, (weight) => -weight) }
}

function negated(x: Element | undefined): Element | undefined {
  if (!isOutcome(x)) return undefined
  if (x.op === 'negate') return x.args[0]
  if (x.op !== 'multiply') return undefined
  const [a, b] = x.args
  return a === -1 ? b : b === -1 ? a : undefined
}

/** 1/2 + atan(η)/π. */
function shifted(node: OnnxNode, run: Run, x: Element, constant: Element): Response | undefined {
  if (constant !== 0.5 || !isOutcome(x)) return undefined
  const [a, b] = x.args
  const over = x.op === 'divide' && typeof b === 'number' ? b : x.op === 'multiply' && typeof b === 'number' ? 1 / b : 0
  const angle = isOutcome(a) && a.op === 'atan' ? linearOf(node, run, a.args[0]) : undefined
  return angle && Math.fround(over) === Math.fround(Math.PI) ? { link: 'cauchit', form: angle } : undefined
}

/** Bounds that a response never reaches change nothing. */
function bounded(response: Response | undefined, bounds: readonly number[]): Response | undefined {
  if (!response) return undefined
  const isProbability = typeof response.link === 'string' && probabilities.has(response.link)
  const [low, high] = isProbability
    ? [0, 1]
    : response.link === 'log'
      ? [0, Number.POSITIVE_INFINITY]
      : [Number.NaN, Number.NaN]
  return bounds.every((bound) => bound <= (low as number) || bound >= (high as number)) ? response : undefined
}

const probabilities: ReadonlySet<string> = new Set(['logit', 'probit', 'cloglog', 'cauchit', 'softmax', 'normalised'])

/** A class rather than a value: an arg max, a comparison, or what has labels. */
export function isLabel(element: Element | undefined): element is Outcome {
  return isOutcome(element) && (element.labels !== undefined || labelOps.has(element.op))
}

const labelOps: ReadonlySet<string> = new Set([
  'argmax',
  'argmin',
  'greater',
  'greaterOrEqual',
  'less',
  'lessOrEqual',
  'equal',
  'not',
  'sign',
  'cast',
])
