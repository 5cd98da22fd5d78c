import { apply, sum } from '../arithmetic.ts'
import { floatOf, inputOf, intOf } from '../attributes.ts'
import type { Column, ColumnOperation } from '../columns.ts'
import { type Element, isColumn, isLinear, isOutcome, outcome } from '../element.ts'
import { type ElementType, elementType } from '../elementType.ts'
import type { OnnxNode } from '../protobuf.ts'
import { invalid, unsupported } from '../refuse.ts'
import type { Operator, Operators, Run } from '../run.ts'
import { broadcast, numbersOf, type Tensor, tensor } from '../tensor.ts'

/** Operators of ai.onnx that work element by element. */

type Step = (run: Run, args: readonly Element[], type: ElementType, node: OnnxNode) => Element

/** `count`: how many inputs there must be. */
function elementwise(count: number | 'any', step: Step, result?: ElementType): Operator {
  return (node, inputs, run) => {
    const operands = inputs.filter((input): input is Tensor => input !== undefined)
    if (operands.length === 0 || (count !== 'any' && operands.length !== count)) {
      invalid(node, 'inputCount', { given: operands.length, needed: count === 'any' ? null : count })
    }
    return [mapped(node, run, operands, step, result)]
  }
}

function mapped(node: OnnxNode, run: Run, operands: readonly Tensor[], step: Step, result?: ElementType): Tensor {
  const { shape, indices, batch } = broadcast(node, operands)
  const type = typeOf(operands)
  const size = indices[0]?.length ?? 0
  const data = new Array<Element>(size)
  for (let i = 0; i < size; i++) {
    data[i] = step(
      run,
      operands.map((operand, k) => operand.data[indices[k]?.[i] as number] as Element),
      type,
      node,
    )
  }
  return tensor(result ?? type, shape, data, batch)
}

/** The type that arithmetic on these is done in; ONNX wants them equal, and where a file is lax the widest wins. */
function typeOf(operands: readonly Tensor[]): ElementType {
  const types = new Set(operands.map((operand) => operand.type))
  return (['string', 'double', 'float', 'int', 'bool'] as const).find((type) => types.has(type)) ?? 'float'
}

const step = (op: ColumnOperation, count: 1 | 2, result?: ElementType): Operator =>
  elementwise(count, (run, args, type, node) => apply(node, run, op, args, type), result)

/** A comparison, in which NaN is neither above nor below anything. */
const compare = (op: ColumnOperation): Operator => step(op, 2, 'bool')

const fold = (op: ColumnOperation): Operator =>
  elementwise('any', (run, args, type, node) => args.reduce((x, y) => apply(node, run, op, [x, y], type)))

/** An expression of one public column; of a sealed sum, an outcome with the operator's name. */
const composed = (name: string, build: (of: Build, x: Element, node: OnnxNode) => Element): Operator =>
  elementwise(1, (run, [x], type, node) => {
    if (isLinear(x) || isOutcome(x)) return outcome(node, name, [x])
    return build((op, ...args) => apply(node, run, op, args, type), x as Element, node)
  })
type Build = (op: ColumnOperation, ...args: Element[]) => Element

const sigmoid = composed('sigmoid', (of, x) => of('divide', 1, of('add', 1, of('exp', of('negate', x)))))

const where: Operator = elementwise(3, (run, args, type, node) => {
  const [condition, yes, no] = args as [Element, Element, Element]
  if (yes === no) return yes
  if (args.some((arg) => isLinear(arg) || isOutcome(arg))) return outcome(node, 'if', args)
  return apply(node, run, 'if', [condition, yes, no], type)
})

const clip: Operator = (node, inputs, run) => {
  const x = inputOf(node, inputs, 0)
  const bound = (i: number, name: string, otherwise: number): number => {
    const input = inputs[i]
    return input ? (numbersOf(node, input, name)[0] ?? otherwise) : floatOf(node, name, otherwise)
  }
  const low = bound(1, 'min', Number.NEGATIVE_INFINITY)
  const high = bound(2, 'max', Number.POSITIVE_INFINITY)
  const step: Step = (_, [element], type) => {
    let value = element as Element
    if (isLinear(value) || isOutcome(value)) return outcome(node, 'clip', [value, low, high])
    if (low > Number.NEGATIVE_INFINITY) value = apply(node, run, 'max', [value, low], type)
    if (high < Number.POSITIVE_INFINITY) value = apply(node, run, 'min', [value, high], type)
    return value
  }
  return [mapped(node, run, [x], step)]
}

