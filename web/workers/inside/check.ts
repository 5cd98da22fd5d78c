import { makeEncoder } from '../../../core/encode.ts'
import type { ErrorCode } from '../../../core/errors.ts'
import { cellsOf, readRecords } from './blocks.ts'
import type { Plan } from './plan.ts'

/** Problems of one kind in one column, with the first few places. Bounded, however long the file is. */
export interface ProblemGroup {
  readonly code: Extract<ErrorCode, `cell/${string}` | 'row/ragged'>
  /** The column's name in the file; absent for ragged rows. */
  readonly column?: string
  readonly expected: string
  readonly count: number
  readonly examples: readonly Example[]
}

export interface Example {
  readonly row: number
  readonly line: number
  /** The cell's own text, cut short; for a ragged row its count of cells. Stays in this browser. */
  readonly text: string
}

export interface CheckReport {
  /** Data rows in the file. */
  readonly rows: number
  readonly scorable: number
  readonly leftOut: number
  readonly groups: readonly ProblemGroup[]
}

export interface CheckProgress {
  readonly rows: number
  readonly bytesRead: number
}

const examplesPerGroup = 20

/** Reads the whole file and checks every cell that the model takes, without sealing anything. */
export async function checkFile(
  file: Blob,
  plan: Plan,
  header: readonly string[],
  onProgress: (progress: CheckProgress) => void,
): Promise<CheckReport> {
  const encoder = makeEncoder(plan.card, plan.format)
  const scratch = new Float64Array(plan.card.inputs.length)
  const groups = new Map<string, { -readonly [K in keyof ProblemGroup]: ProblemGroup[K] } & { examples: Example[] }>()
  let rows = 0
  let leftOut = 0

  const note = (group: Omit<ProblemGroup, 'count' | 'examples'>, example: Example): void => {
    const key = `${group.code} ${group.column ?? ''}`
    const known = groups.get(key) ?? { ...group, count: 0, examples: [] }
    groups.set(key, known)
    known.count += 1
    if (known.examples.length < examplesPerGroup) known.examples.push(example)
  }

  for await (const batch of readRecords(file, plan)) {
    for (const record of batch.records) {
      rows += 1
      if (record.ragged) {
        leftOut += 1
        const expected = `${plan.width} cells, as in the header`
        note(
          { code: 'row/ragged', expected },
          { row: record.row, line: record.line, text: `${record.cells.length} cells` },
        )
        continue
      }
      const cells = cellsOf(record, plan)
      const problems = encoder.encode(cells, scratch, 1, 0)
      if (problems.length === 0) continue
      leftOut += 1
      for (const { code, feature, expected } of problems) {
        const column = header[plan.columns[feature] as number] ?? ''
        note({ code, column, expected }, { row: record.row, line: record.line, text: short(cells[feature] ?? '') })
      }
    }
    onProgress({ rows, bytesRead: batch.bytesRead })
  }
  return { rows, scorable: rows - leftOut, leftOut, groups: [...groups.values()] }
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
