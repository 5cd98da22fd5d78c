import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BlockSource } from '../client/block.ts'
import type { Card } from '../core/card/card.ts'
import { readBlocks } from '../reader/blocks.ts'
import { type CheckReport, checkFile } from '../reader/check.ts'
import { exportLeftOut } from '../reader/exportCsv.ts'
import { fail } from '../reader/faults.ts'
import type { FileFormat } from '../reader/format.ts'
import { guessEncoding } from '../reader/guess.ts'
import { inspect, type Preview } from '../reader/inspect.ts'
import { KeptRecords } from '../reader/keptRecords.ts'
import { markRepair } from '../reader/markRepair.ts'
import {
  headerInDoubt,
  type Match,
  matchColumns,
  rowNamesInDoubt,
  unmatched,
  unnamedInDoubt,
} from '../reader/matching.ts'
import { takesForAll } from '../reader/oneValue.ts'
import { type TableFacts, writtenFormat, writtenTable } from '../reader/plainCsv.ts'
import { noColumn, type Plan, planOf } from '../reader/plan.ts'
import type { Repair } from '../reader/repairs.ts'
import type { FileSource } from '../reader/source.ts'
import { expectedText, leftOutReason } from '../words/en/expected.ts'
import { waysText } from '../words/en/numberWays.ts'
import { policyText } from '../words/en/policies.ts'
import { readerNotes } from '../words/en/reader.ts'
import { noteText } from '../words/sentences.ts'
import { fromThere, UsageError } from './command.ts'
import { openTable } from './inputTable.ts'
import { meanings, type NumberMeaning, type ReadingOptions } from './readingOptions.ts'

/** From a file to rows that are known to be scorable, with the answers that the options give to what a page would ask. */

type Say = (line: string) => void

/** Suggestions may bring forth others, as a unit that is dropped shows a mark. */
const mostRounds = 5

export async function prepare(
  source: FileSource,
  card: Card,
  options: ReadingOptions,
  say: Say,
  use: 'scored' | 'fitted' | 'compared' = 'scored',
): Promise<{ file: FileSource; plan: Plan; report: CheckReport; kept: KeptRecords }> {
  const { file, table, isSheet, notes } = await openTable(source, options)
  const written = table && (isSheet ? writtenFormat : writtenTable)
  const guessed = options.guessEncoding && !table ? await guessedFormat(file) : null
  const preview = await inspect(file, { ...written, ...guessed, ...options.format }, isSheet)
  for (const note of [...notes, ...preview.notes]) say(noteText(readerNotes, note))
  let plan = planFor(card, preview, table, options)
  let kept = new KeptRecords(card)
  const check = () => checkFile(file, plan, preview.header, () => {}, kept)
  let report = await check()
  for (let round = 0; round < mostRounds; round++) {
    const more = answersTo(report, plan, options)
    if (more.length === 0) break
    plan = { ...plan, repairs: [...plan.repairs, ...more] }
    kept = new KeptRecords(card)
    report = await check()
  }
  tell(report, plan, say, use)
  if (report.rows === 0) fail('file/empty', 'onlyAHeader')
  if (report.doubts.length > 0) {
    const columns = report.doubts.map(({ feature }) => preview.header[plan.columns[feature] as number] ?? '')
    fail('columns/marks', 'marksInDoubt', { columns, lines: report.doubts.flatMap(({ lines }) => lines).slice(0, 3) })
  }
  return { file, plan, report, kept }
}

/** The encoding that a file's letters say it has. Throws {@link UsageError} where they may be of another one as well. */
async function guessedFormat(file: FileSource): Promise<Partial<FileFormat> | null> {
  const guess = await guessEncoding(file)
  const [first] = guess?.readings ?? []
  if (!guess || !first) return null
  if (!guess.certain) {
    const likely = guess.readings.map(({ encoding }) => encoding).join(', ')
    throw new UsageError(`--encoding auto: the letters of the file may be ${likely}. Say which by --encoding.`)
  }
  return { encoding: first.encoding }
}

/**
 * The same for records that are to be scored: the rows that cannot be are written where the options say, and that there are
 * others is certain.
 */
export async function prepareScorable(source: FileSource, card: Card, options: ReadingOptions, say: Say) {
  const prepared = await prepare(source, card, options, say)
  const { file, plan, report } = prepared
  if (options.leftOut !== undefined && report.leftOut > 0) {
    await pipeline(
      Readable.from(exportLeftOut(file, plan, plan.header ?? [], leftOutReason)),
      createWriteStream(fromThere(options.leftOut)),
    )
  }
  if (report.scorable === 0) fail('run/nothing-to-score', 'nothingToScore')
  return prepared
}

/** What pulls the records of a checked file, block by block. */
export function blocksOf(file: FileSource, plan: Plan, kept: KeptRecords): (capacity: number) => BlockSource {
  return (capacity) => {
    const read = readBlocks(file, plan, capacity, 0, { kept })
    return { next: async () => (await read.next()).value ?? null }
  }
}