/** Halves to even, as IEEE 754 rounds. */
const round = composed('round', (of, x) => {
  const low = of('floor', x)
  const part = of('subtract', x, low)
  const up = of('add', low, 1)
  const even = of('equal', of('modulo', low, 2), 0)
  const tie = of('if', even, low, up)
  return of('if', of('less', part, 0.5), low, of('if', of('greater', part, 0.5), up, tie))
})

/** The one operator of mixed types: the power has the base's type, so that a whole number to the 0.5 is a whole number. */
const power: Operator = (node, inputs, run) => {
  const [base, exponent] = [inputOf(node, inputs, 0), inputOf(node, inputs, 1)]
  const { type } = base
  const step: Step = (_, [x, y]) => {
    const raised =
      y === 2
        ? apply(node, run, 'square', [x as Element], type)
        : apply(node, run, 'power', [x as Element, y as Element], type)
    const staysWhole = typeof y === 'number' && Number.isInteger(y) && y >= 0
    return type === 'int' && !staysWhole ? truncated(node, run, raised) : raised
  }
  return [mapped(node, run, [base, exponent], step, type)]
}

const divide: Operator = elementwise(2, (run, args, type, node) => {
  const quotient = apply(node, run, 'divide', args, type)
  return type === 'int' ? truncated(node, run, quotient) : quotient
})

/** Toward zero, as a cast to an integer does. */
export function truncated(node: OnnxNode, run: Run, x: Element): Element {
  if (typeof x === 'number') return Math.trunc(x)
  if (isColumn(x) && isWhole(x)) return x
  const of = (op: ColumnOperation, ...args: Element[]) => apply(node, run, op, args, 'double')
  return of('if', of('less', x, 0), of('ceil', x), of('floor', x))
}

function isWhole(column: Column): boolean {
  const [arg] = column.args
  // The labels of bins that became numbers are whole numbers: an arg max made them.
  return (
    wholeNumbers.has(column.op) || (column.op === 'number' && isColumn(arg as Element) && (arg as Column).op === 'bin')
  )
}

/** Operations whose result is a whole number whatever they take. */
const wholeNumbers: ReadonlySet<ColumnOperation> = new Set<ColumnOperation>([
  'floor',
  'ceil',
  'sign',
  'indicator',
  'not',
  'and',
  'or',
  'equal',
  'notEqual',
  'less',
  'lessOrEqual',
  'greater',
  'greaterOrEqual',
  'missing',
])

const cast: Operator = (node, inputs, run) => {
  const x = inputOf(node, inputs, 0)
  const to = elementType(intOf(node, 'to', 0), { what: 'cast', index: node.index })
  const data = Array.from(x.data as ArrayLike<Element>, (element) => castElement(node, run, element, x.type, to))
  return [tensor(to, x.shape, data, x.batch)]
}

export function castElement(node: OnnxNode, run: Run, x: Element, from: ElementType, to: ElementType): Element {
  if (from === to || isOutcome(x)) return x
  if (isLinear(x)) {
    return to === 'float' || to === 'double' ? x : outcome(node, 'cast', [x])
  }
  if (to === 'string') {
    if (from === 'float' || from === 'double') unsupported(node, 'floatAsText')
    return typeof x === 'number' ? String(x) : run.columns.make('text', [x as never])
  }
  if (from === 'string') {
    const number = typeof x === 'string' ? Number(x) : run.columns.make('number', [x as never])
    return castElement(node, run, number, 'double', to)
  }
  switch (to) {
    case 'float':
      return from === 'bool' ? x : apply(node, run, 'float32', [x], 'double')
    case 'double':
      return x
    case 'int':
      return from === 'bool' ? x : truncated(node, run, x)
    case 'bool':
      return apply(node, run, 'notEqual', [x, 0], 'double')
  }
}

