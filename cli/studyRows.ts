import { fail } from '../reader/faults.ts'
import type { FileSource } from '../reader/source.ts'
import { wholeColumns } from '../reader/wholeColumns.ts'
import { type Design, type DesignRows, designRows } from '../study/design.ts'
import { prepare } from './prepare.ts'
import { readingOf } from './readingOptions.ts'
import type { Say } from './say.ts'

/** A file as the whole numbers of a design: the reader of `blindscore score`, to the last check. */
export interface StudyRows extends DesignRows {
  /** Each record's row in the file, from 1. */
  readonly rows: Uint32Array<ArrayBuffer>
  readonly leftOut: number
}

export async function readStudyRows(input: FileSource, design: Design, say: Say): Promise<StudyRows> {
  const { file, plan, report } = await prepare(input, design.card, readingOf({}), say, 'fitted')
  const records = report.scorable
  if (records === 0) fail('run/nothing-to-score', 'nothingToScore')
  const { columns, rows } = await wholeColumns(file, plan, design.places, records)
  return { ...designRows(design, columns), rows, leftOut: report.leftOut }
}
