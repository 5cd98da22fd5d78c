import { type Expected, makeEncoder } from '../core/card/encode.ts'
import type { ErrorCode } from '../core/errors.ts'
import { cellReader, type RowOffset, readFileRows } from './blocks.ts'
import type { ExpectedCells } from './faults.ts'
import type { Plan } from './plan.ts'
import type { FileSource } from './source.ts'
import { Mending, type Suggestion } from './suggest.ts'

/** Problems of one kind in one column, with the first few places. Bounded, however long the file is. */
export interface ProblemGroup {
  readonly code: Extract<ErrorCode, `cell/${string}` | 'row/ragged'>
  /** The column's name in the file, and the feature that it feeds; absent for ragged rows. */
  readonly column?: string
  readonly feature?: number
  readonly expected: Expected | ExpectedCells
  readonly count: number
  readonly examples: readonly Example[]
}

export interface Example {
  readonly row: number
  readonly line: number
  /** The cell's own text, cut short. Stays in this browser. */
  readonly text: string | null
  /** How many cells a ragged row has. */
  readonly cells?: number
}

export interface CheckReport {
  /** Data rows in the file. */
  readonly rows: number
  readonly scorable: number
  readonly leftOut: number
  readonly groups: readonly ProblemGroup[]
  /** What would mend some of the cells. */
  readonly suggestions: readonly Suggestion[]
  /** How many cells each of the plan's repairs changed. */
  readonly mended: readonly number[]
  /** Places in the file, about one in a mebibyte, from which its rows can be read again. */
  readonly offsets: readonly RowOffset[]
}

export interface CheckProgress {
  readonly rows: number
  readonly bytesRead: number
}

const examplesPerGroup = 20

/** Reads the whole file and checks every cell that the model takes, without sealing anything. */
export async function checkFile(
  file: FileSource,
  plan: Plan,
  header: readonly string[],
  onProgress: (progress: CheckProgress) => void,
): Promise<CheckReport> {
  const encoder = makeEncoder(plan.card, plan.format)
  const scratch = new Float64Array(plan.card.inputs.length)
  const groups = new Map<string, { -readonly [K in keyof ProblemGroup]: ProblemGroup[K] } & { examples: Example[] }>()
  const { cellsOf, changed } = cellReader(plan)
  const mending = new Mending(plan.card, plan.format)
  const offsets: RowOffset[] = []
  let rows = 0
  let leftOut = 0

  const note = (group: Omit<ProblemGroup, 'count' | 'examples'>, example: Example): void => {
    const key = `${group.code} ${group.column ?? ''}`
    const known = groups.get(key) ?? { ...group, count: 0, examples: [] }
    groups.set(key, known)
    known.count += 1
    if (known.examples.length < examplesPerGroup) known.examples.push(example)
  }

  for await (const batch of readFileRows(file, plan)) {
    for (const record of batch.records) {
      rows += 1
      if (record.ragged) {
        leftOut += 1
        note(
          { code: 'row/ragged', expected: { kind: 'cells', count: plan.width } },
          { row: record.row, line: record.line, text: null, cells: record.cells.length },
        )
        continue
      }
      const cells = cellsOf(record)
      const problems = encoder.encode(cells, scratch, 1, 0)
      if (problems.length === 0) continue
      leftOut += 1
      for (const { code, feature, expected } of problems) {
        const at = plan.columns[feature] as number
        // The cell as the person wrote it, whatever a repair made of it.
        const text = short(record.cells[at] ?? '')
        note({ code, column: header[at] ?? '', feature, expected }, { row: record.row, line: record.line, text })
        mending.note(feature, cells[feature] ?? '')
      }
    }
    offsets.push(batch.next)
    onProgress({ rows, bytesRead: batch.bytesRead })
  }
  const suggestions = mending.suggestions()
  const mended = [...changed]
  return { rows, scorable: rows - leftOut, leftOut, groups: [...groups.values()], suggestions, mended, offsets }
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