const mean: Operator = elementwise('any', (run, args, type, node) =>
  apply(node, run, 'divide', [sum(node, run, args, type), args.length], type),
)

const batchNormalisation: Operator = (node, inputs, run) => {
  const x = inputOf(node, inputs, 0)
  if (intOf(node, 'training_mode', 0) !== 0) unsupported(node, 'trainingMode')
  const [gain, bias, average, variance] = [1, 2, 3, 4].map((i) =>
    numbersOf(node, inputOf(node, inputs, i), 'parameters'),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array]
  const epsilon = Math.fround(floatOf(node, 'epsilon', 1e-5))
  if (x.shape.length !== 2 || x.shape[1] !== gain.length) unsupported(node, 'onlyRead', { when: 'tables' })
  const data = Array.from(x.data as ArrayLike<Element>, (element, i) => {
    const factor = (gain[i] as number) / Math.sqrt((variance[i] as number) + epsilon)
    const centred = apply(node, run, 'subtract', [element, average[i] as number], x.type)
    const scaled = apply(node, run, 'multiply', [centred, x.type === 'float' ? Math.fround(factor) : factor], x.type)
    return apply(node, run, 'add', [scaled, bias[i] as number], x.type)
  })
  return [tensor(x.type, x.shape, data, x.batch)]
}

const identity: Operator = (node, inputs) => [inputOf(node, inputs, 0)]

export const elementwiseOperators: Operators = {
  Add: fold('add'),
  Sub: step('subtract', 2),
  Mul: fold('multiply'),
  Div: divide,
  Neg: step('negate', 1),
  Abs: step('abs', 1),
  Exp: step('exp', 1),
  Log: step('ln', 1),
  Sqrt: step('sqrt', 1),
  Pow: power,
  Reciprocal: composed('reciprocal', (of, x) => of('divide', 1, x)),
  Floor: step('floor', 1),
  Ceil: step('ceil', 1),
  Round: round,
  Sign: step('sign', 1),
  Sin: step('sin', 1),
  Cos: step('cos', 1),
  Tan: step('tan', 1),
  Atan: step('atan', 1),
  Tanh: step('tanh', 1),
  Erf: composed('erf', (_, __, node) => unsupported(node, 'onlyRead', { when: 'afterLinear' })),
  Sigmoid: sigmoid,
  Softplus: composed('softplus', (of, x) => of('ln', of('add', 1, of('exp', x)))),
  Relu: composed('relu', (of, x) => of('max', x, 0)),
  LeakyRelu: composed('leakyRelu', (of, x, node) =>
    of('if', of('less', x, 0), of('multiply', x, Math.fround(floatOf(node, 'alpha', 0.01))), x),
  ),
  Clip: clip,
  Min: fold('min'),
  Max: fold('max'),
  Sum: elementwise('any', (run, args, type, node) => sum(node, run, args, type)),
  Mean: mean,
  Mod: elementwise(2, (run, args, type, node) =>
    intOf(node, 'fmod', 0) === 0
      ? apply(node, run, 'modulo', args, type)
      : unsupported(node, 'onlyRead', { when: 'fmod' }),
  ),
  Equal: compare('equal'),
  Less: compare('less'),
  LessOrEqual: compare('lessOrEqual'),
  Greater: compare('greater'),
  GreaterOrEqual: compare('greaterOrEqual'),
  And: step('and', 2, 'bool'),
  Or: step('or', 2, 'bool'),
  Xor: step('notEqual', 2, 'bool'),
  Not: step('not', 1, 'bool'),
  IsNaN: step('missing', 1, 'bool'),
  Where: where,
  Cast: cast,
  CastLike: (node, inputs, run) => {
    const [x, like] = [inputOf(node, inputs, 0), inputOf(node, inputs, 1)]
    const data = Array.from(x.data as ArrayLike<Element>, (each) => castElement(node, run, each, x.type, like.type))
    return [tensor(like.type, x.shape, data, x.batch)]
  },
  BatchNormalization: batchNormalisation,
  Identity: identity,
  Dropout: identity,
}
