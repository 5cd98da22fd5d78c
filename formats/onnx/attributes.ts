import type { OnnxNode } from './protobuf.ts'
import { invalid } from './refuse.ts'
import { numbersOf, type Tensor } from './tensor.ts'

/** A node's attributes and inputs by name, with the standard's defaults. */

export function intOf(node: OnnxNode, name: string, otherwise: number): number {
  return node.attributes.get(name)?.int ?? otherwise
}

export function floatOf(node: OnnxNode, name: string, otherwise: number): number {
  return node.attributes.get(name)?.float ?? otherwise
}

export function stringOf(node: OnnxNode, name: string, otherwise: string): string {
  return node.attributes.get(name)?.string ?? otherwise
}

export function floatsOf(node: OnnxNode, name: string): readonly number[] {
  return node.attributes.get(name)?.floats ?? []
}

export function intsOf(node: OnnxNode, name: string): readonly number[] {
  return node.attributes.get(name)?.ints ?? []
}

export function stringsOf(node: OnnxNode, name: string): readonly string[] {
  return node.attributes.get(name)?.strings ?? []
}

/** An input that must be there. */
export function inputOf(node: OnnxNode, inputs: readonly (Tensor | undefined)[], i: number): Tensor {
  return inputs[i] ?? invalid(node, 'inputMissing', { input: i })
}

/** What newer opsets give as an input and older ones as an attribute. */
export function intsFrom(
  node: OnnxNode,
  inputs: readonly (Tensor | undefined)[],
  i: number,
  attribute: string,
): readonly number[] | undefined {
  const input = inputs[i]
  if (input) return [...numbersOf(node, input, attribute)]
  return node.attributes.get(attribute)?.ints
}
