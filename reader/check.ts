import type { Expected } from '../core/card/encode.ts'
import { isNeutralised } from './csvCell.ts'
import type { ExpectedCells } from './faults.ts'
import { type FileRow, type RowOffset, readFileRows } from './fileRows.ts'
import { makeJudge, type RowProblem } from './judge.ts'
import type { KeptRecords } from './keptRecords.ts'
import { type MarkDoubt, Marks } from './marks.ts'
import type { PolicyCount } from './notes.ts'
import type { Plan } from './plan.ts'
import { givenCounts, PolicyCounts } from './policies.ts'
import type { FileSource } from './source.ts'
import { Mending, type Suggestion } from './suggest.ts'

/** Problems of one kind in one column, with the first few places. Bounded, however long the file is. */
export interface ProblemGroup {
  readonly code: RowProblem['code']
  /** The column's name in the file, and the feature that it feeds; absent where it is about whole rows. */
  readonly column?: string
  readonly feature?: number
  readonly expected: Expected | ExpectedCells
  readonly count: number
  readonly examples: readonly Example[]
}

export interface Example {
  readonly row: number
  readonly line: number
  /** The text of the cell, or of a row's first one, cut short. Stays in this browser. */
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
  /** Columns of which a person has to say how their numbers are written, before anything is scored. */
  readonly doubts: readonly MarkDoubt[]
  /** What policies of the card made of cells of the records that are scored. */
  readonly policies: readonly PolicyCount[]
  /** Cells of the file that will be saved with an apostrophe before them, so that no spreadsheet runs them. */
  readonly neutralised: number
  /** Places in the file, about one in a mebibyte, from which its rows can be read again. */
  readonly offsets: readonly RowOffset[]
  /** Names what the reader kept of this check for a run, where it did ({@link KeptRecords}). */
  readonly kept?: string
}

export interface CheckProgress {
  readonly rows: number
  readonly bytesRead: number
}

const examplesPerGroup = 20
/** Bytes between two places that are told of. */
const betweenOffsets = 1024 * 1024

/**
 * Reads the whole file and checks every cell that the model takes, without sealing anything. `kept` gets the records that can
 * be scored.
 */
export async function checkFile(
  file: FileSource,
  plan: Plan,
  header: readonly string[],
  onProgress: (progress: CheckProgress) => void,
  kept: KeptRecords | null = null,
): Promise<CheckReport> {
  const judge = makeJudge(plan)
  const scratch = new Float64Array(plan.card.inputs.length)
  const groups = new Groups(plan, header)
  const mending = new Mending(plan.card, plan.format)
  const marks = new Marks(plan)
  const policies = new PolicyCounts(plan.card)
  const offsets: RowOffset[] = []
  let [rows, leftOut, neutralised, told] = [0, 0, 0, 0]

  for await (const batch of readFileRows(file, plan)) {
    for (const record of batch.records) {
      rows += 1
      const keeping = kept !== null && !kept.isFull
      const problems = keeping
        ? judge.judge(record, kept.integers, kept.capacity, kept.at)
        : judge.judge(record, scratch, 1, 0)
      for (const cell of record.cells) if (isNeutralised(cell, plan.format.decimalMark)) neutralised += 1
      const isRecord = problems[0]?.feature !== null
      if (isRecord) marks.note(judge.cells, record.line)
      if (problems.length === 0) {
        policies.note(judge.encoder.decisions, judge.cells)
        if (keeping) kept.add(record.row)
        continue
      }
      leftOut += 1
      for (const problem of problems) {
        groups.add(problem, record)
        if (problem.feature !== null) mending.note(problem.feature, judge.cells[problem.feature] ?? '')
      }
    }
    const { bytesRead, next } = batch
    kept?.mark(next)
    if (bytesRead < file.size && bytesRead < told + betweenOffsets) continue
    told = bytesRead
    offsets.push(next)
    onProgress({ rows, bytesRead })
  }
  kept?.end()
  return {
    rows,
    scorable: rows - leftOut,
    leftOut,
    groups: groups.all(),
    suggestions: mending.suggestions(),
    mended: [...judge.changed],
    doubts: marks.doubts(),
    policies: [...givenCounts(plan, rows - leftOut), ...policies.counts()],
    neutralised,
    offsets,
  }
}

/** Problems by their kind and column. */
class Groups {
  readonly #plan: Plan
  readonly #header: readonly string[]
  readonly #groups = new Map<
    string,
    { -readonly [K in keyof ProblemGroup]: ProblemGroup[K] } & { examples: Example[] }
  >()

  constructor(plan: Plan, header: readonly string[]) {
    this.#plan = plan
    this.#header = header
  }

  add({ code, feature, expected }: RowProblem, { row, line, cells }: FileRow): void {
    if (feature === null) {
      const text = code === 'row/ragged' ? null : short(cells.find((cell) => cell.trim() !== '') ?? '')
      this.#note({ code, expected }, { row, line, text, ...(text === null && { cells: cells.length }) })
      return
    }
    const at = this.#plan.columns[feature] as number
    // The cell as the person wrote it, whatever a repair made of it.
    const text = short(cells[at] ?? '')
    this.#note(
      { code, column: this.#header[at] ?? this.#plan.card.features[feature]?.name ?? '', feature, expected },
      { row, line, text },
    )
  }

  #note(group: Omit<ProblemGroup, 'count' | 'examples'>, example: Example): void {
    const key = `${group.code} ${group.column ?? ''}`
    const known = this.#groups.get(key) ?? { ...group, count: 0, examples: [] }
    this.#groups.set(key, known)
    known.count += 1
    if (known.examples.length < examplesPerGroup) known.examples.push(example)
  }

  all(): ProblemGroup[] {
    return [...this.#groups.values()]
  }
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
