import { constantOf } from './constants.ts'
import { type Condition, leaf, truthOf } from './logic.ts'
import { clip, refuseAt } from './refuse.ts'
import { formatDatetime, formatNumber, matches, replace, since, wholeSeconds } from './textFunctions.ts'
import { apply, joined, missingValue, numberValue, type Typed, whereMissing } from './typed.ts'
import { valueOfText } from './values.ts'
import type { XmlElement } from './xml.ts'

/** PMML's built-in functions as expressions. */

/** One of PMML's built-in functions. `name` is what the element calls. */
export function applyBuiltin(element: XmlElement, name: string, args: readonly Typed[]): Typed {
  const built = builtin.get(name)
  if (built === undefined) {
    refuseAt('model/unsupported', element, 'functionUnknown', { name: clip(name), known: [...builtin.keys()] })
  }
  const [least, most] = built.arity
  if (args.length < least || args.length > most)
    refuseAt('model/invalid', element, 'functionTakes', { name, least, more: least !== most, given: args.length })
  return built.make(args, element)
}

interface Builtin {
  readonly arity: readonly [number, number]
  readonly make: (args: readonly Typed[], element: XmlElement) => Typed
}

const many = 200

function numeric(arity: number, make: (...args: Typed[]) => Typed): Builtin {
  return { arity: [arity, arity], make: (args, element) => make(...args.map((arg) => asNumber(arg, element))) }
}

/** Aggregates pass over missing arguments; of none they are missing. */
function aggregate(make: (args: Typed[]) => Typed): Builtin {
  return { arity: [1, many], make: (args, element) => make(args.map((arg) => asNumber(arg, element))) }
}

function asNumber(arg: Typed, element: XmlElement): Typed {
  if (arg.kind === 'text') {
    if (isNothing(arg)) return { ...arg, kind: 'number' }
    const text = constantOf(arg)
    if (text !== undefined) return valueOfText(element, text, 'number')
    refuseAt('model/invalid', element, 'argumentKind', { given: 'text', needed: 'number' })
  }
  return arg.kind === 'truth' ? { ...arg, kind: 'number' } : arg
}

function asTruth(arg: Typed, element: XmlElement): Condition {
  if (arg.kind === 'truth') return leaf(arg)
  // A boolean field is a category of the texts true and false.
  if (arg.kind === 'text') return leaf(apply('equal', arg, valueOfText(element, 'true', 'text')))
  return refuseAt('model/invalid', element, 'argumentKind', { given: 'number', needed: 'truth' })
}

const isNothing = ({ expression }: Typed): boolean =>
  typeof expression === 'object' && 'constant' in expression && expression.constant === null

/** Both as the same kind: a constant gives way to what it is compared with. */
function alike(x: Typed, y: Typed, element: XmlElement): readonly [Typed, Typed] {
  if (x.kind === y.kind) return [x, y]
  if (isNothing(x)) return [{ ...x, kind: y.kind }, y]
  if (isNothing(y)) return [x, { ...y, kind: x.kind }]
  const [constant, other] = constantOf(x) === undefined ? [y, x] : [x, y]
  const text = constantOf(constant)
  if (text !== undefined) {
    const converted = valueOfText(element, text, other.kind)
    return constant === x ? [converted, y] : [x, converted]
  }
  if (x.kind !== 'text' && y.kind !== 'text')
    return [
      { ...x, kind: 'number' },
      { ...y, kind: 'number' },
    ]
  if (x.kind === 'truth' || y.kind === 'truth') {
    const asText = (arg: Typed): Typed =>
      arg.kind === 'text'
        ? arg
        : apply('if', arg, valueOfText(element, 'true', 'text'), valueOfText(element, 'false', 'text'))
    return [x, y].map((arg) => (arg.mayMiss ? whereMissing(arg, missingValue('text'), asText(arg)) : asText(arg))) as [
      Typed,
      Typed,
    ]
  }
  return refuseAt('model/invalid', element, 'kindsDiffer')
}

function comparison(op: 'equal' | 'notEqual' | 'less' | 'lessOrEqual' | 'greater' | 'greaterOrEqual'): Builtin {
  return {
    arity: [2, 2],
    make: ([x, y], element) => {
      const [a, b] = alike(x as Typed, y as Typed, element)
      if (a.kind === 'text' && op !== 'equal' && op !== 'notEqual')
        refuseAt('model/unsupported', element, 'textsUnordered')
      return apply(op, a, b)
    },
  }
}

