import { apply, sum } from '../arithmetic.ts'
import { inputOf, intOf, intsFrom, stringOf } from '../attributes.ts'
import type { Column, ColumnOperation } from '../columns.ts'
import { type Element, isColumn, isLinear, isOutcome, outcome } from '../element.ts'
import type { ElementType } from '../elementType.ts'
import type { OnnxNode } from '../protobuf.ts'
import { invalid, unsupported } from '../refuse.ts'
import type { Operator, Operators, Run } from '../run.ts'
import { axisOf, keepRecordsApart, sizeOf, stridesOf, type Tensor, tensor } from '../tensor.ts'
import { truncated } from './elementwise.ts'

/** Operators of ai.onnx and ai.onnx.ml that work along an axis. */

/** The places of a tensor in groups that a reduction over `axes` merges; one group per element of what remains. */
function groupsOf(node: OnnxNode, x: Tensor, axes: readonly number[]): Int32Array[] {
  for (const axis of axes) keepRecordsApart(node, x, axis)
  const merged = new Set(axes)
  const kept = x.shape.map((_, i) => i).filter((i) => !merged.has(i))
  const strides = stridesOf(x.shape)
  const keptShape = kept.map((i) => x.shape[i] as number)
  const keptStrides = stridesOf(keptShape)
  const groups: number[][] = Array.from({ length: sizeOf(keptShape) }, () => [])
  for (let i = 0; i < sizeOf(x.shape); i++) {
    const at = kept.reduce(
      (sum, axis, k) =>
        sum + (Math.floor(i / (strides[axis] as number)) % (x.shape[axis] as number)) * (keptStrides[k] as number),
      0,
    )
    groups[at]?.push(i)
  }
  return groups.map((group) => Int32Array.from(group))
}

type Merge = (node: OnnxNode, run: Run, elements: readonly Element[], type: ElementType) => Element

function reduced(node: OnnxNode, run: Run, x: Tensor, axes: readonly number[], keep: boolean, merge: Merge): Tensor {
  const data = groupsOf(node, x, axes).map((group) =>
    merge(
      node,
      run,
      Array.from(group, (i) => x.data[i] as Element),
      x.type,
    ),
  )
  const shape = x.shape.flatMap((dim, i) => (axes.includes(i) ? (keep ? [1] : []) : [dim]))
  const batch = x.batch === null || keep ? x.batch : x.batch - axes.filter((axis) => axis < (x.batch as number)).length
  return tensor(x.type, shape, data, batch)
}

const reduction =
  (merge: Merge): Operator =>
  (node, inputs, run) => {
    const x = inputOf(node, inputs, 0)
    const given = intsFrom(node, inputs, 1, 'axes')
    if (!given || given.length === 0) {
      if (intOf(node, 'noop_with_empty_axes', 0) === 1) return [x]
    }
    const all = given && given.length > 0 ? given : x.shape.map((_, i) => i)
    const axes = [...new Set(all.map((axis) => axisOf(node, axis, x.shape.length)))]
    return [reduced(node, run, x, axes, intOf(node, 'keepdims', 1) === 1, merge)]
  }

const folded =
  (op: ColumnOperation): Merge =>
  (node, run, elements, type) => {
    if (elements.length === 0) invalid(node, 'reducesNothing')
    const isChoice = op === 'max' || op === 'min'
    if (isChoice && elements.some((x) => isLinear(x) || isOutcome(x))) return outcome(node, op, elements)
    return elements.reduce((x, y) => apply(node, run, op, [x, y], type))
  }

const each =
  (op: ColumnOperation, merge: Merge): Merge =>
  (node, run, elements, type) =>
    merge(
      node,
      run,
      elements.map((x) => apply(node, run, op, [x], type)),
      type,
    )

/** What is no whole number by itself: of whole numbers it is cut to one, since the result has their type. */
const ofType =
  (merge: Merge): Merge =>
  (node, run, elements, type) => {
    const merged = merge(node, run, elements, type)
    return type === 'int' ? truncated(node, run, merged) : merged
  }

