import type { Card } from '../core/card/card.ts'
import { type CheckReport, checkFile } from '../reader/check.ts'
import { fail } from '../reader/faults.ts'
import type { FileFormat } from '../reader/format.ts'
import { inspect, type Preview } from '../reader/inspect.ts'
import { headerInDoubt, type Match, matchColumns } from '../reader/matching.ts'
import type { ReaderNote } from '../reader/notes.ts'
import type { Plan } from '../reader/plan.ts'
import type { Repair } from '../reader/repairs.ts'
import type { FileSource } from '../reader/source.ts'
import { thousands } from '../reader/suggest.ts'
import { expectedText } from '../words/en/expected.ts'
import { policyText } from '../words/en/policies.ts'
import { readerNotes } from '../words/en/reader.ts'
import { openTable } from './inputTable.ts'
import type { CommandOptions } from './scoreOptions.ts'

/** From a file to rows that are known to be scorable, with the answers that the options give to what a page would ask. */

type Say = (line: string) => void

/** How `reader/plainCsv.ts` writes. */
const writtenHere = { encoding: 'utf-8', delimiter: ',', decimalMark: '.' } as const satisfies FileFormat
/** Suggestions may bring forth others, as a unit that is dropped shows a mark. */
const mostRounds = 5

export async function prepare(
  source: FileSource,
  card: Card,
  options: CommandOptions,
  say: Say,
): Promise<{ file: FileSource; plan: Plan; report: CheckReport }> {
  const { file, isTable, isSheet, notes } = await openTable(source, options)
  const preview = await inspect(file, { ...(isTable && writtenHere), ...options.format }, isSheet)
  for (const note of [...notes, ...preview.notes]) say(noteText(note))
  let plan = planFor(card, preview, options)
  const check = () => checkFile(file, plan, preview.header, () => {})
  let report = await check()
  for (let round = 0; round < mostRounds; round++) {
    const more = answersTo(report, plan, options)
    if (more.length === 0) break
    plan = { ...plan, repairs: [...plan.repairs, ...more] }
    report = await check()
  }
  tell(report, say)
  if (report.rows === 0) fail('file/empty', 'onlyAHeader')
  if (report.doubts.length > 0) {
    const columns = report.doubts.map(({ feature }) => preview.header[plan.columns[feature] as number] ?? '')
    fail('columns/marks', 'marksInDoubt', { columns, lines: report.doubts.flatMap(({ lines }) => lines).slice(0, 3) })
  }
  return { file, plan, report }
}

function noteText<N extends ReaderNote['note']>({ note, facts }: ReaderNote): string {
  return readerNotes[note as N](facts as never)
}

function planFor(card: Card, preview: Preview, { columns: chosen, marks, format, totals }: CommandOptions): Plan {
  const { header } = preview
  const matches = matchColumns(card, header).map((match): Match => {
    const own = chosen.get(card.features[match.feature]?.name ?? '')
    if (own === undefined) return match
    const column = header.indexOf(own)
    return { ...match, column: column < 0 ? null : column, how: 'chosen' }
  })
  if (format.header === undefined && headerInDoubt(card, preview, matches)) {
    fail('columns/header', 'headerMayBeRecord')
  }
  const missing = matches.flatMap(({ feature, column }) =>
    column === null ? [card.features[feature]?.name ?? ''] : [],
  )
  if (missing.length > 0) fail('columns/missing', 'columnsMissing', { columns: missing })
  const unknown = [...marks.keys()].filter((name) => !card.features.some((feature) => feature.name === name))
  if (unknown.length > 0) fail('columns/missing', 'columnsMissing', { columns: unknown })
  return {
    format: preview.format,
    card,
    columns: matches.map(({ column }) => column as number),
    width: header.length,
    header,
    keyed: preview.keyed,
    repairs: [...marks].map(([name, way]): Repair => {
      const feature = card.features.findIndex((each) => each.name === name)
      return way === 'thousands' ? { feature, kind: 'number', ways: thousands } : { feature, kind: 'decimals' }
    }),
    ...(totals && { totals: 'score' as const }),
  }
}

/** What the options say to the questions of a check: of cells near a known value, and nothing else. */
function answersTo({ groups, suggestions }: CheckReport, { repairs }: Plan, { near }: CommandOptions): Repair[] {
  const asked = groups.flatMap(({ code, feature }) => (code === 'cell/near' && feature !== undefined ? [feature] : []))
  if (near === 'policy') return asked.map((feature) => ({ feature, kind: 'policy' }))
  if (near === 'refuse') return []
  const known = new Set(repairs.map((repair) => JSON.stringify(repair)))
  // One reading of a column in each round: what it leaves is looked at again.
  return asked.flatMap((feature) => {
    const first = suggestions.find(
      ({ repair, why }) => repair.feature === feature && why !== 'missing' && !known.has(JSON.stringify(repair)),
    )
    return first ? [first.repair] : []
  })
}

function tell({ leftOut, scorable, groups, policies, neutralised }: CheckReport, say: Say): void {
  say(`${scorable} records will be scored, ${leftOut} left out.`)
  for (const { code, column, count, expected, examples } of groups) {
    const lines = examples.slice(0, 3).map(({ line }) => line)
    say(`  ${column ?? 'row'}: ${count} × ${code}, expected ${expectedText(expected)} (line ${lines.join(', ')}…)`)
  }
  for (const policy of policies) say(`  ${policyText({ ...policy, examples: [] })}`)
  if (neutralised > 0)
    say(`  ${neutralised} cells begin as formulas do and are written with an apostrophe before them.`)
}
