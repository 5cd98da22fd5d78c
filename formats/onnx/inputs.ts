import { NoteList } from '../noteList.ts'
import type { Columns } from './columns.ts'
import { type ElementType, elementType } from './elementType.ts'
import { fail } from './faults.ts'
import type { OnnxNotes } from './notes.ts'
import type { OnnxModel, OnnxValue } from './protobuf.ts'
import type { Tensor } from './tensor.ts'
import { statedWidth } from './width.ts'

/** A column that the model asks for. */
export interface Input {
  readonly name: string
  readonly aliases: readonly string[]
  readonly type: ElementType
}

export interface Inputs {
  readonly columns: readonly Input[]
  readonly tensors: ReadonlyMap<string, Tensor>
  /** Where the names of a wide input came from. */
  readonly notes: NoteList<OnnxNotes>
}

const widest = 5000

/**
 * The graph's inputs as columns of a record. An input of one column has the input's name. A wide one takes its columns'
 * names from, in this order: the caller; the file's metadata `feature_names` (a JSON list, or names with commas between
 * them), or `feature_names.<input>` where there are several; x0, x1, … as scikit-learn calls columns without names, with
 * f0, <input>_0 and 0 as aliases.
 */
export function readInputs(model: OnnxModel, columns: Columns, hint: readonly string[] | undefined): Inputs {
  const constants = new Set(model.graph.initializers.map(({ name }) => name))
  const open = model.graph.inputs.filter(({ name }) => !constants.has(name))
  if (open.length === 0) fail('model/invalid', 'graphWithoutInput')
  const widths = open.map((input) =>
    widthOf(
      input,
      (open.length === 1 ? namesFor(model, input, hint)?.length : undefined) ?? statedWidth(model.graph, input.name),
    ),
  )
  const wide = open.filter((_, i) => widths[i] !== 1)
  const total = widths.reduce((sum, width) => sum + width, 0)
  if (total > widest) fail('model/unsupported', 'tooManyInputs', { most: widest })

  if (hint !== undefined && (wide.length === 0 ? hint.length > 1 : wide.length > 1 && hint.length !== total)) {
    const [first] = open as [OnnxValue]
    fail('model/invalid', 'nameCount', { input: first.name, columns: total, names: hint.length })
  }

  const all: Input[] = []
  const tensors = new Map<string, Tensor>()
  const notes = new NoteList<OnnxNotes>()
  open.forEach((input, i) => {
    const width = widths[i] as number
    const type = elementType(input.type, { what: 'input', name: input.name })
    // One list of names is of all columns, in the order of the inputs.
    const own = wide.length > 1 ? hint?.slice(all.length, all.length + width) : hint
    const names = namesFor(model, input, own)
    if (names && names.length !== width && width !== 1) {
      fail('model/invalid', 'nameCount', { input: input.name, columns: width, names: names.length })
    }
    const data = Array.from({ length: width }, (_, k) => {
      const at = all.length
      all.push({ ...named(input, k, width, names, wide.length), type })
      const cell = columns.make('input', [], { input: at }, undefined, 'input')
      return type === 'float' ? columns.make('float32', [cell]) : cell
    })
    if (width > 1 && !names) {
      const [first, last] = [all.at(-width), all.at(-1)] as [Input, Input]
      notes.add('columnsNamed', { input: input.name, first: first.name, last: last.name })
    }
    const { shape } = input
    const unbatched = shape?.length === 1 && width > 1
    const rows = shape?.length === 1 ? [width] : [1, width]
    tensors.set(input.name, { type, shape: rows, data, batch: unbatched ? null : 0 })
  })
  const seen = new Set<string>()
  for (const { name } of all) {
    if (seen.has(name)) fail('model/invalid', 'inputTwice', { name })
    seen.add(name)
  }
  return {
    columns: all.map((column) => ({ ...column, aliases: column.aliases.filter((alias) => !seen.has(alias)) })),
    tensors,
    notes,
  }
}

/** Columns per record. `named` is how many names are known, or some node states, for a width that the file leaves open. */
function widthOf({ name, shape, type }: OnnxValue, named: number | undefined): number {
  if (type === 0) fail('model/unsupported', 'inputNotATensor', { input: name })
  if (!shape || shape.length > 2 || shape.length === 0) {
    fail('model/unsupported', 'inputShape', { input: name })
  }
  const width = shape.length === 1 ? (shape[0] === -1 ? 1 : (shape[0] as number)) : (shape[1] as number)
  if (width > 0) return width
  return named ?? fail('model/unsupported', 'inputWidth', { input: name })
}

function named(
  input: OnnxValue,
  k: number,
  width: number,
  names: readonly string[] | undefined,
  wide: number,
): Omit<Input, 'type'> {
  if (width === 1)
    return { name: clean(names?.length === 1 && wide !== 1 ? (names[0] as string) : input.name), aliases: [] }
  const own = `${input.name}_${k}`
  if (names) return { name: clean(names[k] as string), aliases: [] }
  if (wide > 1) return { name: clean(own), aliases: [] }
  return { name: `x${k}`, aliases: [`f${k}`, own, String(k)].map(clean) }
}

function clean(name: string): string {
  if (name.length === 0 || name.length > 200) fail('model/invalid', 'inputName')
  return name
}

function namesFor(
  model: OnnxModel,
  input: OnnxValue,
  hint: readonly string[] | undefined,
): readonly string[] | undefined {
  if (hint) return hint
  const text = model.metadata.get(`feature_names.${input.name}`) ?? model.metadata.get('feature_names')
  if (text === undefined || text.length > 1_000_000) return undefined
  if (!text.trim().startsWith('[')) return text.split(',').map((name) => name.trim())
  try {
    const list: unknown = JSON.parse(text)
    if (Array.isArray(list) && list.every((name) => typeof name === 'string')) return list
  } catch {
    // Falls through to the refusal: a list that is announced and cannot be read is a fault.
  }
  fail('model/invalid', 'metadataUnread', { what: 'featureNames' })
}
