import { checkModelFile, type ModelFile } from '../model/modelFile.ts'
import type { ImportedModel } from './extended.ts'
import { fail } from './faults.ts'
import type { FormatNote } from './notes.ts'
import { applyRanges, parseBeside } from './ranges.ts'
import type { FormatId } from './table.ts'
import { decodeText } from './text.ts'

/** A model file in whatever format it came, ready to compile, and what its vendor must know about the translation. */
export interface ReadModel {
  readonly format: FormatId
  readonly file: ModelFile
  readonly notes: readonly FormatNote[]
}

/**
 * Reads a model file. `name` is the file's name, `ranges` are the bytes of its ranges file, where there is one.
 * Throws `model/syntax`, `model/invalid` and `model/unsupported`, whose faults say where and why.
 */
export type ReadFile = (name: string, bytes: Uint8Array, ranges?: Uint8Array) => ReadModel

/** The reader of a format, from what reads a file of it alone. */
export function readerOf(
  format: FormatId,
  read: (bytes: Uint8Array, name: string, columns?: readonly string[]) => Omit<ReadModel, 'format'>,
): ReadFile {
  return (name, bytes, ranges) => {
    const beside = ranges === undefined ? undefined : parseBeside(decodeText(ranges))
    if (beside?.columns !== undefined && format !== 'ONNX') fail('model/invalid', 'columnsNamed')
    const { file, notes } = withinStack(() => read(bytes, name, beside?.columns))
    return { format, file: beside === undefined ? file : applyRanges(file, beside.ranges), notes }
  }
}

/** The reader of a format whose models hold no id of their own: they are served under their file's name. */
export function importerOf(
  format: FormatId,
  read: (bytes: Uint8Array, columns?: readonly string[]) => ImportedModel,
): ReadFile {
  return readerOf(format, (bytes, name, columns) => {
    const { model, notes } = read(bytes, columns)
    return { file: checkModelFile({ ...model, id: idOf(name) ?? model.id }), notes }
  })
}

/** A file's name as a model's id: what stands before its ending, in letters, digits, points, dashes and underscores. */
function idOf(name: string): string | null {
  const plain = name
    .replace(/\.[a-z]+$/i, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 100)
  return plain === '' ? null : plain
}

/** Readers limit nesting; should one of them still run out of stack, that is the file's fault and not the server's. */
function withinStack<T>(read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof RangeError && /call stack/i.test(thrown.message)) fail('model/invalid', 'nestedTooDeep')
    throw thrown
  }
}
