import type { Element } from './element.ts'
import { type ElementType, elementType } from './elementType.ts'
import { fail, type TensorOwner } from './faults.ts'
import { limits } from './limits.ts'
import type { OnnxNode, OnnxTensor } from './protobuf.ts'
import { invalid, unsupported } from './refuse.ts'

/**
 * A tensor while the graph is read for one record: the batch dimension is 1, and its place is kept, so that a step that
 * would mix records is seen. Elements are numbers, texts, public columns, linear forms or what came of those after the
 * head. Truth is 1 and 0.
 */
export interface Tensor {
  readonly type: ElementType
  readonly shape: readonly number[]
  readonly data: readonly Element[] | Float64Array
  /** The axis that counts records; null for a constant, or a single record without one. */
  readonly batch: number | null
  /** The names that a ZipMap gave the columns. */
  readonly names?: readonly string[]
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1)
}

export function isConstant(tensor: Tensor): boolean {
  return tensor.data instanceof Float64Array || tensor.data.every((x) => typeof x === 'number' || typeof x === 'string')
}

/** The numbers of a constant tensor. Refuses, for `node`, one that depends on the record. */
export function numbersOf(node: OnnxNode, tensor: Tensor, what: string): Float64Array {
  if (tensor.data instanceof Float64Array) return tensor.data
  if (tensor.data.every((x) => typeof x === 'number')) return Float64Array.from(tensor.data as readonly number[])
  return unsupported(node, 'notConstant', { what })
}

/** A tensor of elements; one of numbers only becomes a Float64Array, so that constants stay small. */
export function tensor(
  type: ElementType,
  shape: readonly number[],
  data: readonly Element[] | Float64Array,
  batch: number | null,
): Tensor {
  if (data instanceof Float64Array || !data.every((x) => typeof x === 'number')) return { type, shape, data, batch }
  return { type, shape, data: Float64Array.from(data as readonly number[]), batch: null }
}

/** The elements at `indices`, in a new shape. */
export function pick(from: Tensor, shape: readonly number[], indices: ArrayLike<number>, batch: number | null): Tensor {
  const { data } = from
  if (data instanceof Float64Array) {
    return { ...from, shape, data: Float64Array.from(indices, (i) => data[i] as number), batch: null }
  }
  return { type: from.type, shape, data: Array.from(indices, (i) => data[i] as Element), batch }
}

/** Row-major strides. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride
    stride *= shape[i] as number
  }
  return strides
}

/** An axis as the operator gives it, counted from the front. */
export function axisOf(node: OnnxNode, axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis
  if (!Number.isInteger(at) || at < 0 || at >= rank) invalid(node, 'axisOutside', { axis, rank })
  return at
}

/** Refuses a step that runs along the records. */
export function keepRecordsApart(node: OnnxNode, tensor: Tensor, axis: number): void {
  if (tensor.batch === axis) unsupported(node, 'acrossRecords', { how: 'works' })
}

/** The shape that shapes broadcast to, and for each tensor the index of its element at every place. */
export function broadcast(
  node: OnnxNode,
  tensors: readonly Tensor[],
): { shape: number[]; indices: Int32Array[]; batch: number | null } {
  const rank = Math.max(0, ...tensors.map((t) => t.shape.length))
  const shape = new Array<number>(rank).fill(1)
  for (const t of tensors) {
    t.shape.forEach((dim, i) => {
      const at = rank - t.shape.length + i
      const have = shape[at] as number
      if (dim !== 1 && have !== 1 && dim !== have) {
        invalid(node, 'shapesDiffer', { how: 'combines', shapes: tensors.map((each) => each.shape) })
      }
      if (dim !== 1) shape[at] = dim
    })
  }
  const size = sizeOf(shape)
  const most = tensors.every(isConstant) ? limits.elements : limits.columns
  if (!(size <= most)) unsupported(node, 'makesTooMuch', { what: 'elements', most })
  const strides = stridesOf(shape)
  const indices = tensors.map((t) => {
    const own = stridesOf(t.shape)
    const index = new Int32Array(size)
    const offset = rank - t.shape.length
    for (let i = 0; i < size; i++) {
      let at = 0
      for (let axis = 0; axis < t.shape.length; axis++) {
        if (t.shape[axis] === 1) continue
        const stride = strides[axis + offset] as number
        at += (Math.floor(i / stride) % (shape[axis + offset] as number)) * (own[axis] as number)
      }
      index[i] = at
    }
    return index
  })
  const batches = new Set(tensors.flatMap((t) => (t.batch === null ? [] : [t.batch + rank - t.shape.length])))
  const [batch = null] = batches
  if (batches.size > 1 || (batch !== null && shape[batch] !== 1)) {
    unsupported(node, 'acrossRecords', { how: 'combines' })
  }
  return { shape, indices, batch }
}

/** A constant of the file. `whose` it is goes into errors. */
export function constantTensor(from: OnnxTensor, whose: TensorOwner): Tensor {
  if (from.external) {
    fail('model/unsupported', 'tensorElsewhere', { whose })
  }
  const type = elementType(from.type, whose)
  const shape = from.dims
  if (shape.length > limits.rank || shape.some((dim) => !Number.isInteger(dim) || dim < 0)) {
    fail('model/invalid', 'tensorShape', { whose })
  }
  const size = sizeOf(shape)
  if (size > limits.elements) fail('model/invalid', 'tensorTooLarge', { whose, most: limits.elements })
  const data = type === 'string' ? from.strings : from.raw ? rawNumbers(from.type, from.raw) : from.numbers
  if (data?.length !== size) fail('model/invalid', 'tensorCount', { whose })
  if (type === 'string') return { type, shape, data: from.strings, batch: null }
  return { type, shape, data: Float64Array.from(data as ArrayLike<number>), batch: null }
}

/** Little-endian numbers of TensorProto.raw_data; undefined when the bytes do not divide. */
function rawNumbers(type: number, raw: Uint8Array): Float64Array | undefined {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  const read: Record<number, [number, (at: number) => number]> = {
    1: [4, (at) => view.getFloat32(at, true)],
    2: [1, (at) => view.getUint8(at)],
    3: [1, (at) => view.getInt8(at)],
    4: [2, (at) => view.getUint16(at, true)],
    5: [2, (at) => view.getInt16(at, true)],
    6: [4, (at) => view.getInt32(at, true)],
    7: [8, (at) => Number(view.getBigInt64(at, true))],
    9: [1, (at) => view.getUint8(at)],
    11: [8, (at) => view.getFloat64(at, true)],
    12: [4, (at) => view.getUint32(at, true)],
    13: [8, (at) => Number(view.getBigUint64(at, true))],
  }
  const [width, get] = read[type] ?? [0, () => 0]
  if (width === 0 || raw.length % width !== 0) return undefined
  return Float64Array.from({ length: raw.length / width }, (_, i) => get(i * width))
}
