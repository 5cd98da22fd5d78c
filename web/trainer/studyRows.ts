import { sha256 } from '../../platform/digest.ts'
import { checkFile } from '../../reader/check.ts'
import { fail } from '../../reader/faults.ts'
import { planOf } from '../../reader/plan.ts'
import { wholeColumns } from '../../reader/wholeColumns.ts'
import { type Design, type DesignRows, designOf, designRows, type Part } from '../../study/design.ts'
import type { StudyFile } from '../../study/studyFile.ts'
import type { LookedAt } from '../../validation/readPairs.ts'

export interface StudyRows {
  readonly design: Design
  readonly rows: DesignRows
  /** Each record's row in the file, from 1. */
  readonly numbers: Uint32Array<ArrayBuffer>
  readonly leftOut: number
}

/** A file's rows as the whole numbers of a study, its columns by their names. Throws what a check of the file throws. */
export async function studyRows(looked: LookedAt, study: StudyFile, part: Part = 'both'): Promise<StudyRows> {
  return designedRows(looked, await designOf(study, part, sha256))
}

/** The same of a design; `renamed` says under which names the file has columns that it calls otherwise. */
export async function designedRows(
  { file, preview, table, said }: LookedAt,
  design: Design,
  renamed: ReadonlyMap<string, string> = new Map(),
): Promise<StudyRows> {
  const { card } = design
  const columns = card.features.map(({ name }) => preview.header.indexOf(renamed.get(name) ?? name))
  const plan = { ...planOf(card, preview, columns, table), ...said }
  const report = await checkFile(file, plan, preview.header, () => {})
  if (report.doubts.length > 0) {
    const doubted = report.doubts.map(({ feature }) => card.features[feature]?.name ?? '')
    fail('columns/marks', 'marksInDoubt', {
      columns: doubted,
      lines: report.doubts.flatMap(({ lines }) => lines).slice(0, 3),
    })
  }
  if (report.scorable === 0) fail('run/nothing-to-score', 'nothingToScore')
  const { columns: read, rows: numbers } = await wholeColumns(file, plan, design.places, report.scorable)
  return { design, rows: designRows(design, read), numbers, leftOut: report.leftOut }
}
