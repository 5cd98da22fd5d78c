import { columnAt } from '../core/card/card.ts'
import type { Decision, Expected } from '../core/card/encode.ts'
import { mostReasons, reasonFinder } from '../core/card/reasons.ts'
import { decided, type Threshold } from '../core/card/threshold.ts'
import type { ErrorCode } from '../core/errors.ts'
import { type ExpectedCells, fail } from './faults.ts'
import { type FileRow, readFileRows } from './fileRows.ts'
import { givenValues } from './givenValues.ts'
import { makeJudge, type RowProblem } from './judge.ts'
import type { Plan } from './plan.ts'
import { countsAs } from './policies.ts'
import { reasonColumns, scoreCells, scoreColumns, scoredBy } from './scoreCells.ts'
import type { FileSource } from './source.ts'

/**
 * The tables that a person takes away, row by row, whatever they are written as: every row of the file with its scores or
 * the reason why it has none, and the rows left out alone.
 */

/** A cell: a text of the file's or of ours, or a number of ours. */
export type Cell = string | number
export type TableRow = readonly Cell[]

/** Why a cell, or a row as a whole, cannot be scored, in words for a file. */
export type ReasonText = (reason: {
  readonly column: string | null
  readonly code: ErrorCode
  readonly expected: Expected | ExpectedCells
}) => string

/** What a saved file says beside the scores. */
export interface ScoredExtras {
  /** Whether a policy acted on a record, so that there is a column that says so. */
  readonly policies?: boolean
  /** Says why rows have no scores; absent where each has some. */
  readonly leftOut?: ReasonText
  readonly threshold?: Threshold | null
  /** The rows that scores are of, ascending, where a run ended before all had one: no other row is in the table. */
  readonly rows?: Uint32Array | null
}

/**
 * What policies of the card made of a record's cells, and what was typed over them: "age: cell/missing = 40". The cell's
 * codes are those of refusals.
 */
const policyColumn = 'counted_as'
const decisionCodes = {
  missing: 'cell/missing',
  below: 'cell/range',
  above: 'cell/range',
  outside: 'cell/range',
  invalid: 'cell/not-a-number',
  unknown: 'cell/level',
} as const satisfies Record<Decision, ErrorCode>

