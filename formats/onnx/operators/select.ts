import { inputOf, intOf, intsFrom } from '../attributes.ts'
import { entry } from '../category.ts'
import { type Element, isColumn, isOutcome } from '../element.ts'
import type { OnnxNode } from '../protobuf.ts'
import { invalid, unsupported } from '../refuse.ts'
import type { Operator, Operators, Run } from '../run.ts'
import { axisOf, isConstant, keepRecordsApart, numbersOf, pick, sizeOf, type Tensor, tensor } from '../tensor.ts'

/** Operators that take some elements of a tensor: columns by constant places, table entries by a record's number. */

/** The places `at` along an axis. */
export function taken(node: OnnxNode, x: Tensor, axis: number, at: readonly number[], dims: readonly number[]): Tensor {
  const length = x.shape[axis] as number
  const places = at.map((i) => (i < 0 ? i + length : i))
  if (places.some((i) => !Number.isInteger(i) || i < 0 || i >= length)) {
    invalid(node, 'placeOutside', { size: length })
  }
  if (places.some((i) => i !== 0) || places.length !== 1) keepRecordsApart(node, x, axis)
  const inner = sizeOf(x.shape.slice(axis + 1))
  const outer = sizeOf(x.shape.slice(0, axis))
  const indices = new Int32Array(outer * places.length * inner)
  let k = 0
  for (let o = 0; o < outer; o++) {
    for (const i of places) for (let j = 0; j < inner; j++) indices[k++] = (o * length + i) * inner + j
  }
  const shape = [...x.shape.slice(0, axis), ...dims, ...x.shape.slice(axis + 1)]
  const shift = dims.length - 1
  const batch = x.batch === null ? null : x.batch > axis ? x.batch + shift : x.batch
  return pick(x, shape, indices, batch === axis && dims.length === 0 ? null : batch)
}

const gather: Operator = (node, inputs, run) => {
  const [x, at] = [inputOf(node, inputs, 0), inputOf(node, inputs, 1)]
  const axis = axisOf(node, intOf(node, 'axis', 0), x.shape.length)
  if (isConstant(at)) return [taken(node, x, axis, [...numbersOf(node, at, 'indices')], at.shape)]
  const { shape } = x
  const inner = sizeOf(shape.slice(axis + 1))
  const outer = sizeOf(shape.slice(0, axis))
  const length = shape[axis] as number
  const data: Element[] = []
  for (let o = 0; o < outer; o++) {
    for (const index of at.data as readonly Element[]) {
      for (let j = 0; j < inner; j++) {
        const row = Array.from({ length }, (_, i) => x.data[(o * length + i) * inner + j] as Element)
        data.push(tableEntry(node, run, row, index))
      }
    }
  }
  const batch = at.batch === null ? null : at.batch + axis
  return [tensor(x.type, [...shape.slice(0, axis), ...at.shape, ...shape.slice(axis + 1)], data, batch)]
}

/** Columns by their places along the last axis, or a table's entries by a record's number. */
const arrayFeatureExtractor: Operator = (node, inputs, run) => {
  const [x, at] = [inputOf(node, inputs, 0), inputOf(node, inputs, 1)]
  const rows = x.shape.length <= 1 ? [1] : x.shape.slice(0, -1)
  const length = x.shape.at(-1) ?? 1
  const count = sizeOf(at.shape)
  const shape = [...rows, count]
  if (isConstant(at)) {
    const whole: Tensor = x.shape.length <= 1 ? { ...x, shape: [1, length], batch: x.batch === null ? null : 0 } : x
    return [taken(node, whole, whole.shape.length - 1, [...numbersOf(node, at, 'indices')], [count])]
  }
  const data: Element[] = []
  for (let o = 0; o < sizeOf(rows); o++) {
    const row = Array.from({ length }, (_, i) => x.data[o * length + i] as Element)
    for (const index of at.data as readonly Element[]) data.push(tableEntry(node, run, row, index))
  }
  return [tensor(x.type, shape, data, shape.length - 1)]
}

/** The entry of a row of constants that a record's own number picks. */
function tableEntry(node: OnnxNode, run: Run, row: readonly Element[], index: Element): Element {
  if (typeof index === 'number')
    return row[index < 0 ? index + row.length : index] ?? invalid(node, 'placeOutside', { size: null })
  if (!row.every((x) => typeof x === 'number' || typeof x === 'string')) {
    return unsupported(node, 'picksColumn')
  }
  if (isOutcome(index)) return { ...index, labels: row.map(String) }
  if (!isColumn(index)) return unsupported(node, 'operandUnread', { how: 'picksBySum' })
  if (row.every((x) => typeof x === 'number')) return entry(run, index, row)
  return run.columns.make('lookup', [index], {
    rows: row.map((x, i) => [i, x] as const),
    otherwise: null,
  })
}

const slice: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const starts = intsFrom(node, inputs, 1, 'starts') ?? invalid(node, 'lacks', { what: 'starts' })
  const ends = intsFrom(node, inputs, 2, 'ends') ?? invalid(node, 'lacks', { what: 'ends' })
  const axes = intsFrom(node, inputs, 3, 'axes') ?? starts.map((_, i) => i)
  const steps = intsFrom(node, inputs, 4, 'steps') ?? starts.map(() => 1)
  return [
    starts.reduce((whole, start, k) => {
      const axis = axisOf(node, axes[k] ?? Number.NaN, x.shape.length)
      const [step, end] = [steps[k] ?? 1, ends[k] ?? 0]
      const length = whole.shape[axis] as number
      if (step === 0 || !Number.isInteger(step)) invalid(node, 'stepOfZero')
      const clamp = (i: number, low: number, high: number): number =>
        Math.min(Math.max(i < 0 ? i + length : i, low), high)
      const from = step > 0 ? clamp(start, 0, length) : clamp(start, -1, length - 1)
      const to = step > 0 ? clamp(end, 0, length) : clamp(end, -1, length - 1)
      const at: number[] = []
      for (let i = from; step > 0 ? i < to : i > to; i += step) at.push(i)
      if (at.length === length && step > 0) return whole
      return taken(node, whole, axis, at, [at.length])
    }, x),
  ]
}

const split: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const axis = axisOf(node, intOf(node, 'axis', 0), x.shape.length)
  const length = x.shape[axis] as number
  const parts = node.outputs.length
  const size = Math.ceil(length / parts)
  const given = intsFrom(node, inputs, 1, 'split')
  const sizes = given && given.length > 0 ? given : node.outputs.map((_, i) => Math.min(size, length - i * size))
  let from = 0
  return sizes.map((count) => {
    if (!(count >= 0 && from + count <= length)) invalid(node, 'takesTooMuch', { how: 'splits' })
    const at = Array.from({ length: count }, (_, i) => from + i)
    from += count
    return taken(node, x, axis, at, [count])
  })
}

export const selectOperators: Operators = { Gather: gather, Slice: slice, Split: split }
export const selectOperatorsMl: Operators = { ArrayFeatureExtractor: arrayFeatureExtractor }
