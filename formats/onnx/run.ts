import type { NoteList } from '../noteList.ts'
import type { Column, Columns } from './columns.ts'
import type { OnnxNotes } from './notes.ts'
import type { OnnxNode } from './protobuf.ts'
import type { Tensor } from './tensor.ts'

/** What the operators share while a graph is read. */
export interface Run {
  readonly columns: Columns
  readonly opsets: ReadonlyMap<string, number>
  /** Columns of which there are indicators: their levels, and what another value does. */
  readonly categories: Map<Column, Category>
  readonly notes: NoteList<OnnxNotes>
}

export interface Category {
  readonly levels: Set<string>
  unknown: 'refuse' | 'reference'
}

/** What an operator does with a node: its outputs, from its inputs (undefined: an optional input that is left out). */
export type Operator = (node: OnnxNode, inputs: readonly (Tensor | undefined)[], run: Run) => readonly Tensor[]
export type Operators = Readonly<Record<string, Operator>>
