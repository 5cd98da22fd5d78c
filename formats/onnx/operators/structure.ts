import { inputOf, intOf, intsFrom, intsOf, stringsOf } from '../attributes.ts'
import type { Element } from '../element.ts'
import { limits } from '../limits.ts'
import type { OnnxNode } from '../protobuf.ts'
import { invalid, unsupported } from '../refuse.ts'
import type { Operator, Operators } from '../run.ts'
import { axisOf, pick, sizeOf, stridesOf, type Tensor, tensor } from '../tensor.ts'
import { castElement } from './elementwise.ts'
import { taken } from './select.ts'

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
  if (batches.size > 1 || batch === axis) unsupported(node, 'acrossRecords', { how: 'lays' })
  const fits = (each: Tensor): boolean =>
    each.shape.length === rank && each.shape.every((dim, i) => i === axis || dim === first.shape[i])
  if (!tensors.every(fits)) {
    invalid(node, 'shapesDiffer', { how: 'joins', shapes: tensors.map((t) => t.shape) })
  }
  const shape = first.shape.map((dim, i) =>
    i === axis ? tensors.reduce((all, t) => all + (t.shape[i] as number), 0) : dim,
  )
  if (sizeOf(shape) > limits.elements) invalid(node, 'makesTooMuch', { what: 'tensorElements', most: limits.elements })
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
    invalid(node, 'reshapes', { shape, from: x.shape })
  }
  let batch: number | null = null
  if (x.batch !== null && shape.length > 0) {
    const before = sizeOf(x.shape.slice(0, x.batch))
    batch = shape.findIndex((dim, i) => dim === 1 && sizeOf(shape.slice(0, i)) === before)
    if (batch < 0) unsupported(node, 'acrossRecords', { how: 'lays' })
  }
  return { ...x, shape, batch }
}

const reshape: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const wanted = intsFrom(node, inputs, 1, 'shape') ?? invalid(node, 'lacks', { what: 'shape' })
  const known = wanted.map((dim, i) => (dim === 0 ? (x.shape[i] ?? 0) : dim))
  const rest = sizeOf(known.filter((dim) => dim !== -1))
  const shape = known.map((dim) => (dim === -1 ? Math.floor(sizeOf(x.shape) / Math.max(rest, 1)) : dim))
  if (shape.length > limits.rank || shape.some((dim) => !Number.isInteger(dim) || dim < 0)) {
    invalid(node, 'noSuchShape')
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
  if (x.shape.some((dim, i) => dim !== 1 && goes(dim, i))) invalid(node, 'removesDimension')
  const kept = x.shape.flatMap((dim, i) => (goes(dim, i) ? [] : [[dim, i] as const]))
  const batch = x.batch === null ? null : kept.findIndex(([, i]) => i === x.batch)
  if (batch === -1 && sizeOf(x.shape) > 1) unsupported(node, 'acrossRecords', { how: 'removes' })
  return [{ ...x, shape: kept.map(([dim]) => dim), batch: batch === -1 ? null : batch }]
}

const unsqueeze: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const axes = intsFrom(node, inputs, 1, 'axes') ?? invalid(node, 'lacks', { what: 'axes' })
  const rank = x.shape.length + axes.length
  const added = new Set(axes.map((axis) => axisOf(node, axis, rank)))
  if (rank > limits.rank || added.size !== axes.length) invalid(node, 'doesNotFit', { what: 'axes' })
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
  if (perm.length !== rank || new Set(perm).size !== rank) invalid(node, 'permutation')
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

const expand: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const wanted = intsFrom(node, inputs, 1, 'shape') ?? invalid(node, 'lacks', { what: 'shape' })
  const rank = Math.max(x.shape.length, wanted.length)
  if (rank > limits.rank) invalid(node, 'noSuchShape')
  const pad = (shape: readonly number[]) => [...new Array<number>(rank - shape.length).fill(1), ...shape]
  const from = pad(x.shape)
  const shape = pad(wanted).map((dim, i) => Math.max(dim, from[i] as number))
  if (
    !shape.every((dim, i) => Number.isInteger(dim) && (from[i] === 1 || from[i] === dim)) ||
    sizeOf(shape) > limits.elements
  ) {
    invalid(node, 'doesNotFit', { what: 'expansion' })
  }
  const batch = x.batch === null ? null : x.batch + rank - x.shape.length
  if (batch !== null && shape[batch] !== 1) unsupported(node, 'acrossRecords', { how: 'repeats' })
  const [own, strides] = [stridesOf(from), stridesOf(shape)]
  const indices = Int32Array.from({ length: sizeOf(shape) }, (_, i) =>
    from.reduce(
      (at, dim, k) => at + (dim === 1 ? 0 : (Math.floor(i / (strides[k] as number)) % dim) * (own[k] as number)),
      0,
    ),
  )
  return [pick(x, shape, indices, batch)]
}

/** Every input is a row, whatever the shape that its numbers lie in; its first ones, as many as stated, side by side, as singles. */
const featureVectorizer: Operator = (node, inputs, run) => {
  const widths = intsOf(node, 'inputdimensions')
  const tables = inputs.map((_, i) => {
    const x = inputOf(node, inputs, i)
    const data = Array.from(x.data as ArrayLike<Element>, (each) => castElement(node, run, each, x.type, 'float'))
    const row = reshaped(node, tensor('float', x.shape, data, x.batch), [1, sizeOf(x.shape)])
    const table = row.batch === null || row.batch === 0 ? row : { ...row, batch: 0 }
    const width = widths[i] ?? sizeOf(x.shape)
    if (width > sizeOf(x.shape)) invalid(node, 'takesTooMuch', { how: 'takesColumns' })
    return taken(
      node,
      table,
      1,
      Array.from({ length: width }, (_, k) => k),
      [width],
    )
  })
  if (tables.length === 0) invalid(node, 'lacks', { what: 'input' })
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
  Expand: expand,
}

export const structureOperatorsMl: Operators = {
  FeatureVectorizer: featureVectorizer,
  ZipMap: zipMap,
}