function planFor(card: Card, preview: Preview, table: TableFacts | null, options: ReadingOptions): Plan {
  const { columns: chosen, marks, format, totals, tables } = options
  const { header } = preview
  const found = matchColumns(card, header)
  if (format.rowNames === undefined && rowNamesInDoubt(card, preview, found)) fail('columns/header', 'rowNamesInDoubt')
  const matches = withChosen(found, card, header, chosen)
  if (format.header === undefined && headerInDoubt(card, preview, matches)) {
    fail('columns/header', 'headerMayBeRecord')
  }
  if (!table && format.header === undefined && unnamedInDoubt(card, preview, matches))
    fail('columns/header', 'unnamedInDoubt')
  const given = valuesOf(card, matches, preview, options.values)
  const missing = unmatched(card, matches, given)
  if (missing.length > 0) fail('columns/missing', 'columnsMissing', { columns: missing })
  const unknown = [...marks.keys(), ...chosen.keys(), ...options.values.keys()].filter(
    (name) => !card.features.some((feature) => feature.name === name),
  )
  if (unknown.length > 0) fail('columns/missing', 'columnsMissing', { columns: unknown })
  const columns = matches.map(({ column }) => column ?? noColumn)
  return {
    ...planOf(card, preview, columns, table),
    repairs: given,
    ...(totals && { totals: 'score' as const }),
    ...(tables && { tables: 'score' as const }),
  }
}

/** What the options give for features without a column. */
function valuesOf(
  card: Card,
  matches: readonly Match[],
  { format }: Preview,
  values: ReadonlyMap<string, string>,
): Repair[] {
  return card.features.flatMap((own, feature): Repair[] => {
    const { name } = own
    const text = values.get(name)
    if (text === undefined) return []
    if (matches[feature]?.column !== null) throw new UsageError(`--value ${name}: the file has a column for it.`)
    if (!takesForAll(card, own, text, format)) throw new UsageError(`--value ${name}: the model does not take that.`)
    return [{ feature, kind: 'value', text }]
  })
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

/**
 * What the options say to the questions of a check: how marks are meant, and what becomes of cells near a known value. One
 * reading of a column in each round: what it leaves is looked at again.
 */
function answersTo(report: CheckReport, { card, repairs }: Plan, { near, marks }: ReadingOptions): Repair[] {
  const { doubts, groups, suggestions } = report
  const known = new Set(repairs.map((repair) => JSON.stringify(repair)))
  const asked = new Set(
    groups.flatMap(({ code, feature }) => (code === 'cell/near' && feature !== undefined ? [feature] : [])),
  )
  const answers = card.features.flatMap((_, feature): Repair[] => {
    const said = marks.get(card.features[feature]?.name ?? '')
    if (doubts.some((doubt) => doubt.feature === feature)) {
      return said === 'thousands' || said === 'decimals' ? [markRepair(feature, said)] : []
    }
    const offered = suggestions.filter(({ repair }) => repair.feature === feature)
    const told = said && offered.find(({ repair }) => means(repair, said))
    if (told) return [told.repair]
    if (!asked.has(feature)) return []
    if (near === 'policy') return [{ feature, kind: 'policy' }]
    // Where two readings differ, the first is no better than the second.
    const only = near === 'read' ? offered.find(({ why, contested }) => why !== 'missing' && !contested) : undefined
    return only ? [only.repair] : []
  })
  return answers.filter((answer) => !known.has(JSON.stringify(answer)))
}

/** Whether a reading of numbers is the one that was said to be meant. */
function means(repair: Repair, said: NumberMeaning): boolean {
  if (repair.kind !== 'number') return false
  const groups = repair.ways.some((way) => way.startsWith('group-'))
  switch (said) {
    case 'thousands':
      return groups
    case 'decimals':
      return repair.ways.includes('other-decimal') && !repair.ways.includes('group-own')
    case 'percent':
    case 'percent-fraction':
      return repair.ways.includes(said)
  }
}

function tell(report: CheckReport, { card, format, repairs }: Plan, say: Say, use: string): void {
  const { leftOut, scorable, groups, suggestions, policies, neutralised, mended } = report
  say(`${scorable} records will be ${use}, ${leftOut} left out.`)
  for (const [i, repair] of repairs.entries()) {
    const count = mended[i] ?? 0
    const how = repair.kind === 'number' ? waysText(repair.ways, format.decimalMark) : 'as known values'
    if (count > 0) say(`  ${card.features[repair.feature]?.name}: ${count} × read otherwise, ${how}`)
  }
  for (const { code, column, count, expected, examples } of groups) {
    const lines = examples.slice(0, 3).map(({ line }) => line)
    say(`  ${column ?? 'row'}: ${count} × ${code}, expected ${expectedText(expected)} (line ${lines.join(', ')}…)`)
  }
  for (const { repair, count } of suggestions) {
    const meaning = [...meanings].find(([, meant]) => means(repair, meant))?.[0]
    if (meaning) say(`  --marks ${card.features[repair.feature]?.name}=${meaning} would read ${count} of these cells`)
  }
  for (const policy of policies) say(`  ${policyText({ ...policy, examples: [] })}`)
  if (neutralised > 0) say(`  cells that begin as formulas do, written with an apostrophe before them: ${neutralised}`)
}
