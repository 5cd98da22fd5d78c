import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { BlindscoreError } from '../../core/errors.ts'
import { fail } from './faults.ts'
import { limits } from './limits.ts'

/**
 * The fields of onnx.proto that matter here, read from hostile bytes. Field numbers are those of onnx.proto (IR
 * versions 3 to 10). Unknown fields are skipped; sub-graphs are noted but never entered, so nesting has a fixed depth.
 */

export interface OnnxModel {
  readonly producer: string
  readonly version: string
  readonly doc: string
  /** Opset version by domain; '' is ai.onnx. */
  readonly opsets: ReadonlyMap<string, number>
  readonly metadata: ReadonlyMap<string, string>
  readonly graph: OnnxGraph
}

export interface OnnxGraph {
  readonly name: string
  readonly doc: string
  readonly nodes: readonly OnnxNode[]
  readonly initializers: readonly OnnxTensor[]
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
}

export interface OnnxNode {
  /** Its place in the file, from 0. */
  readonly index: number
  readonly name: string
  readonly type: string
  /** '' for ai.onnx. */
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, OnnxAttribute>
}

export interface OnnxAttribute {
  readonly float: number
  readonly int: number
  readonly string: string
  readonly tensor: OnnxTensor | undefined
  readonly floats: readonly number[]
  readonly ints: readonly number[]
  readonly strings: readonly string[]
  readonly hasGraph: boolean
}

export interface OnnxTensor {
  readonly name: string
  readonly type: number
  readonly dims: readonly number[]
  readonly numbers: readonly number[]
  readonly strings: readonly string[]
  readonly raw: Uint8Array | undefined
  readonly external: boolean
}

export interface OnnxValue {
  readonly name: string
  /** The element type of a tensor; 0 for sequences, maps and the like. */
  readonly type: number
  /** A dimension without a fixed value is -1. Undefined: no shape is declared. */
  readonly shape: readonly number[] | undefined
}

/** Throws `model/syntax` for bytes that are no ONNX model, `model/invalid` for one beyond the limits. */
export function parseOnnx(bytes: Uint8Array): OnnxModel {
  if (bytes.length > limits.bytes) fail('model/invalid', 'onnxTooLarge', { most: limits.bytes })
  try {
    return readModel(bytes)
  } catch (thrown) {
    if (thrown instanceof BlindscoreError) throw thrown
    // The encoding breaks off or contradicts itself.
    return fail('model/syntax', 'onnxDamaged')
  }
}

type Field = (reader: BinaryReader, wire: WireType) => void

