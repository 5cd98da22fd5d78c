import { columnAt } from '../core/card/card.ts'
import type { Decision, Expected } from '../core/card/encode.ts'
import { headRoles, labelOf, responses } from '../core/card/outcome.ts'
import { mostReasons, reasonFinder } from '../core/card/reasons.ts'
import type { ErrorCode } from '../core/errors.ts'
import { csvCell, csvNumber } from './csvCell.ts'
import type { ExpectedCells } from './faults.ts'
import { type FileRow, readFileRows } from './fileRows.ts'
import type { FileFormat } from './format.ts'
import { makeJudge } from './judge.ts'
import type { Plan } from './plan.ts'
import { countsAs } from './policies.ts'
import type { FileSource } from './source.ts'

/**
 * The files that a person takes away: the scored rows with their scores, and the rows left out with the reason.
 * Written as the dropped file was (delimiter, decimal mark), in UTF-8.
 */

/**
 * The names of the columns that scoring adds: one pair where one head scores and there is one response, else one per such
 * head and one per response; then the label, the points of each characteristic and the reason codes, where the card gives
 * them.
 */
export function scoreColumns({ card }: Pick<Plan, 'card'>): string[] {
  const { outputs, reasons } = headRoles(card)
  const nameOf = (head: number): string => card.heads[head]?.name ?? ''
  const single = outputs.length === 1 && card.responses.length === 1
  const scores = single
    ? ['linear_predictor', 'score']
    : [...outputs.map((h) => `linear_predictor.${nameOf(h)}`), ...card.responses.map((name) => `score.${name}`)]
  const points = reasons.map((h) => `points.${nameOf(h)}`)
  const codes = Array.from({ length: mostReasons(card) }, (_, i) => `reason.${i + 1}`)
  return [...scores, ...(card.label ? ['label'] : []), ...points, ...codes]
}

/** What policies of the card made of a record's cells: "age: cell/missing = 40". The cell's codes are those of refusals. */
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

/** How a file is written, where it is not as the dropped one was. */
export type OutputFormat = Pick<FileFormat, 'delimiter'>

/**
 * The scored rows: the file's own columns, then the scores. `predictors` holds heads values per scored record, in
 * the file's order. Yields the text in pieces, so that it is never whole in memory.
 */
export function exportScores(
  file: FileSource,
  plan: Plan,
  header: readonly string[],
  predictors: Float64Array,
  as?: OutputFormat,
  /** Whether a policy acted on a record, so that there is a column that says so. */
  policies = false,
): AsyncGenerator<string> {
  const { card } = plan
  const { judge, encoder } = makeJudge(plan)
  const decided = (): string =>
    encoder.decisions
      .flatMap((decision, column) => {
        if (!decision) return []
        const name = columnAt(card, column)?.name ?? ''
        return [`${name}: ${decisionCodes[decision]} = ${countsAs(card, column, decision) ?? '-'}`]
      })
      .join('; ')
  const scratch = new Float64Array(card.inputs.length)
  const heads = card.heads.length
  const reasonsOf = card.reasons ? reasonFinder(card) : null
  const most = mostReasons(card)
  const { outputs, reasons: reasonHeads } = headRoles(card)
  let scored = 0
  return writeCsv(
    file,
    plan,
    [...header, ...newNames([...(policies ? [policyColumn] : []), ...scoreColumns(plan)], header)],
    (record) => {
      if (judge(record, scratch, 1, 0).length > 0) return null
      const etas = Array.from(predictors.subarray(scored * heads, (scored + 1) * heads))
      scored += 1
      const given = responses(card, etas)
      const added: (number | string)[] = [
        ...(policies ? [decided()] : []),
        ...outputs.map((h) => etas[h] as number),
        ...given,
      ]
      if (card.label) added.push(labelOf(card, given))
      for (const h of reasonHeads) added.push(etas[h] as number)
      if (reasonsOf) {
        const codes = reasonsOf(etas, encoder.values)
        for (let i = 0; i < most; i++) added.push(codes[i] ?? '')
      }
      return added
    },
    as,
  )
}

/** Why a cell, or a row as a whole, cannot be scored, in words for a file. */
export type ReasonText = (reason: {
  readonly column: string | null
  readonly code: ErrorCode
  readonly expected: Expected | ExpectedCells
}) => string

/** The rows left out: the file's own columns, then the line and the reasons, by code and column. */
export function exportLeftOut(
  file: FileSource,
  plan: Plan,
  header: readonly string[],
  reasonText: ReasonText,
): AsyncGenerator<string> {
  const { judge } = makeJudge(plan)
  const scratch = new Float64Array(plan.card.inputs.length)
  const columns = [...header, ...newNames(['left_out_line', 'left_out_reason'], header)]
  return writeCsv(file, plan, columns, (record) => {
    const problems = judge(record, scratch, 1, 0)
    if (problems.length === 0) return null
    const reasons = problems.map(({ code, feature, expected }) => {
      const column = feature === null ? null : (header[plan.columns[feature] as number] ?? '')
      return reasonText({ column, code, expected })
    })
    return [record.line, reasons.join('; ')]
  })
}

const pieceCharacters = 1024 * 1024

async function* writeCsv(
  file: FileSource,
  plan: Plan,
  columns: readonly string[],
  added: (record: FileRow) => (number | string)[] | null,
  as?: OutputFormat,
): AsyncGenerator<string> {
  // Blanks that delimit are of no use between cells that may be empty.
  const delimiter = plan.format.delimiter === ' ' ? ',' : plan.format.delimiter
  const format = { ...plan.format, delimiter, ...as }
  let text = `${columns.map((name) => csvCell(name, format)).join(format.delimiter)}\r\n`
  for await (const batch of readFileRows(file, plan)) {
    for (const record of batch.records) {
      const more = added(record)
      if (more === null) continue
      // A ragged row keeps all its cells; missing ones are left empty so that what is added stays in its column.
      const own = record.cells.map((cell) => csvCell(cell, format))
      while (own.length < plan.width) own.push('')
      const rest = more.map((value) => (typeof value === 'number' ? csvNumber(value, format) : csvCell(value, format)))
      text += `${[...own, ...rest].join(format.delimiter)}\r\n`
    }
    if (text.length > pieceCharacters) {
      yield text
      text = ''
    }
  }
  yield text
}

/** Pieces of text as a file, which the browser may keep outside memory. */
export async function blobOf(pieces: AsyncIterable<string>): Promise<Blob> {
  const parts: Blob[] = []
  for await (const piece of pieces) parts.push(new Blob([piece]))
  return new Blob(parts, { type: 'text/csv;charset=utf-8' })
}
