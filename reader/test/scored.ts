import { createHash } from 'node:crypto'
import { type Card, hashedText } from '../../core/card/card.ts'
import { plainPredictors } from '../../core/protocol/scoring.ts'
import { compileModel } from '../../model/compile.ts'
import { parseModelFile } from '../../model/modelFile.ts'
import { leftOutReason } from '../../words/en/expected.ts'
import { readBlocks } from '../blocks.ts'
import { type CheckReport, checkFile } from '../check.ts'
import { blobOf, exportScores } from '../exportCsv.ts'
import { type FileFormat, startBytes, tableKind } from '../format.ts'
import { inspect, type Preview } from '../inspect.ts'
import { readJson } from '../json.ts'
import { type MarkWay, markRepair } from '../markRepair.ts'
import { headerInDoubt, matchColumns, rowNamesInDoubt, unnamedInDoubt } from '../matching.ts'
import { readParquet } from '../parquet.ts'
import { type TableFacts, writtenFormat, writtenTable } from '../plainCsv.ts'
import { type Plan, planOf } from '../plan.ts'
import type { Repair } from '../repairs.ts'
import { readSheet } from '../sheet.ts'
import type { FileSource } from '../source.ts'

/** A file's way from its bytes to the saved scores, by what page and command call, with the plain model as the server. */

export interface Answers {
  /** What is said to each question: the first suggestion, or what the card's policy makes of it. */
  readonly near: 'read' | 'policy' | 'none'
  readonly marks?: MarkWay
  readonly format?: Partial<FileFormat>
  /** By feature, the index of its column. */
  readonly columns?: Readonly<Record<string, number>>
  /** Other tables in the file are parts of the same. */
  readonly tables?: 'score'
  /** Leaves the decimal comma that was found unconfirmed. */
  readonly waits?: boolean
}

export interface Scored {
  readonly preview: Preview
  readonly report: CheckReport | null
  /** Why nothing is scored before somebody answers. */
  readonly asks: 'header' | 'names' | 'unnamed' | 'columns' | 'marks' | null
  readonly text: string
}

export function compiled(text: string) {
  const model = compileModel(parseModelFile(text))
  const hash = createHash('sha256').update(hashedText(model.card)).digest('hex')
  return { ...model, card: { ...model.card, hash } as Card }
}

export async function scored(bytes: Uint8Array<ArrayBuffer>, modelText: string, answers: Answers): Promise<Scored> {
  const model = compiled(modelText)
  const { card } = model
  const table = await textOf(new Blob([bytes]))
  const preview = await inspect(table.file, { ...table.written, ...answers.format }, table.isSheet)
  const matches = matchColumns(card, preview.header).map((match) => {
    const chosen = answers.columns?.[card.features[match.feature]?.name ?? '']
    return chosen === undefined ? match : ({ ...match, column: chosen, how: 'chosen' } as const)
  })
  const nothing = { preview, report: null, text: '' }
  if (answers.format?.header === undefined && headerInDoubt(card, preview, matches))
    return { ...nothing, asks: 'header' }
  if (answers.format?.rowNames === undefined && rowNamesInDoubt(card, preview, matches))
    return { ...nothing, asks: 'names' }
  if (!table.facts && answers.format?.header === undefined && unnamedInDoubt(card, preview, matches))
    return { ...nothing, asks: 'unnamed' }
  if (matches.some(({ column }) => column === null)) return { ...nothing, asks: 'columns' }
  const columns = matches.map(({ column }) => column as number)
  let plan: Plan = { ...planOf(card, preview, columns, table.facts), ...(answers.tables && { tables: 'score' }) }
  let report = await checkFile(table.file, plan, preview.header, () => {})
  for (let round = 0; round < 4; round++) {
    const repairs = answersTo(report, answers, plan.repairs)
    if (repairs.length === 0) break
    plan = { ...plan, repairs: [...plan.repairs, ...repairs] }
    report = await checkFile(table.file, plan, preview.header, () => {})
  }
  if (report.doubts.length > 0) return { preview, report, asks: 'marks', text: '' }
  const predictors = await predictorsIn(table.file, plan, model)
  if (predictors.length !== report.scorable) throw new Error('the run and the check differ')
  const pieces = exportScores(table.file, plan, preview.header, predictors, {
    policies: report.policies.length > 0,
    ...(report.leftOut > 0 && { leftOut: leftOutReason }),
  })
  return { preview, report, asks: null, text: await (await blobOf(pieces)).text() }
}

async function textOf(
  file: Blob,
): Promise<{ file: Blob; facts: TableFacts | null; written: object; isSheet: boolean }> {
  const kind = tableKind(new Uint8Array(await file.slice(0, startBytes).arrayBuffer()))
  if (kind === null) return { file, facts: null, written: {}, isSheet: false }
  const isSheet = kind === 'workbook'
  const facts = isSheet ? await readSheet(file, null) : await (kind === 'json' ? readJson : readParquet)(file)
  return { file: facts.csv, facts, written: isSheet ? writtenFormat : writtenTable, isSheet }
}

function answersTo(report: CheckReport, { near, marks }: Answers, said: readonly Repair[]): Repair[] {
  const repairs: Repair[] = []
  const taken = new Set<number>()
  for (const { feature } of marks ? report.doubts : []) {
    taken.add(feature)
    repairs.push(markRepair(feature, marks as MarkWay))
  }
  for (const { repair } of near === 'read' ? report.suggestions : []) {
    if (taken.has(repair.feature)) continue
    taken.add(repair.feature)
    repairs.push(repair)
  }
  for (const { code, feature } of near === 'policy' ? report.groups : []) {
    if (code === 'cell/near' && feature !== undefined) repairs.push({ feature, kind: 'policy' })
  }
  const known = new Set(said.map((each) => JSON.stringify(each)))
  return repairs.filter((repair) => !known.has(JSON.stringify(repair)))
}

/** The linear predictors of a model, from the integers that would be sealed. */
export async function predictorsIn(
  file: FileSource,
  plan: Plan,
  model: ReturnType<typeof compiled>,
): Promise<Float64Array> {
  const found: number[] = []
  for await (const { integers, capacity, records } of readBlocks(file, plan, 8)) {
    for (let r = 0; r < records; r++) {
      found.push(
        ...plainPredictors(
          model,
          model.card.inputs.map((_, j) => integers[j * capacity + r] as number),
        ),
      )
    }
  }
  return Float64Array.from(found)
}
