import { floatsOf, inputOf, intOf, intsFrom, intsOf, stringsOf } from '../attributes.ts'
import { entry } from '../category.ts'
import { type Element, isColumn, isOutcome } from '../element.ts'
import { limits } from '../limits.ts'
import type { OnnxNode } from '../protobuf.ts'
import { invalid, nameOf, unsupported } from '../refuse.ts'
import type { Operator, Operators, Run } from '../run.ts'
import {
  axisOf,
  constantTensor,
  isConstant,
  keepRecordsApart,
  numbersOf,
  pick,
  sizeOf,
  stridesOf,
  type Tensor,
  tensor,
} from '../tensor.ts'

/** Operators that move elements and compute nothing. */

const concat: Operator = (node, inputs) => {
  const tensors = inputs.filter((input): input is Tensor => input !== undefined)
  const first = inputOf(node, inputs, 0)
  return [concatenated(node, tensors, axisOf(node, intOf(node, 'axis', 1), first.shape.length))]
}

export function concatenated(node: OnnxNode, tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors as [Tensor]
  const rank = first.shape.length
  const batches = new Set(tensors.flatMap((each) => (each.batch === null ? [] : [each.batch])))
  const [batch = null] = batches
  if (batches.size > 1 || batch === axis)
    unsupported(node, 'lays records end to end. A record must be scored by itself.')
  const fits = (each: Tensor): boolean =>
    each.shape.length === rank && each.shape.every((dim, i) => i === axis || dim === first.shape[i])
  if (!tensors.every(fits)) {
    invalid(node, `joins shapes that do not fit: ${tensors.map((t) => `[${t.shape.join(', ')}]`).join(', ')}.`)
  }
  const shape = first.shape.map((dim, i) =>
    i === axis ? tensors.reduce((all, t) => all + (t.shape[i] as number), 0) : dim,
  )
  if (sizeOf(shape) > limits.elements) invalid(node, `makes a tensor of more than ${limits.elements} elements.`)
  const outer = sizeOf(shape.slice(0, axis))
  const data: Element[] = []
  for (let o = 0; o < outer; o++) {
    for (const each of tensors) {
      const block = sizeOf(each.shape.slice(axis))
      for (let i = 0; i < block; i++) data.push(each.data[o * block + i] as Element)
    }
  }
  const types = new Set(tensors.map((each) => each.type))
  const type = (['string', 'double', 'float', 'int', 'bool'] as const).find((each) => types.has(each)) ?? first.type
  return tensor(type, shape, data, batch)
}

/** The same elements in another shape. The records' axis must still be one of its own. */
function reshaped(node: OnnxNode, x: Tensor, shape: readonly number[]): Tensor {
  if (sizeOf(shape) !== sizeOf(x.shape)) {
    invalid(
      node,
      `makes [${shape.join(', ')}] of one record's [${x.shape.join(', ')}]. Export the model with a dynamic batch dimension.`,
    )
  }
  let batch: number | null = null
  if (x.batch !== null && shape.length > 0) {
    const before = sizeOf(x.shape.slice(0, x.batch))
    batch = shape.findIndex((dim, i) => dim === 1 && sizeOf(shape.slice(0, i)) === before)
    if (batch < 0) unsupported(node, 'lays records end to end. A record must be scored by itself.')
  }
  return { ...x, shape, batch }
}

const reshape: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const wanted = intsFrom(node, inputs, 1, 'shape') ?? invalid(node, 'has no shape.')
  const known = wanted.map((dim, i) => (dim === 0 ? (x.shape[i] ?? 0) : dim))
  const rest = sizeOf(known.filter((dim) => dim !== -1))
  const shape = known.map((dim) => (dim === -1 ? Math.floor(sizeOf(x.shape) / Math.max(rest, 1)) : dim))
  if (shape.length > limits.rank || shape.some((dim) => !Number.isInteger(dim) || dim < 0)) {
    invalid(node, 'has a shape that no tensor has.')
  }
  return [reshaped(node, x, shape)]
}

const flatten: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const axis = intOf(node, 'axis', 1)
  const at = axis < 0 ? axis + x.shape.length : axis
  return [reshaped(node, x, [sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at))])]
}

