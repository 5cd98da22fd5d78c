import { fail, type TensorOwner } from './faults.ts'

/** The types of a tensor's elements that are read. Integers of every width are one. */
export type ElementType = 'float' | 'double' | 'int' | 'bool' | 'string'

const elementTypes: ReadonlyMap<number, ElementType> = new Map([
  [1, 'float'],
  [2, 'int'],
  [3, 'int'],
  [4, 'int'],
  [5, 'int'],
  [6, 'int'],
  [7, 'int'],
  [8, 'string'],
  [9, 'bool'],
  [11, 'double'],
  [12, 'int'],
  [13, 'int'],
])

/** The element type of a number of TensorProto.DataType. `whose` is what has it, for the error. */
export function elementType(type: number, whose: TensorOwner): ElementType {
  const known = elementTypes.get(type)
  if (known) return known
  const name = new Map([
    [10, 'float16'],
    [14, 'complex64'],
    [15, 'complex128'],
    [16, 'bfloat16'],
  ]).get(type)
  fail('model/unsupported', 'tensorType', { whose, name: name ?? null, type })
}
