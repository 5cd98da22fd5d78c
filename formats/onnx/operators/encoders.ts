import { apply } from '../arithmetic.ts'
import { floatOf, floatsOf, inputOf, intOf, intsOf, stringOf, stringsOf } from '../attributes.ts'
import { indicators } from '../category.ts'

import { type Element, isColumn, isLinear, isOutcome } from '../element.ts'
import { type ElementType, elementType } from '../elementType.ts'
import type { NodeFaults } from '../faults.ts'
import type { OnnxNode } from '../protobuf.ts'
import { invalid, nameOf, unsupported } from '../refuse.ts'
import type { Operator, Operators } from '../run.ts'
import { axisOf, constantTensor, numbersOf, type Tensor, tensor } from '../tensor.ts'
import { castElement } from './elementwise.ts'

/** Operators of ai.onnx.ml that prepare columns, and ai.onnx's OneHot. */

function lastOf(x: Tensor): number {
  return x.shape.at(-1) ?? 1
}

/** One value per column, or one for all. */
function perColumn(
  node: OnnxNode,
  values: readonly number[],
  x: Tensor,
  what: NodeFaults['perColumn']['what'],
): (i: number) => number {
  const width = lastOf(x)
  if (values.length !== width && values.length !== 1) {
    invalid(node, 'perColumn', { what, given: values.length, columns: width })
  }
  return (i) => values[values.length === 1 ? 0 : i % width] as number
}

function map(x: Tensor, type: ElementType, f: (element: Element, i: number) => Element): Tensor {
  return tensor(type, x.shape, Array.from(x.data as ArrayLike<Element>, f), x.batch)
}

/** (x − offset)·scale. */
const scaler: Operator = (node, inputs, run) => {
  const x = inputOf(node, inputs, 0)
  const [offsets, scales] = [floatsOf(node, 'offset'), floatsOf(node, 'scale')]
  const offset = perColumn(node, offsets.length > 0 ? offsets : [0], x, 'offsets')
  const scale = perColumn(node, scales.length > 0 ? scales : [1], x, 'scales')
  return [
    map(x, 'float', (element, i) => {
      const single = castElement(node, run, element, x.type, 'float')
      const centred = apply(node, run, 'subtract', [single, offset(i)], 'float')
      return apply(node, run, 'multiply', [centred, scale(i)], 'float')
    }),
  ]
}

const imputer: Operator = (node, inputs, run) => {
  const x = inputOf(node, inputs, 0)
  const floats = floatsOf(node, 'imputed_value_floats')
  const ints = intsOf(node, 'imputed_value_int64s')
  const values = floats.length > 0 ? floats : ints
  if (values.length === 0) unsupported(node, 'lacks', { what: 'imputedValues' })
  const replaced = floats.length > 0 ? floatOf(node, 'replaced_value_float', 0) : intOf(node, 'replaced_value_int64', 0)
  const value = perColumn(node, values, x, 'imputedValues')
  return [
    map(x, x.type, (element, i) => {
      const imputed = value(i)
      if (typeof element === 'number') {
        return Number.isNaN(replaced)
          ? Number.isNaN(element)
            ? imputed
            : element
          : element === replaced
            ? imputed
            : element
      }
      if (!isColumn(element)) unsupported(node, 'operandUnread', { how: 'fills' })
      if (Number.isNaN(imputed)) return element
      if (Number.isNaN(replaced)) return run.columns.make('coalesce', [element, imputed])
      return apply(node, run, 'if', [apply(node, run, 'equal', [element, replaced], x.type), imputed, element], x.type)
    }),
  ]
}

const binarizer: Operator = (node, inputs, run) => {
  const x = inputOf(node, inputs, 0)
  const threshold = floatOf(node, 'threshold', 0)
  return [map(x, x.type, (element) => apply(node, run, 'greater', [element, threshold], x.type))]
}