function among(args: readonly Typed[], element: XmlElement): Typed {
  const [x, ...rest] = args
  const equal = rest.map((y) => apply('equal', ...alike(x as Typed, y, element)))
  return joined('or', equal)
}

function junction(op: 'and' | 'or'): Builtin {
  return { arity: [2, many], make: (args, element) => truthOf({ op, parts: args.map((arg) => asTruth(arg, element)) }) }
}

function conditional(args: readonly Typed[], element: XmlElement): Typed {
  const condition = truthOf(asTruth(args[0] as Typed, element))
  const [then, otherwise] = alike(args[1] as Typed, args[2] ?? missingValue((args[1] as Typed).kind), element)
  // An unknown condition chooses neither part.
  return whereMissing(condition, missingValue(then.kind), apply('if', condition, then, otherwise))
}

/** The least or the greatest, passing over missing ones: each missing one is replaced by one that is not. */
function extreme(op: 'min' | 'max'): Builtin {
  return aggregate((args) => {
    if (!args.some((arg) => arg.mayMiss)) return apply(op, ...args)
    return apply(
      op,
      ...args.map((arg, i) => (arg.mayMiss ? apply('coalesce', arg, ...args.filter((_, j) => j !== i)) : arg)),
    )
  })
}

function total(args: readonly Typed[], op: 'add' | 'multiply'): Typed {
  const neutral = numberValue(op === 'add' ? 0 : 1)
  const known = args.map((arg) => (arg.mayMiss ? apply('coalesce', arg, neutral) : arg))
  const sum = joined(op, known)
  if (args.some((arg) => !arg.mayMiss)) return sum
  const none = args.map((arg) => apply('missing', arg))
  return apply('if', joined('and', none), missingValue('number'), sum)
}

function average(args: readonly Typed[]): Typed {
  const sum = total(args, 'add')
  if (!args.some((arg) => arg.mayMiss)) return apply('divide', sum, numberValue(args.length))
  const present = args.map((arg): Typed => ({ ...apply('not', apply('missing', arg)), kind: 'number' }))
  return apply('divide', sum, joined('add', present))
}

const half = numberValue(0.5)

/** A text; a number is the text that it has in its shortest form. */
function texts(arg: Typed, element: XmlElement): Typed {
  if (arg.kind === 'text') return arg
  return arg.kind === 'number'
    ? apply('text', arg)
    : refuseAt('model/invalid', element, 'argumentKind', { given: 'number', needed: 'text' })
}

/** A function whose first argument is a text; the others are taken as they are. */
function ofText(arity: number, make: (args: never, element: XmlElement) => Typed): Builtin {
  return {
    arity: [arity, arity],
    make: ([x, ...rest], element) => make([texts(x as Typed, element), ...rest] as never, element),
  }
}

function substring([x, start, length]: readonly [Typed, Typed, Typed], element: XmlElement): Typed {
  return apply('substring', x, asNumber(start, element), asNumber(length, element))
}

function concatenated(args: readonly Typed[], element: XmlElement): Typed {
  return apply('concat', ...args.map((arg) => texts(arg, element)))
}

/** Halves go up, as in Java and XPath, also below zero. */
export function round(x: Typed): Typed {
  return apply('floor', apply('add', x, half))
}

/** Halves to the even neighbour. */
function rint(x: Typed): Typed {
  const low = apply('floor', x)
  const part = apply('subtract', x, low)
  const up = apply('add', low, numberValue(1))
  const even = apply('equal', apply('modulo', low, numberValue(2)), numberValue(0))
  const tie = apply('if', even, low, up)
  const above = apply('if', apply('greater', part, half), up, tie)
  const nearest = apply('if', apply('less', part, half), low, above)
  return whereMissing(x, missingValue('number'), nearest)
}

/** sinh and cosh. */
function hyperbolic(op: 'add' | 'subtract', x: Typed): Typed {
  return apply('divide', apply(op, apply('exp', x), apply('exp', apply('negate', x))), numberValue(2))
}

/** asin(x) = 2·atan(x / (1 + √(1 − x²))), which holds at the ends of [-1, 1] too. */
function arcSine(x: Typed): Typed {
  const root = apply('sqrt', apply('subtract', numberValue(1), apply('square', x)))
  return apply('multiply', numberValue(2), apply('atan', apply('divide', x, apply('add', numberValue(1), root))))
}

