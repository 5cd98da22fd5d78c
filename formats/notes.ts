import type { NoteOf } from '../model/notes.ts'
import type { OnnxNotes } from './onnx/notes.ts'
import type { PmmlNotes } from './pmml/notes.ts'

/** What became of a file of any format on its way to a model file. */
export interface FormatNotes extends PmmlNotes, OnnxNotes {}
export type FormatNote = NoteOf<FormatNotes>
