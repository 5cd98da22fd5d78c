import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** Writes small ONNX files for tests: the same fields that the reader knows, from the other side. */

export interface NodeOptions {
  readonly domain?: string
  readonly name?: string
  readonly attributes?: Readonly<Record<string, Attribute>>
}
export type Attribute =
  | { readonly f: number }
  | { readonly i: number }
  | { readonly s: string }
  | { readonly floats: readonly number[] }
  | { readonly ints: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly t: Uint8Array }
  | { readonly g: Uint8Array }

export interface GraphOptions {
  readonly inputs: readonly (readonly [name: string, type: ElementName, shape: readonly number[]])[]
  readonly nodes: readonly Uint8Array[]
  readonly initializers?: readonly Uint8Array[]
  readonly outputs: readonly string[]
  readonly metadata?: Readonly<Record<string, string>>
  readonly opset?: number
}

const elements = { float: 1, int64: 7, string: 8, bool: 9, float16: 10, double: 11 } as const
export type ElementName = keyof typeof elements

const sub = (writer: BinaryWriter, field: number, bytes: Uint8Array): BinaryWriter =>
  writer.tag(field, WireType.LengthDelimited).bytes(bytes)
const text = (writer: BinaryWriter, field: number, value: string): BinaryWriter =>
  writer.tag(field, WireType.LengthDelimited).string(value)
const int = (writer: BinaryWriter, field: number, value: number): BinaryWriter =>
  writer.tag(field, WireType.Varint).int64(value)

function attribute(name: string, value: Attribute): Uint8Array {
  const writer = text(new BinaryWriter(), 1, name)
  if ('f' in value) writer.tag(2, WireType.Bit32).float(value.f)
  if ('i' in value) int(writer, 3, value.i)
  if ('s' in value) text(writer, 4, value.s)
  if ('t' in value) sub(writer, 5, value.t)
  if ('g' in value) sub(writer, 6, value.g)
  if ('floats' in value) for (const each of value.floats) writer.tag(7, WireType.Bit32).float(each)
  if ('ints' in value) for (const each of value.ints) int(writer, 8, each)
  if ('strings' in value) for (const each of value.strings) text(writer, 9, each)
  return writer.finish()
}

export function node(
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  options: NodeOptions = {},
): Uint8Array {
  const writer = new BinaryWriter()
  for (const each of inputs) text(writer, 1, each)
  for (const each of outputs) text(writer, 2, each)
  text(writer, 3, options.name ?? '')
  text(writer, 4, type)
  for (const [name, value] of Object.entries(options.attributes ?? {})) sub(writer, 5, attribute(name, value))
  text(writer, 7, options.domain ?? '')
  return writer.finish()
}

export const ml = (
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): Uint8Array => node(type, inputs, outputs, { domain: 'ai.onnx.ml', attributes })

export function tensor(
  name: string,
  type: ElementName,
  shape: readonly number[],
  values: readonly (number | string)[],
  external = false,
): Uint8Array {
  const writer = new BinaryWriter()
  for (const dim of shape) int(writer, 1, dim)
  int(writer, 2, elements[type])
  if (external) int(writer, 14, 1)
  else if (type === 'string') for (const each of values) text(writer, 6, String(each))
  else if (type === 'double') {
    const packed = new BinaryWriter()
    for (const each of values) packed.double(Number(each))
    sub(writer, 10, packed.finish())
  } else if (type === 'float') {
    const raw = new Uint8Array(values.length * 4)
    const view = new DataView(raw.buffer)
    values.forEach((each, i) => {
      view.setFloat32(i * 4, Number(each), true)
    })
    sub(writer, 9, raw)
  } else {
    const packed = new BinaryWriter()
    for (const each of values) packed.int64(Number(each))
    sub(writer, 7, packed.finish())
  }
  return text(writer, 8, name).finish()
}

function valueInfo(name: string, type: ElementName, shape: readonly number[]): Uint8Array {
  const dims = new BinaryWriter()
  for (const dim of shape) {
    const one = new BinaryWriter()
    sub(dims, 1, (dim < 0 ? text(one, 2, 'N') : int(one, 1, dim)).finish())
  }
  const tensorType = sub(int(new BinaryWriter(), 1, elements[type]), 2, dims.finish()).finish()
  return sub(text(new BinaryWriter(), 1, name), 2, sub(new BinaryWriter(), 1, tensorType).finish()).finish()
}

export function onnxFile(options: GraphOptions): Uint8Array {
  const graph = new BinaryWriter()
  for (const each of options.nodes) sub(graph, 1, each)
  text(graph, 2, 'test')
  for (const each of options.initializers ?? []) sub(graph, 5, each)
  for (const [name, type, shape] of options.inputs) sub(graph, 11, valueInfo(name, type, shape))
  for (const name of options.outputs) sub(graph, 12, valueInfo(name, 'float', [-1, 1]))
  const model = int(new BinaryWriter(), 1, 8)
  sub(model, 7, graph.finish())
  for (const [domain, version] of [
    ['', options.opset ?? 17],
    ['ai.onnx.ml', 3],
  ] as const) {
    sub(model, 8, int(text(new BinaryWriter(), 1, domain), 2, version).finish())
  }
  for (const [key, value] of Object.entries(options.metadata ?? {})) {
    sub(model, 14, text(text(new BinaryWriter(), 1, key), 2, value).finish())
  }
  return model.finish()
}
