import { checkModelFile, type ModelFile, parseModelFile } from '../model/modelFile.ts'
import type { ImportedModel } from './extended.ts'
import { fail } from './faults.ts'
import type { FormatNote } from './notes.ts'
import { applyRanges } from './ranges.ts'
import { decodeText, isXml, startOf } from './text.ts'

/** A model file in whatever format it came, ready to compile, and what its vendor must know about the translation. */
export interface ReadModel {
  readonly format: 'Blindscore JSON' | 'PMML' | 'ONNX'
  readonly file: ModelFile
  readonly notes: readonly FormatNote[]
}

/** The names that a folder's model files end with. */
export const modelEndings = ['.json', '.pmml', '.xml', '.onnx'] as const
/** A model's ranges may stand beside it, in `NAME.ranges.json`. */
export const rangesEnding = '.ranges.json'
/** The most bytes that a model file may have. */
export const largestFile = 64 * 2 ** 20

/** The readers of the formats that are not our own. Each is a room of code; whoever has no use for one leaves it out. */
export interface Readers {
  readonly pmml: (text: string) => ImportedModel
  readonly onnx: (bytes: Uint8Array) => ImportedModel
}

/** Which reader a file's first bytes ask for. */
export function formatOf(bytes: Uint8Array): ReadModel['format'] {
  const start = startOf(bytes)
  if (start === '{' || start === '[') return 'Blindscore JSON'
  return isXml(start) ? 'PMML' : 'ONNX'
}

/**
 * Reads a model file by what is in it. `name` is the file's name: PMML and ONNX models are served under it, for they
 * hold no id of their own. `ranges` are the bytes of its ranges file, where there is one.
 * Throws `model/syntax`, `model/invalid` and `model/unsupported`, whose messages say where and why.
 */
export function readModelBy(readers: Readers, name: string, bytes: Uint8Array, ranges?: Uint8Array): ReadModel {
  if (bytes.length > largestFile) fail('model/invalid', 'tooManyBytes', { mebibytes: largestFile / 2 ** 20 })
  const { format, file, notes } = withinStack(() => readAny(readers, name, bytes))
  return { format, file: ranges === undefined ? file : applyRanges(file, decodeText(ranges)), notes }
}

function readAny(readers: Readers, name: string, bytes: Uint8Array): ReadModel {
  refuseStrangers(bytes)
  const format = formatOf(bytes)
  if (format === 'ONNX' && isText(bytes)) fail('model/syntax', 'notAFormat')
  if (format === 'Blindscore JSON') return { format, file: parseModelFile(decodeText(bytes)), notes: [] }
  return imported(format, name, format === 'PMML' ? readers.pmml(decodeText(bytes)) : readers.onnx(bytes))
}

function imported(format: ReadModel['format'], name: string, { model, notes }: ImportedModel): ReadModel {
  return { format, file: checkModelFile({ ...model, id: idOf(name) ?? model.id }), notes }
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

/** Files that people have for models and that are not read: naming them saves the vendor a search. */
function refuseStrangers(bytes: Uint8Array): void {
  const begins = (...magic: number[]): boolean => magic.every((byte, i) => bytes[i] === byte)
  if (bytes.length === 0) fail('model/syntax', 'noBytes')
  if (begins(0x80) && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5)
    fail('model/unsupported', 'foreignFile', { kind: 'pickle' })
  if (begins(0x50, 0x4b, 3, 4)) fail('model/unsupported', 'foreignFile', { kind: 'zip' })
  if (begins(0x1f, 0x8b)) fail('model/unsupported', 'foreignFile', { kind: 'gzip' })
  if (begins(0x89, 0x48, 0x44, 0x46)) fail('model/unsupported', 'foreignFile', { kind: 'hdf5' })
}

/** Whether a file begins as texts do; an ONNX file has control characters among its first bytes. */
function isText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 64).every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13)
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
