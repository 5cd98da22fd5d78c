import type { Card } from '../core/card/card.ts'
import { type CheckReport, checkFile } from '../reader/check.ts'
import { fail } from '../reader/faults.ts'
import { inspect, type Preview } from '../reader/inspect.ts'
import { headerInDoubt, type Match, matchColumns, unmatched } from '../reader/matching.ts'
import { writtenFormat } from '../reader/plainCsv.ts'
import type { Plan } from '../reader/plan.ts'
import type { Repair } from '../reader/repairs.ts'
import type { FileSource } from '../reader/source.ts'
import { markRepair } from '../reader/suggest.ts'
import { expectedText } from '../words/en/expected.ts'
import { policyText } from '../words/en/policies.ts'
import { readerNotes } from '../words/en/reader.ts'
import { noteText } from '../words/sentences.ts'
import { openTable } from './inputTable.ts'
import type { CommandOptions } from './scoreOptions.ts'

/** From a file to rows that are known to be scorable, with the answers that the options give to what a page would ask. */

type Say = (line: string) => void

/** Suggestions may bring forth others, as a unit that is dropped shows a mark. */
const mostRounds = 5

export async function prepare(
  source: FileSource,
  card: Card,
  options: CommandOptions,
  say: Say,
): Promise<{ file: FileSource; plan: Plan; report: CheckReport }> {
  const { file, isTable, isSheet, notes } = await openTable(source, options)
  const preview = await inspect(file, { ...(isTable && writtenFormat), ...options.format }, isSheet)
  for (const note of [...notes, ...preview.notes]) say(noteText(readerNotes, note))
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

function planFor(card: Card, preview: Preview, { columns: chosen, marks, format, totals }: CommandOptions): Plan {
  const { header } = preview
  const matches = withChosen(matchColumns(card, header), card, header, chosen)
  if (format.header === undefined && headerInDoubt(card, preview, matches)) {
    fail('columns/header', 'headerMayBeRecord')
  }
  const missing = unmatched(card, matches)
  if (missing.length > 0) fail('columns/missing', 'columnsMissing', { columns: missing })
  const unknown = [...marks.keys(), ...chosen.keys()].filter(
    (name) => !card.features.some((feature) => feature.name === name),
  )
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
      return markRepair(feature, way)
    }),
    ...(totals && { totals: 'score' as const }),
  }
}

/**
 * The matches with the columns that the options name. A name that several columns have is none, and a column that is chosen
 * for one feature is taken from another that has it by its name: two get the same one only where both are told to.
 */
function withChosen(
  matches: readonly Match[],
  card: Card,
  header: readonly string[],
  chosen: ReadonlyMap<string, string>,
): Match[] {
  const columnOf = (name: string): number | null => {
    const at = header.indexOf(name)
    return at >= 0 && header.lastIndexOf(name) === at ? at : null
  }
  const named = matches.map(({ feature }) => chosen.get(card.features[feature]?.name ?? ''))
  const taken = new Set(named.flatMap((name) => (name === undefined ? [] : [columnOf(name)])))
  return matches.map((match, i): Match => {
    const name = named[i]
    if (name !== undefined) return { ...match, column: columnOf(name), how: 'chosen' }
    return taken.has(match.column) ? { ...match, column: null, how: 'taken' } : match
  })
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