const oneHotEncoder: Operator = (node, inputs, run) => {
  const x = inputOf(node, inputs, 0)
  const strings = stringsOf(node, 'cats_strings')
  const ints = intsOf(node, 'cats_int64s')
  const isText = x.type === 'string'
  if (isText ? strings.length === 0 : ints.length === 0) {
    invalid(node, 'categoriesOfType', { attribute: isText ? 'cats_strings' : 'cats_int64s' })
  }
  if (x.type === 'float' || x.type === 'double') {
    run.notes.add('floatCategories', { node: nameOf(node) })
  }
  const levels = isText ? strings : ints.map(String)
  if (!isText && !ints.every(Number.isSafeInteger)) unsupported(node, 'categoriesTooLarge')
  if (new Set(levels).size !== levels.length) invalid(node, 'categoryRepeated')
  const unknown = intOf(node, 'zeros', 1) === 0 ? 'refuse' : 'reference'
  const data = Array.from(x.data as ArrayLike<Element>).flatMap((element): readonly Element[] => {
    if (typeof element === 'number' || typeof element === 'string') {
      return levels.map((level) => (String(element) === level ? 1 : 0))
    }
    if (!isColumn(element)) return unsupported(node, 'operandUnread', { how: 'encodes' })
    return indicators(run, element, levels, unknown)
  })
  return [tensor('float', [...x.shape, levels.length], data, x.batch)]
}

interface Mapping {
  readonly keys: readonly (string | number)[]
  readonly values: readonly (string | number)[]
  readonly otherwise: string | number
  readonly type: ElementType
}

/** The keys and values of LabelEncoder in all the forms that ai.onnx.ml 1 to 4 give them. */
function mappingOf(node: OnnxNode): Mapping {
  const of = (what: 'keys' | 'values'): readonly (string | number)[] | undefined => {
    const given = node.attributes.get(`${what}_tensor`)?.tensor
    if (given) return [...constantTensor(given, { what, node: nameOf(node) }).data] as (string | number)[]
    const lists = [stringsOf(node, `${what}_strings`), intsOf(node, `${what}_int64s`), floatsOf(node, `${what}_floats`)]
    return lists.find((list) => list.length > 0)
  }
  const classes = stringsOf(node, 'classes_strings')
  if (classes.length > 0) {
    // Version 1: texts to their places; the other way round it is called for with an integer input.
    return { keys: classes, values: classes.map((_, i) => i), otherwise: intOf(node, 'default_int64', -1), type: 'int' }
  }
  const [keys, values] = [of('keys'), of('values')]
  if (!keys || !values || keys.length !== values.length)
    return invalid(node, 'lengthsDiffer', { what: 'keysAndValues' })
  const stated = node.attributes.get('default_tensor')?.tensor
  const tensorDefault = stated ? constantTensor(stated, { what: 'default', node: nameOf(node) }) : undefined
  const valueTensor = node.attributes.get('values_tensor')?.tensor
  if (typeof values[0] === 'string') {
    const otherwise = (tensorDefault?.data[0] as string | undefined) ?? stringOf(node, 'default_string', '_Unused')
    return { keys, values, otherwise, type: 'string' }
  }
  const type = valueTensor
    ? elementType(valueTensor.type, { what: 'values', node: nameOf(node) })
    : intsOf(node, 'values_int64s').length > 0
      ? 'int'
      : 'float'
  const fallback = type === 'int' ? intOf(node, 'default_int64', -1) : floatOf(node, 'default_float', -0)
  const otherwise = (tensorDefault?.data[0] as number | undefined) ?? fallback
  return { keys, values, otherwise, type }
}

