import { floatsOf, inputOf, intOf, intsOf, stringsOf } from '../attributes.ts'
import type { Element } from '../element.ts'
import { limits } from '../limits.ts'
import { invalid, nameOf, unsupported } from '../refuse.ts'
import type { Operator, Operators } from '../run.ts'
import { constantTensor, numbersOf, sizeOf, tensor } from '../tensor.ts'

/** Operators that make constants. */

const constant: Operator = (node) => {
  const has = (name: string): boolean => node.attributes.has(name)
  if (has('value')) {
    const value = node.attributes.get('value')?.tensor ?? invalid(node, 'lacks', { what: 'value' })
    return [constantTensor(value, { what: 'value', node: nameOf(node) })]
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
  return unsupported(node, 'valueUnread')
}

const constantOfShape: Operator = (node, inputs) => {
  const shape = [...numbersOf(node, inputOf(node, inputs, 0), 'shape')]
  if (shape.length > limits.rank || shape.some((dim) => !(dim >= 0)) || sizeOf(shape) > limits.elements) {
    invalid(node, 'noSuchShape')
  }
  const value = node.attributes.get('value')?.tensor
  const of = value ? constantTensor(value, { what: 'value', node: nameOf(node) }) : undefined
  const fill = (of?.data[0] ?? 0) as Element
  return [tensor(of?.type ?? 'float', shape, new Array<Element>(sizeOf(shape)).fill(fill), null)]
}

const shapeOf: Operator = (node, inputs) => {
  const x = inputOf(node, inputs, 0)
  const dims = x.shape.slice(intOf(node, 'start', 0), node.attributes.has('end') ? intOf(node, 'end', 0) : undefined)
  return [tensor('int', [dims.length], dims, null)]
}

export const constantOperators: Operators = { Constant: constant, ConstantOfShape: constantOfShape, Shape: shapeOf }