const squeeze: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const axes = intsFrom(node, inputs, 1, 'axes')?.map((axis) => axisOf(node, axis, x.shape.length))
  // Without axes every dimension of size 1 goes, but not the records'.
  const goes = (dim: number, i: number): boolean => (axes ? axes.includes(i) : dim === 1 && i !== x.batch)
  if (x.shape.some((dim, i) => dim !== 1 && goes(dim, i))) invalid(node, 'removes a dimension that is not of size 1.')
  const kept = x.shape.flatMap((dim, i) => (goes(dim, i) ? [] : [[dim, i] as const]))
  const batch = x.batch === null ? null : kept.findIndex(([, i]) => i === x.batch)
  if (batch === -1 && sizeOf(x.shape) > 1) unsupported(node, 'removes the dimension that counts records.')
  return [{ ...x, shape: kept.map(([dim]) => dim), batch: batch === -1 ? null : batch }]
}

const unsqueeze: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const axes = intsFrom(node, inputs, 1, 'axes') ?? invalid(node, 'has no axes.')
  const rank = x.shape.length + axes.length
  const added = new Set(axes.map((axis) => axisOf(node, axis, rank)))
  if (rank > limits.rank || added.size !== axes.length) invalid(node, 'has axes that do not fit.')
  const shape: number[] = []
  let batch: number | null = null
  let from = 0
  for (let i = 0; i < rank; i++) {
    if (added.has(i)) shape.push(1)
    else {
      if (from === x.batch) batch = i
      shape.push(x.shape[from++] as number)
    }
  }
  return [{ ...x, shape, batch }]
}

const transpose: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const rank = x.shape.length
  const given = intsOf(node, 'perm')
  const perm = given.length > 0 ? given.map((axis) => axisOf(node, axis, rank)) : x.shape.map((_, i) => rank - 1 - i)
  if (perm.length !== rank || new Set(perm).size !== rank) invalid(node, 'has a permutation that is none.')
  const shape = perm.map((axis) => x.shape[axis] as number)
  const own = stridesOf(x.shape)
  const strides = stridesOf(shape)
  const indices = Int32Array.from({ length: sizeOf(shape) }, (_, i) =>
    perm.reduce(
      (at, axis, k) => at + (Math.floor(i / (strides[k] as number)) % (shape[k] as number)) * (own[axis] as number),
      0,
    ),
  )
  return [pick(x, shape, indices, x.batch === null ? null : perm.indexOf(x.batch))]
}

/** The places `at` along an axis. */
function taken(node: OnnxNode, x: Tensor, axis: number, at: readonly number[], dims: readonly number[]): Tensor {
  const length = x.shape[axis] as number
  const places = at.map((i) => (i < 0 ? i + length : i))
  if (places.some((i) => !Number.isInteger(i) || i < 0 || i >= length)) {
    invalid(node, `takes a place outside a dimension of size ${length}.`)
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
    return row[index < 0 ? index + row.length : index] ?? invalid(node, 'takes a place outside.')
  if (!row.every((x) => typeof x === 'number' || typeof x === 'string')) {
    return unsupported(node, 'picks a column by a value of the record. Write the choice out as separate columns.')
  }
  if (isOutcome(index)) return { ...index, labels: row.map(String) }
  if (!isColumn(index)) return unsupported(node, 'picks from a table by the result of a weighted sum.')
  if (row.every((x) => typeof x === 'number')) return entry(run, index, row)
  return run.columns.make('lookup', [index], {
    rows: row.map((x, i) => [i, x] as const),
    otherwise: null,
  })
}

const slice: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const starts = intsFrom(node, inputs, 1, 'starts') ?? invalid(node, 'has no starts.')
  const ends = intsFrom(node, inputs, 2, 'ends') ?? invalid(node, 'has no ends.')
  const axes = intsFrom(node, inputs, 3, 'axes') ?? starts.map((_, i) => i)
  const steps = intsFrom(node, inputs, 4, 'steps') ?? starts.map(() => 1)
  return [
    starts.reduce((whole, start, k) => {
      const axis = axisOf(node, axes[k] ?? Number.NaN, x.shape.length)
      const [step, end] = [steps[k] ?? 1, ends[k] ?? 0]
      const length = whole.shape[axis] as number
      if (step === 0 || !Number.isInteger(step)) invalid(node, 'has a step of 0.')
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
    if (!(count >= 0 && from + count <= length)) invalid(node, 'splits more than there is.')
    const at = Array.from({ length: count }, (_, i) => from + i)
    from += count
    return taken(node, x, axis, at, [count])
  })
}

const expand: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const wanted = intsFrom(node, inputs, 1, 'shape') ?? invalid(node, 'has no shape.')
  const rank = Math.max(x.shape.length, wanted.length)
  if (rank > limits.rank) invalid(node, 'has a shape that no tensor has.')
  const pad = (shape: readonly number[]) => [...new Array<number>(rank - shape.length).fill(1), ...shape]
  const from = pad(x.shape)
  const shape = pad(wanted).map((dim, i) => Math.max(dim, from[i] as number))
  if (
    !shape.every((dim, i) => Number.isInteger(dim) && (from[i] === 1 || from[i] === dim)) ||
    sizeOf(shape) > limits.elements
  ) {
    invalid(node, 'expands to a shape that does not fit.')
  }
  const batch = x.batch === null ? null : x.batch + rank - x.shape.length
  if (batch !== null && shape[batch] !== 1) unsupported(node, 'repeats records.')
  const [own, strides] = [stridesOf(from), stridesOf(shape)]
  const indices = Int32Array.from({ length: sizeOf(shape) }, (_, i) =>
    from.reduce(
      (at, dim, k) => at + (dim === 1 ? 0 : (Math.floor(i / (strides[k] as number)) % dim) * (own[k] as number)),
      0,
    ),
  )
  return [pick(x, shape, indices, batch)]
}