const logSumExp: Merge = (node, run, elements, type) => {
  if (elements.some((x) => isLinear(x) || isOutcome(x))) return outcome(node, 'logSumExp', elements)
  const total = sum(
    node,
    run,
    elements.map((x) => apply(node, run, 'exp', [x], type)),
    type,
  )
  return apply(node, run, 'ln', [total], type)
}

const argument =
  (name: 'argmax' | 'argmin'): Operator =>
  (node, inputs, run) => {
    const x = inputOf(node, inputs, 0)
    if (intOf(node, 'select_last_index', 0) !== 0) unsupported(node, 'onlyRead', { when: 'lastIndex' })
    const axis = axisOf(node, intOf(node, 'axis', 0), x.shape.length)
    const merge: Merge = (_, __, elements) =>
      elements.some((y) => isLinear(y) || isOutcome(y))
        ? outcome(node, name, elements)
        : firstOf(node, run, elements, name === 'argmax' ? 'greater' : 'less')
    return [{ ...reduced(node, run, x, [axis], intOf(node, 'keepdims', 1) === 1, merge), type: 'int' }]
  }

/** The place of the first element that none beats. */
function firstOf(node: OnnxNode, run: Run, elements: readonly Element[], beats: 'greater' | 'less'): Element {
  const binned = beats === 'greater' ? binOf(run, elements) : undefined
  if (binned) return binned
  let [best, place] = [elements[0] as Element, 0 as Element]
  elements.slice(1).forEach((x, i) => {
    const better = apply(node, run, beats, [x, best], 'double')
    place = apply(node, run, 'if', [better, i + 1, place], 'double')
    best = apply(node, run, 'if', [better, x, best], 'double')
  })
  return place
}

/** Whether x < e_i, for ascending e_i, and then 1: its arg max is the number of the bin that x falls in. */
function binOf(run: Run, elements: readonly Element[]): Column | undefined {
  if (elements.at(-1) !== 1 || elements.length < 2) return undefined
  const tests = elements.slice(0, -1)
  const edges: number[] = []
  let of: Column | undefined
  for (const test of tests) {
    if (!isColumn(test) || test.op !== 'less') return undefined
    const [x, edge] = test.args
    if (typeof edge !== 'number' || typeof x !== 'object' || x === null || (of && x !== of)) return undefined
    if (!Number.isFinite(edge) || edge <= (edges.at(-1) ?? Number.NEGATIVE_INFINITY)) return undefined
    of = x
    edges.push(edge)
  }
  const labels = elements.map((_, i) => String(i))
  const bin = run.columns.make('bin', [of as Column], { edges, closed: 'left', labels })
  return run.columns.make('number', [bin])
}

/** Every element of a group, with the group. Public columns get the formula; linear forms an outcome. */
const along =
  (name: string, formula: (node: OnnxNode, run: Run, group: readonly Element[], type: ElementType) => Element[]) =>
  (node: OnnxNode, run: Run, x: Tensor, axis: number): Tensor => {
    const data = new Array<Element>(sizeOf(x.shape))
    for (const places of groupsOf(node, x, [axis])) {
      const group = Array.from(places, (i) => x.data[i] as Element)
      const sealed = group.some((element) => isLinear(element) || isOutcome(element))
      const values = sealed ? group.map((_, i) => outcome(node, name, group, i)) : formula(node, run, group, x.type)
      places.forEach((place, i) => {
        data[place] = values[i] as Element
      })
    }
    return tensor(x.type, x.shape, data, x.batch)
  }

const softmaxOf = along('softmax', (node, run, group, type) => {
  const powers = group.map((x) => apply(node, run, 'exp', [x], type))
  const total = powers.reduce((x, y) => apply(node, run, 'add', [x, y], type))
  return powers.map((x) => apply(node, run, 'divide', [x, total], type))
})

