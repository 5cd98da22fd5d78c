import type { ImportedModel } from '../extended.ts'
import { NoteList } from '../noteList.ts'
import { Columns } from './columns.ts'
import { isLinear } from './element.ts'
import { emit } from './emit.ts'
import { fail } from './faults.ts'
import { type Output, readHeads } from './heads.ts'
import { readInputs } from './inputs.ts'
import { limits } from './limits.ts'
import { constantOperators } from './operators/constants.ts'
import { elementwiseOperators } from './operators/elementwise.ts'
import { encoderOperators, encoderOperatorsMl } from './operators/encoders.ts'
import { headOperators, headOperatorsMl } from './operators/heads.ts'
import { reduceOperators, reduceOperatorsMl } from './operators/reduce.ts'
import { selectOperators, selectOperatorsMl } from './operators/select.ts'
import { structureOperators, structureOperatorsMl } from './operators/structure.ts'
import { supportVectorOperatorsMl } from './operators/supportVectors.ts'
import { type OnnxModel, type OnnxNode, parseOnnx } from './protobuf.ts'
import { advice, invalid, unsupported } from './refuse.ts'
import type { Operator, Run } from './run.ts'
import { constantTensor, type Tensor } from './tensor.ts'

const operators: ReadonlyMap<string, Operator> = new Map([
  ...Object.entries({
    ...elementwiseOperators,
    ...structureOperators,
    ...selectOperators,
    ...constantOperators,
    ...reduceOperators,
    ...headOperators,
    ...encoderOperators,
  }),
  ...Object.entries({
    ...structureOperatorsMl,
    ...selectOperatorsMl,
    ...supportVectorOperatorsMl,
    ...reduceOperatorsMl,
    ...headOperatorsMl,
    ...encoderOperatorsMl,
  }).map(([type, operator]) => [`ai.onnx.ml.${type}`, operator] as const),
])

/** Before it, shapes were matched by attributes that no exporter writes any more. */
const oldest = 7

/**
 * Reads an ONNX model: the graph is followed for one record, symbolically, up to its outputs. `hints.columns` names the
 * columns of a wide input. Throws `model/syntax` for bytes that are no ONNX, `model/invalid` for a model that
 * contradicts itself, `model/unsupported`, naming the node, for one that cannot be scored blind or is not read.
 */
export function readOnnx(bytes: Uint8Array, hints: { readonly columns?: readonly string[] } = {}): ImportedModel {
  const model = parseOnnx(bytes)
  const opset = model.opsets.get('')
  if (opset !== undefined && opset < oldest) {
    fail('model/unsupported', 'opsetTooOld', { opset, oldest })
  }
  const run: Run = { columns: new Columns(), opsets: model.opsets, categories: new Map(), notes: new NoteList() }
  run.columns.origin = 'float32'
  const inputs = readInputs(model, run.columns, hints.columns)
  const outputs = follow(model, run, inputs.tensors)
  const heads = readHeads(run, outputs)
  const parts = emit(run, inputs.columns, heads, rangesOf(model))
  const used = new Set(parts.features.map(({ name }) => name))
  const unused = inputs.columns.filter(({ name }) => !used.has(name)).map(({ name }) => name)
  if (unused.length > 0) inputs.notes.add('inputsLeftOut', { inputs: unused.slice(0, 20) })
  if (inputs.columns.some(({ type }) => type === 'float'))
    run.notes.add('singlePrecision', { bound: precisionOf(heads.forms.map(({ terms }) => terms.size)) })
  return {
    model: { format: 'blindscore-model/1', ...identity(model), ...parts },
    notes: [...inputs.notes.all, ...run.notes.all],
  }
}

/** The nodes in the order of their use, as they stand where they are so. A name that nothing makes holds nothing up. */
function inOrder(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
  makers.delete('')
  const sorted = new Set<OnnxNode>()
  const open = new Set<OnnxNode>()
  for (const start of nodes) {
    const path = [start]
    while (path.length > 0) {
      const node = path.at(-1) as OnnxNode
      const before = node.inputs
        .map((name) => makers.get(name))
        .find((maker) => maker && !sorted.has(maker) && maker !== node)
      if (before === undefined) sorted.add(path.pop() as OnnxNode)
      else if (open.has(before)) invalid(before, 'usesItself')
      else path.push(before)
      open.add(node)
    }
  }
  return [...sorted]
}