const constant: Operator = (node) => {
  const has = (name: string): boolean => node.attributes.has(name)
  if (has('value')) {
    const value = node.attributes.get('value')?.tensor ?? invalid(node, 'has no value.')
    return [constantTensor(value, `The value of ${nameOf(node)}`)]
  }
  const floats = has('value_float') ? [node.attributes.get('value_float')?.float ?? 0] : floatsOf(node, 'value_floats')
  const ints = has('value_int') ? [intOf(node, 'value_int', 0)] : intsOf(node, 'value_ints')
  const strings = has('value_string')
    ? [node.attributes.get('value_string')?.string ?? '']
    : stringsOf(node, 'value_strings')
  const shape = has('value_float') || has('value_int') || has('value_string') ? [] : undefined
  if (floats.length > 0) return [tensor('float', shape ?? [floats.length], floats, null)]
  if (ints.length > 0) return [tensor('int', shape ?? [ints.length], ints, null)]
  if (strings.length > 0) return [tensor('string', shape ?? [strings.length], strings, null)]
  return unsupported(node, 'has a value that is not read. Use a dense tensor.')
}

const constantOfShape: Operator = (node, inputs) => {
  const shape = [...numbersOf(node, inputOf(node, inputs, 0), 'shape')]
  if (shape.length > limits.rank || shape.some((dim) => !(dim >= 0)) || sizeOf(shape) > limits.elements) {
    invalid(node, 'has a shape that no tensor has.')
  }
  const value = node.attributes.get('value')?.tensor
  const of = value ? constantTensor(value, `The value of ${nameOf(node)}`) : undefined
  const fill = (of?.data[0] ?? 0) as Element
  return [tensor(of?.type ?? 'float', shape, new Array<Element>(sizeOf(shape)).fill(fill), null)]
}

const shapeOf: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const dims = x.shape.slice(intOf(node, 'start', 0), node.attributes.has('end') ? intOf(node, 'end', 0) : undefined)
  return [tensor('int', [dims.length], dims, null)]
}

/** Every input is a table; its first columns, as many as stated, side by side. */
const featureVectorizer: Operator = (node, inputs) => {
  const widths = intsOf(node, 'inputdimensions')
  const tables = inputs.map((_, i) => {
    const x = inputOf(node, inputs, i)
    const table = x.shape.length === 1 ? reshaped(node, x, [1, sizeOf(x.shape)]) : x
    const width = widths[i] ?? table.shape[1] ?? 1
    if (table.shape.length !== 2 || width > (table.shape[1] as number))
      invalid(node, 'takes more columns than there are.')
    return taken(
      node,
      table,
      1,
      Array.from({ length: width }, (_, k) => k),
      [width],
    )
  })
  if (tables.length === 0) invalid(node, 'has no input.')
  return [concatenated(node, tables, 1)]
}

const zipMap: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const strings = stringsOf(node, 'classlabels_strings')
  const names = strings.length > 0 ? strings : intsOf(node, 'classlabels_int64s').map(String)
  return [{ ...x, names }]
}

export const structureOperators: Operators = {
  Concat: concat,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Gather: gather,
  Slice: slice,
  Split: split,
  Expand: expand,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Shape: shapeOf,
}

export const structureOperatorsMl: Operators = {
  ArrayFeatureExtractor: arrayFeatureExtractor,
  FeatureVectorizer: featureVectorizer,
  ZipMap: zipMap,
}