/** Names for columns that are added, none of which a column of the file has. */
export function newNames(names: readonly string[], header: readonly string[]): string[] {
  const taken = new Set(header.map((name) => name.trim().toLowerCase()))
  return names.map((name) => {
    let free = name
    for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${name}.${n}`
    taken.add(free.toLowerCase())
    return free
  })
}

/**
 * Every row of the file in its order, the header first: its own cells, then the reason why it was left out, what policies
 * made of it, the model, the threshold and what it decides, and the scores. `predictors` holds heads values per scored
 * record, in the file's order. Yields some rows at a time, so that the table is never whole in memory.
 */
export async function* scoredTable(
  file: FileSource,
  plan: Plan,
  header: readonly string[],
  predictors: Float64Array,
  extras: ScoredExtras = {},
): AsyncGenerator<TableRow[]> {
  const { card } = plan
  const { leftOut, threshold = null, rows = null } = extras
  const typed = typedCells(plan)
  const given = givenCells(plan)
  const policies = extras.policies || typed.size > 0 || given.length > 0
  const { judge, encoder } = makeJudge(plan)
  const reasons = reasonsOf(plan)
  const scratch = new Float64Array(card.inputs.length)
  const heads = card.heads.length
  const scoresOf = scoreCells(card)
  const remarks = [...(leftOut ? ['left_out'] : []), ...(policies ? [policyColumn] : []), ...lineColumns(threshold)]
  const added = [...remarks, ...scoreColumns(card), ...reasonColumns(card)]
  const line = lineOf(plan, threshold)
  let scored = 0
  yield [[...header, ...newNames(added, header)]]
  for await (const { records } of readFileRows(file, plan)) {
    yield records.flatMap((record) => {
      if (rows && rows[scored] !== record.row) return []
      const problems = judge(record, scratch, 1, 0)
      const own = ownCells(record, plan)
      if (problems.length > 0) {
        if (!leftOut) fail('file/unreadable', 'changedSinceScored')
        const why = reasonTextOf(problems, plan, header, leftOut)
        return [[...own, why, ...Array<Cell>(added.length - 1).fill('')]]
      }
      const etas = Array.from(predictors.subarray(scored * heads, (scored + 1) * heads))
      if (etas.length < heads) fail('file/unreadable', 'changedSinceScored')
      scored += 1
      const { cells, responses } = scoresOf(etas)
      const remark = [
        ...(leftOut ? [''] : []),
        ...(policies ? [countedAs(plan, encoder.decisions, [...given, ...(typed.get(record.row) ?? [])])] : []),
      ]
      return [[...own, ...remark, ...line(responses), ...cells, ...reasons(etas, encoder.values)]]
    })
  }
}

/** The columns that say which model scored a record, and what a threshold decides of it. */
export function lineColumns(threshold: Threshold | null): string[] {
  return ['scored_by', ...(threshold ? ['threshold', 'decision'] : [])]
}

/** The cells of {@link lineColumns}, from a record's responses. */
export function lineOf(
  { card }: Pick<Plan, 'card'>,
  threshold: Threshold | null,
): (responses: readonly number[]) => Cell[] {
  const by = scoredBy(card)
  return (responses) => [by, ...(threshold ? [threshold.value, decided(threshold, responses)] : [])]
}

function reasonsOf({ card }: Plan): (...of: Parameters<ReturnType<typeof reasonFinder>>) => string[] {
  if (!card.reasons) return () => []
  const find = reasonFinder(card)
  const most = mostReasons(card)
  return (etas, values) => {
    const codes = find(etas, values)
    return Array.from({ length: most }, (_, i) => codes[i] ?? '')
  }
}

/** What was typed over cells, by the row. */
function typedCells({ card, repairs }: Plan): Map<number, string[]> {
  const typed = new Map<number, string[]>()
  for (const repair of repairs) {
    if (repair.kind !== 'cell') continue
    const name = card.features[repair.feature]?.name ?? ''
    typed.set(repair.row, [...(typed.get(repair.row) ?? []), `${name}: typed = ${repair.text}`])
  }
  return typed
}

/** What every record has of features that the file has no column for. */
function givenCells({ card, repairs }: Plan): string[] {
  return [...givenValues(repairs)].flatMap(([feature, text]) =>
    text === '' ? [] : [`${card.features[feature]?.name ?? ''}: given = ${text}`],
  )
}

/** What cells of a record counted as, where that is not what they say. */
function countedAs({ card }: Plan, decisions: readonly (Decision | null)[], typed: readonly string[]): string {
  const decided = decisions.flatMap((decision, column) => {
    if (!decision) return []
    const name = columnAt(card, column)?.name ?? ''
    return [`${name}: ${decisionCodes[decision]} = ${countsAs(card, column, decision) ?? '-'}`]
  })
  return [...typed, ...decided].join('; ')
}

function reasonTextOf(
  problems: readonly RowProblem[],
  plan: Plan,
  header: readonly string[],
  textOf: ReasonText,
): string {
  return problems
    .map(({ code, feature, expected }) => {
      const column =
        feature === null ? null : (header[plan.columns[feature] as number] ?? plan.card.features[feature]?.name ?? '')
      return textOf({ column, code, expected })
    })
    .join('; ')
}

/**
 * A row's own cells, one for each of the header's, so that what is added stands in its columns: those that are missing are
 * left empty, and those that are too many stand together in the last, as they stood in the file.
 */
function ownCells({ cells }: FileRow, { width, format }: Plan): string[] {
  if (cells.length <= width) return [...cells, ...Array<string>(width - cells.length).fill('')]
  return [...cells.slice(0, width - 1), cells.slice(width - 1).join(format.delimiter)]
}

/**
 * The scores alone, each with its row in the file (from 1, the header and rows without a cell not counted): what there is
 * where the file itself can no longer be read.
 */
export function* scoresAloneTable(
  { card }: Pick<Plan, 'card'>,
  rows: Uint32Array,
  predictors: Float64Array,
  threshold: Threshold | null = null,
): Generator<TableRow[]> {
  const scoresOf = scoreCells(card)
  const heads = card.heads.length
  const line = lineOf({ card }, threshold)
  yield [['row', ...lineColumns(threshold), ...scoreColumns(card)]]
  for (const [i, row] of rows.entries()) {
    const { cells, responses } = scoresOf(Array.from(predictors.subarray(i * heads, (i + 1) * heads)))
    yield [[row, ...line(responses), ...cells]]
  }
}

/** The rows left out: the file's own columns, then the line and the reasons, by code and column. */
export async function* leftOutTable(
  file: FileSource,
  plan: Plan,
  header: readonly string[],
  reasonText: ReasonText,
): AsyncGenerator<TableRow[]> {
  const { judge } = makeJudge(plan)
  const scratch = new Float64Array(plan.card.inputs.length)
  yield [[...header, ...newNames(['left_out_line', 'left_out_reason'], header)]]
  for await (const { records } of readFileRows(file, plan)) {
    yield records.flatMap((record) => {
      const problems = judge(record, scratch, 1, 0)
      if (problems.length === 0) return []
      return [[...ownCells(record, plan), record.line, reasonTextOf(problems, plan, header, reasonText)]]
    })
  }
}