/** Follows the nodes and gives the graph's outputs. */
function follow(model: OnnxModel, run: Run, inputs: ReadonlyMap<string, Tensor>): Output[] {
  const values = new Map<string, Tensor>(inputs)
  const makers = new Map<string, OnnxNode>()
  for (const initializer of model.graph.initializers) {
    values.set(
      initializer.name,
      constantTensor(initializer, { what: 'initializer', name: initializer.name.slice(0, 100) }),
    )
  }
  let terms = 0
  for (const node of inOrder(model.graph.nodes)) {
    const args = node.inputs.map((name) => {
      if (name === '') return undefined
      return values.get(name) ?? invalid(node, 'madeByNothing', { name: name.slice(0, 100) })
    })
    run.columns.origin = node.type
    const results = operatorOf(node)(node, args, run)
    node.outputs.forEach((name, i) => {
      const result = results[i]
      if (name === '' || !result) return
      if (result.data.length > limits.columns && !(result.data instanceof Float64Array)) {
        unsupported(node, 'makesTooMuch', { what: 'columns', most: limits.columns })
      }
      terms += termsOf(result)
      if (terms > limits.terms) unsupported(node, 'makesTooMuch', { what: 'weightsInAll', most: limits.terms })
      if (values.has(name)) invalid(node, 'madeTwice', { name: name.slice(0, 100) })
      values.set(name, result)
      makers.set(name, node)
    })
  }
  return model.graph.outputs.map(({ name }) => {
    const value = values.get(name)
    const node = makers.get(name)
    if (!value) fail('model/invalid', 'outputMissing', { name: name.slice(0, 100) })
    return { name, value, node: node ?? passed }
  })
}

function termsOf(tensor: Tensor): number {
  if (tensor.data instanceof Float64Array) return 0
  return tensor.data.reduce<number>((sum, x) => sum + (isLinear(x) ? x.terms.size : 0), 0)
}

/** Stands for the node of an output that is an input as it came. */
const passed: OnnxNode = {
  index: -1,
  name: '',
  type: 'input',
  domain: '',
  inputs: [],
  outputs: [],
  attributes: new Map(),
}

function operatorOf(node: OnnxNode): Operator {
  const operator = operators.get(node.domain ? `${node.domain}.${node.type}` : node.type)
  if (operator) return operator
  if ([...node.attributes.values()].some(({ hasGraph }) => hasGraph)) {
    unsupported(node, 'operatorUnread', { advice: 'controlFlow' })
  }
  const isStandard = node.domain === '' || node.domain === 'ai.onnx.ml'
  return unsupported(node, 'operatorUnread', { advice: advice.get(node.type) ?? (isStandard ? 'steps' : 'privateSet') })
}

function identity(model: OnnxModel) {
  const { graph, metadata } = model
  const title = (metadata.get('title') || graph.name || 'ONNX model').slice(0, 200)
  const id = (metadata.get('id') || title)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 100)
  const description = model.doc || graph.doc || metadata.get('description')
  return {
    id: id || 'onnx-model',
    version: metadata.get('version')?.slice(0, 200) || (model.version && model.version !== '0' ? model.version : '1'),
    title,
    description: (
      description || `A model from an ONNX file${model.producer ? ` written by ${model.producer}` : ''}.`
    ).slice(0, 4000),
  }
}

/** The metadata `feature_ranges`: a JSON object, from a column's name to its least and largest value. */
function rangesOf(model: OnnxModel): ReadonlyMap<string, readonly [number, number]> {
  const text = model.metadata.get('feature_ranges')
  if (text === undefined) return new Map()
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, unknown>)
    return new Map(
      entries.map(([name, range]) => {
        const [least, largest] = range as [unknown, unknown]
        if (!Number.isFinite(least) || !Number.isFinite(largest) || (least as number) > (largest as number)) {
          throw new RangeError('range')
        }
        return [name, [least as number, largest as number]]
      }),
    )
  } catch {
    return fail('model/invalid', 'metadataUnread', { what: 'featureRanges' })
  }
}

/**
 * How far ONNX itself may be from what is scored here. A dot product of n singles with rounding after every step is off
 * by at most γ_{n+1}·(|b| + Σ|w·x|), γ_k = k·u/(1 − k·u), u = 2^-24 (Higham, Accuracy and Stability of Numerical
 * Algorithms, section 3.1); here the sum is exact for the same singles.
 */
function precisionOf(sizes: readonly number[]): number {
  const most = Math.max(...sizes) + 1
  return (most * 2 ** -24) / (1 - most * 2 ** -24)
}
