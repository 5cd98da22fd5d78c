import { type ForeignFile, fail } from './faults.ts'
import { isText, startOf } from './text.ts'

/**
 * The formats of model files. A new one is a row here; a folder with its reader, its faults and its notes; its reader in
 * `read.ts`; its worker in `web/vendor`; and its sentences in `words`. What reads a format stands apart from its row, so
 * that whoever tells formats apart, or runs one reader, holds no other.
 */
export const formats = [
  { id: 'Blindscore JSON', endings: ['.json'], begins: (bytes) => ['{', '['].includes(startOf(bytes)) },
  { id: 'PMML', endings: ['.pmml', '.xml'], begins: (bytes) => startOf(bytes) === '<' },
  { id: 'ONNX', endings: ['.onnx'], begins: (bytes) => !isText(bytes) },
] as const satisfies readonly Format[]

interface Format {
  /** What people call it. */
  readonly id: string
  /** What the names of its files end with. */
  readonly endings: readonly string[]
  /** Whether a file begins as its files do. The first row that says so has the file, whatever the file's name. */
  readonly begins: (bytes: Uint8Array) => boolean
}

export type FormatId = (typeof formats)[number]['id']

/** What the names of a folder's model files end with. */
export const modelEndings: readonly string[] = formats.flatMap(({ endings }) => endings)
/** A model's ranges may stand beside it, in `NAME.ranges.json`. */
export const rangesEnding = '.ranges.json'

/** The name of the ranges file that goes with a model file: `NAME.ranges.json`. */
export function rangesName(file: string): string {
  return file.replace(/\.[^.]*$/, '') + rangesEnding
}
/** The most bytes that a model file may have. */
export const largestFile = 64 * 2 ** 20

/** Files that people have for models and that are not read: naming them saves the vendor a search. */
const foreignFiles: readonly (readonly [kind: ForeignFile, begin: readonly number[]])[] = [
  ...[2, 3, 4, 5].map((protocol) => ['pickle', [0x80, protocol]] as const),
  ['zip', [0x50, 0x4b, 3, 4]],
  ['gzip', [0x1f, 0x8b]],
  ['hdf5', [0x89, 0x48, 0x44, 0x46]],
]

/**
 * The format of a file, by its first bytes. Throws `model/syntax`, `model/invalid` and `model/unsupported` for a file
 * that no reader takes.
 */
export function formatOf(bytes: Uint8Array): FormatId {
  if (bytes.length > largestFile) fail('model/invalid', 'tooManyBytes', { mebibytes: largestFile / 2 ** 20 })
  if (bytes.length === 0) fail('model/syntax', 'noBytes')
  const foreign = foreignFiles.find(([, begin]) => begin.every((byte, i) => bytes[i] === byte))
  if (foreign !== undefined) fail('model/unsupported', 'foreignFile', { kind: foreign[0] })
  const format = formats.find(({ begins }) => begins(bytes))
  return format === undefined ? fail('model/syntax', 'notAFormat') : format.id
}