/** Reads one message; fields without a reader are skipped. */
function message(bytes: Uint8Array, fields: Readonly<Record<number, Field>>): void {
  const reader = new BinaryReader(bytes)
  const known = new Map(Object.entries(fields).map(([number, field]) => [Number(number), field]))
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    const field = known.get(number)
    if (field) field(reader, wire)
    else reader.skip(wire, number)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function expect(wire: WireType, wanted: WireType): void {
  if (wire !== wanted) throw new RangeError('wire type')
}

function bytesOf(reader: BinaryReader, wire: WireType): Uint8Array {
  expect(wire, WireType.LengthDelimited)
  return reader.bytes()
}

function textOf(reader: BinaryReader, wire: WireType): string {
  return utf8.decode(bytesOf(reader, wire))
}

function intOf(reader: BinaryReader, wire: WireType): number {
  expect(wire, WireType.Varint)
  return Number(reader.int64())
}

function floatOf(reader: BinaryReader, wire: WireType): number {
  expect(wire, WireType.Bit32)
  return reader.float()
}

/** A repeated number, packed or not. */
function repeated(into: number[], wire: WireType, read: (reader: BinaryReader) => number): Field {
  return (reader, got) => {
    if (got === wire) into.push(read(reader))
    else {
      const packed = new BinaryReader(bytesOf(reader, got))
      while (packed.pos < packed.len) into.push(read(packed))
    }
    if (into.length > limits.elements) fail('model/invalid', 'listTooLong', { most: limits.elements })
  }
}

const asInt = (reader: BinaryReader): number => Number(reader.int64())

function readModel(bytes: Uint8Array): OnnxModel {
  const opsets = new Map<string, number>()
  const metadata = new Map<string, string>()
  let [producer, producerVersion, version, doc] = ['', '', '', '']
  let graph: OnnxGraph | undefined
  message(bytes, {
    2: (reader, wire) => (producer = textOf(reader, wire)),
    3: (reader, wire) => (producerVersion = textOf(reader, wire)),
    5: (reader, wire) => (version = String(intOf(reader, wire))),
    6: (reader, wire) => (doc = textOf(reader, wire)),
    7: (reader, wire) => (graph = readGraph(bytesOf(reader, wire))),
    8: (reader, wire) => {
      const [domain, opset] = readOpset(bytesOf(reader, wire))
      opsets.set(domain, opset)
    },
    14: (reader, wire) => {
      const [key, value] = readEntry(bytesOf(reader, wire))
      metadata.set(key, value)
      if (metadata.size > limits.metadata) fail('model/invalid', 'tooMuchMetadata')
    },
  })
  if (!graph || opsets.size === 0) fail('model/syntax', 'onnxWithoutGraph')
  return { producer: [producer, producerVersion].filter(Boolean).join(' '), version, doc, opsets, metadata, graph }
}

function readOpset(bytes: Uint8Array): [string, number] {
  let [domain, version] = ['', 0]
  message(bytes, {
    1: (reader, wire) => (domain = textOf(reader, wire)),
    2: (reader, wire) => (version = intOf(reader, wire)),
  })
  return [domain === 'ai.onnx' ? '' : domain, version]
}

function readEntry(bytes: Uint8Array): [string, string] {
  let [key, value] = ['', '']
  message(bytes, {
    1: (reader, wire) => (key = textOf(reader, wire)),
    2: (reader, wire) => (value = textOf(reader, wire)),
  })
  return [key, value]
}

function readGraph(bytes: Uint8Array): OnnxGraph {
  const nodes: OnnxNode[] = []
  const initializers: OnnxTensor[] = []
  const inputs: OnnxValue[] = []
  const outputs: OnnxValue[] = []
  let [name, doc] = ['', '']
  message(bytes, {
    1: (reader, wire) => {
      if (nodes.length >= limits.nodes) fail('model/unsupported', 'tooManyNodes', { most: limits.nodes })
      nodes.push(readNode(bytesOf(reader, wire), nodes.length))
    },
    2: (reader, wire) => (name = textOf(reader, wire)),
    5: (reader, wire) => initializers.push(readTensor(bytesOf(reader, wire))),
    10: (reader, wire) => (doc = textOf(reader, wire)),
    11: (reader, wire) => inputs.push(readValue(bytesOf(reader, wire))),
    12: (reader, wire) => outputs.push(readValue(bytesOf(reader, wire))),
    15: () => fail('model/unsupported', 'sparseInitializer'),
  })
  return { name, doc, nodes, initializers, inputs, outputs }
}

function readNode(bytes: Uint8Array, index: number): OnnxNode {
  const inputs: string[] = []
  const outputs: string[] = []
  const attributes = new Map<string, OnnxAttribute>()
  let [name, type, domain] = ['', '', '']
  message(bytes, {
    1: (reader, wire) => inputs.push(textOf(reader, wire)),
    2: (reader, wire) => outputs.push(textOf(reader, wire)),
    3: (reader, wire) => (name = textOf(reader, wire)),
    4: (reader, wire) => (type = textOf(reader, wire)),
    5: (reader, wire) => {
      const [key, attribute] = readAttribute(bytesOf(reader, wire))
      attributes.set(key, attribute)
    },
    7: (reader, wire) => (domain = textOf(reader, wire)),
  })
  return { index, name, type, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes }
}

function readAttribute(bytes: Uint8Array): [string, OnnxAttribute] {
  const floats: number[] = []
  const ints: number[] = []
  const strings: string[] = []
  let [name, string] = ['', '']
  let [float, int] = [0, 0]
  let tensor: OnnxTensor | undefined
  let hasGraph = false
  const noteGraph: Field = (reader, wire) => {
    reader.skip(wire)
    hasGraph = true
  }
  message(bytes, {
    1: (reader, wire) => (name = textOf(reader, wire)),
    2: (reader, wire) => (float = floatOf(reader, wire)),
    3: (reader, wire) => (int = intOf(reader, wire)),
    4: (reader, wire) => (string = textOf(reader, wire)),
    5: (reader, wire) => (tensor = readTensor(bytesOf(reader, wire))),
    6: noteGraph,
    7: repeated(floats, WireType.Bit32, (reader) => reader.float()),
    8: repeated(ints, WireType.Varint, asInt),
    9: (reader, wire) => strings.push(textOf(reader, wire)),
    11: noteGraph,
  })
  return [name, { float, int, string, tensor, floats, ints, strings, hasGraph }]
}

function readTensor(bytes: Uint8Array): OnnxTensor {
  const dims: number[] = []
  const numbers: number[] = []
  const strings: string[] = []
  let [name, type] = ['', 0]
  let raw: Uint8Array | undefined
  let external = false
  message(bytes, {
    1: repeated(dims, WireType.Varint, asInt),
    2: (reader, wire) => (type = intOf(reader, wire)),
    4: repeated(numbers, WireType.Bit32, (reader) => reader.float()),
    5: repeated(numbers, WireType.Varint, asInt),
    6: (reader, wire) => strings.push(textOf(reader, wire)),
    7: repeated(numbers, WireType.Varint, asInt),
    8: (reader, wire) => (name = textOf(reader, wire)),
    9: (reader, wire) => (raw = bytesOf(reader, wire)),
    10: repeated(numbers, WireType.Bit64, (reader) => reader.double()),
    11: repeated(numbers, WireType.Varint, (reader) => Number(reader.uint64())),
    13: (reader, wire) => {
      reader.skip(wire)
      external = true
    },
    14: (reader, wire) => {
      if (intOf(reader, wire) === 1) external = true
    },
  })
  return { name, type, dims, numbers, strings, raw, external }
}

function readValue(bytes: Uint8Array): OnnxValue {
  let name = ''
  let type = 0
  let shape: readonly number[] | undefined
  message(bytes, {
    1: (reader, wire) => (name = textOf(reader, wire)),
    2: (reader, wire) =>
      message(bytesOf(reader, wire), {
        // TypeProto.tensor_type
        1: (inner, innerWire) =>
          message(bytesOf(inner, innerWire), {
            1: (tensor, tensorWire) => (type = intOf(tensor, tensorWire)),
            2: (tensor, tensorWire) => (shape = readShape(bytesOf(tensor, tensorWire))),
          }),
      }),
  })
  return { name, type, shape }
}

function readShape(bytes: Uint8Array): number[] {
  const shape: number[] = []
  message(bytes, {
    1: (reader, wire) => {
      let value = -1
      message(bytesOf(reader, wire), { 1: (dimension, dimensionWire) => (value = intOf(dimension, dimensionWire)) })
      shape.push(value)
    },
  })
  return shape
}