const builtin: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['+', numeric(2, (x, y) => apply('add', x, y))],
  ['-', numeric(2, (x, y) => apply('subtract', x, y))],
  ['*', numeric(2, (x, y) => apply('multiply', x, y))],
  ['/', numeric(2, (x, y) => apply('divide', x, y))],
  ['min', extreme('min')],
  ['max', extreme('max')],
  ['sum', aggregate((args) => total(args, 'add'))],
  ['product', aggregate((args) => total(args, 'multiply'))],
  ['avg', aggregate(average)],
  ['log10', numeric(1, (x) => apply('log10', x))],
  ['ln', numeric(1, (x) => apply('ln', x))],
  ['ln1p', numeric(1, (x) => apply('ln1p', x))],
  ['sqrt', numeric(1, (x) => apply('sqrt', x))],
  ['abs', numeric(1, (x) => apply('abs', x))],
  ['exp', numeric(1, (x) => apply('exp', x))],
  ['expm1', numeric(1, (x) => apply('expm1', x))],
  ['pow', numeric(2, (x, y) => apply('power', x, y))],
  ['hypot', numeric(2, (x, y) => apply('sqrt', apply('add', apply('square', x), apply('square', y))))],
  ['threshold', numeric(2, (x, y): Typed => ({ ...apply('greater', x, y), kind: 'number' }))],
  ['floor', numeric(1, (x) => apply('floor', x))],
  ['ceil', numeric(1, (x) => apply('ceil', x))],
  ['round', numeric(1, round)],
  ['rint', numeric(1, rint)],
  ['modulo', numeric(2, (x, y) => apply('modulo', x, y))],
  ['sin', numeric(1, (x) => apply('sin', x))],
  ['cos', numeric(1, (x) => apply('cos', x))],
  ['tan', numeric(1, (x) => apply('tan', x))],
  ['atan', numeric(1, (x) => apply('atan', x))],
  ['tanh', numeric(1, (x) => apply('tanh', x))],
  ['sinh', numeric(1, (x) => hyperbolic('subtract', x))],
  ['cosh', numeric(1, (x) => hyperbolic('add', x))],
  ['asin', numeric(1, arcSine)],
  ['acos', numeric(1, (x) => apply('subtract', numberValue(Math.PI / 2), arcSine(x)))],
  ['isMissing', { arity: [1, 1], make: ([x]) => apply('missing', x as Typed) }],
  ['isNotMissing', { arity: [1, 1], make: ([x]) => apply('not', apply('missing', x as Typed)) }],
  // Invalid values never get here: the MiningSchema has refused or replaced them, or made them missing.
  ['isValid', { arity: [1, 1], make: ([x]) => apply('not', apply('missing', x as Typed)) }],
  ['isNotValid', { arity: [1, 1], make: ([x]) => apply('missing', x as Typed) }],
  ['equal', comparison('equal')],
  ['notEqual', comparison('notEqual')],
  ['lessThan', comparison('less')],
  ['lessOrEqual', comparison('lessOrEqual')],
  ['greaterThan', comparison('greater')],
  ['greaterOrEqual', comparison('greaterOrEqual')],
  ['isIn', { arity: [2, many], make: among }],
  ['isNotIn', { arity: [2, many], make: (args, element) => apply('not', among(args, element)) }],
  ['and', junction('and')],
  ['or', junction('or')],
  ['not', { arity: [1, 1], make: ([x], element) => apply('not', truthOf(asTruth(x as Typed, element))) }],
  ['if', { arity: [2, 3], make: conditional }],
  ['uppercase', { arity: [1, 1], make: ([x], element) => apply('uppercase', texts(x as Typed, element)) }],
  ['lowercase', { arity: [1, 1], make: ([x], element) => apply('lowercase', texts(x as Typed, element)) }],
  ['trimBlanks', { arity: [1, 1], make: ([x], element) => apply('trim', texts(x as Typed, element)) }],
  ['stringLength', { arity: [1, 1], make: ([x], element) => apply('length', texts(x as Typed, element)) }],
  ['substring', ofText(3, substring)],
  ['matches', ofText(2, matches)],
  ['replace', ofText(3, replace)],
  [
    'formatNumber',
    { arity: [2, 2], make: ([x, y], element) => formatNumber([asNumber(x as Typed, element), y as Typed], element) },
  ],
  ['formatDatetime', ofText(2, formatDatetime)],
  ['dateDaysSinceYear', ofText(2, (args, element) => since('days', args, element))],
  ['dateSecondsSinceYear', ofText(2, (args, element) => since('seconds', args, element))],
  ['dateSecondsSinceMidnight', ofText(1, ([x]: readonly [Typed]) => wholeSeconds(x))],
  [
    'concat',
    {
      arity: [2, many],
      make: concatenated,
    },
  ],
])