const softmaxLike =
  (over: typeof softmaxOf): Operator =>
  (node, inputs, run) => {
    const x = inputOf(node, inputs, 0)
    const newer = (run.opsets.get('') ?? 13) >= 13
    const axis = axisOf(node, intOf(node, 'axis', newer ? -1 : 1), x.shape.length)
    if (!newer && axis !== x.shape.length - 1) unsupported(node, 'onlyRead', { when: 'lastAxis' })
    return [over(node, run, x, axis)]
  }

const logSoftmaxOf = along('logSoftmax', (node) => unsupported(node, 'onlyRead', { when: 'afterLinear' }))

/**
 * Public norms, as ONNX's reference evaluator has them: computed in doubles and rounded once. A norm of 0 divides by 1.
 */
const norms: Record<string, (of: Of, group: readonly Element[]) => Element> = {
  L1: (of, group) => of('add', ...group.map((x) => of('abs', x))),
  L2: (of, group) => of('sqrt', of('add', ...group.map((x) => of('square', x)))),
  MAX: (of, group) => of('max', ...group.map((x) => of('abs', x))),
}
type Of = (op: ColumnOperation, ...args: Element[]) => Element

function normalisedOver(norm: string, x: Tensor, axis: number, node: OnnxNode, run: Run, result: ElementType): Tensor {
  const measure = norms[norm] ?? unsupported(node, 'normUnread', { norm })
  const name = norm === 'L1' ? 'normalised' : 'norm'
  const over = along(name, (_, __, group) => {
    if (!group.every((element) => isColumn(element) || typeof element === 'number')) {
      unsupported(node, 'operandUnread', { how: 'normalisesText' })
    }
    const { columns } = run
    const of: Of = (op, ...args) =>
      args.every((arg) => typeof arg === 'number') && args.length <= 2
        ? (columns.compute(op, args, 'double') as Element)
        : columns.make(op, args as Column[])
    const length = measure(of, group)
    const divisor = of('if', of('equal', length, 0), 1, length)
    return group.map((element) => {
      const ratio = columns.make('divide', [element as Column, divisor as Column], undefined, [-1, 1])
      return result === 'float' ? columns.make('float32', [ratio], undefined, [-1, 1]) : ratio
    })
  })
  return { ...over(node, run, x, axis), type: result }
}

const normalizer: Operator = (node, inputs, run) => {
  const x = inputOf(node, inputs, 0)
  const axis = x.shape.length === 1 ? 0 : 1
  return [normalisedOver(stringOf(node, 'norm', 'MAX'), x, axis, node, run, 'float')]
}

const lpNormalization: Operator = (node, inputs, run) => {
  const x = inputOf(node, inputs, 0)
  const axis = axisOf(node, intOf(node, 'axis', -1), x.shape.length)
  return [normalisedOver(`L${intOf(node, 'p', 2)}`, x, axis, node, run, x.type)]
}

export const reduceOperators: Operators = {
  ReduceSum: reduction(sum),
  ReduceMean: reduction(
    ofType((node, run, elements, type) =>
      apply(node, run, 'divide', [sum(node, run, elements, type), elements.length], type),
    ),
  ),
  ReduceProd: reduction(folded('multiply')),
  ReduceMax: reduction(folded('max')),
  ReduceMin: reduction(folded('min')),
  ReduceL1: reduction(each('abs', sum)),
  ReduceL2: reduction(
    ofType((node, run, elements, type) =>
      apply(node, run, 'sqrt', [each('square', sum)(node, run, elements, type)], type),
    ),
  ),
  ReduceSumSquare: reduction(each('square', sum)),
  ReduceLogSumExp: reduction(ofType(logSumExp)),
  ArgMax: argument('argmax'),
  ArgMin: argument('argmin'),
  Softmax: softmaxLike(softmaxOf),
  LogSoftmax: softmaxLike(logSoftmaxOf),
  LpNormalization: lpNormalization,
}

export const reduceOperatorsMl: Operators = { Normalizer: normalizer }