const labelEncoder: Operator = (node, inputs, run) => {
  const x = inputOf(node, inputs, 0)
  let mapping = mappingOf(node)
  if (x.type !== 'string' && stringsOf(node, 'classes_strings').length > 0) {
    mapping = {
      keys: mapping.values,
      values: mapping.keys,
      otherwise: stringOf(node, 'default_string', '_Unused'),
      type: 'string',
    }
  }
  const { keys, values, otherwise, type } = mapping
  const table = new Map<string | number, string | number>()
  keys.forEach((key, i) => {
    if (!table.has(key)) table.set(key, values[i] as string | number)
  })
  const missing = table.get(Number.NaN)
  const rows = [...table].filter(([key]) => !Number.isNaN(key))
  const look = (element: Element): Element => {
    if (typeof element === 'number' || typeof element === 'string') return table.get(element) ?? otherwise
    if (isOutcome(element)) return { ...element, labels: labelled(element.labels, table, otherwise) }
    if (isLinear(element)) return unsupported(node, 'operandUnread', { how: 'encodesSum' })
    const found = run.columns.make('lookup', [element], { rows, otherwise: finite(otherwise) })
    return missing === undefined ? found : run.columns.make('coalesce', [found, missing])
  }
  return [map(x, type, look)]
}

/** A default that is not finite makes the cell's record refused. */
function finite(value: string | number): string | number | null {
  return typeof value === 'string' || Number.isFinite(value) ? value : null
}

/** A classifier's labels renamed. */
function labelled(
  labels: readonly string[] | undefined,
  table: ReadonlyMap<string | number, string | number>,
  otherwise: string | number,
): readonly string[] {
  const keys: readonly (string | number)[] =
    labels ?? [...table.keys()].filter((key) => typeof key === 'number').sort((a, b) => (a as number) - (b as number))
  return keys.map((key) => String(table.get(key) ?? table.get(Number(key)) ?? otherwise))
}

const categoryMapper: Operator = (node, inputs, run) => {
  const x = inputOf(node, inputs, 0)
  const [texts, numbers] = [stringsOf(node, 'cats_strings'), intsOf(node, 'cats_int64s')]
  if (texts.length !== numbers.length) invalid(node, 'lengthsDiffer', { what: 'categories' })
  const toNumbers = x.type === 'string'
  const rows = texts.map((text, i): (string | number)[] =>
    toNumbers ? [text, numbers[i] as number] : [numbers[i] as number, text],
  )
  const otherwise = toNumbers ? intOf(node, 'default_int64', -1) : stringOf(node, 'default_string', '_Unused')
  const look = (element: Element): Element => {
    if (typeof element === 'object' && !isColumn(element)) return unsupported(node, 'operandUnread', { how: 'encodes' })
    if (!isColumn(element)) return rows.find(([key]) => key === element)?.[1] ?? otherwise
    return run.columns.make('lookup', [element], { rows, otherwise })
  }
  return [map(x, toNumbers ? 'int' : 'string', look)]
}

/** ai.onnx's OneHot: every whole number's place in a row of `depth`, with stated values for off and on. */
const oneHot: Operator = (node, inputs, run) => {
  const x = inputOf(node, inputs, 0)
  const depth = numbersOf(node, inputOf(node, inputs, 1), 'depth')[0] ?? 0
  const [off, on] = numbersOf(node, inputOf(node, inputs, 2), 'values') as unknown as [number, number]
  if (!(depth >= 1 && depth <= 20_000)) invalid(node, 'lacks', { what: 'depth' })
  if (axisOf(node, intOf(node, 'axis', -1), x.shape.length + 1) !== x.shape.length)
    unsupported(node, 'onlyRead', { when: 'lastAxis' })
  const data = Array.from(x.data as ArrayLike<Element>).flatMap((element) => {
    if (typeof element === 'object' && !isColumn(element)) return unsupported(node, 'operandUnread', { how: 'encodes' })
    return Array.from({ length: depth }, (_, i) => {
      // A negative number counts from the end.
      const hit = (place: number): Element => apply(node, run, 'equal', [element, place], 'double')
      return apply(node, run, 'if', [apply(node, run, 'or', [hit(i), hit(i - depth)], 'double'), on, off], 'double')
    })
  })
  return [tensor((inputs[2] as Tensor).type, [...x.shape, depth], data, x.batch)]
}

export const encoderOperators: Operators = { OneHot: oneHot }
export const encoderOperatorsMl: Operators = {
  Scaler: scaler,
  Imputer: imputer,
  Binarizer: binarizer,
  OneHotEncoder: oneHotEncoder,
  LabelEncoder: labelEncoder,
  CategoryMapper: categoryMapper,
}
