import type { Card } from '../core/card/card.ts'
import { isMissingText } from '../core/card/missing.ts'
import { parseDecimal } from '../core/number/decimal.ts'
import type { ModelFeature } from '../model/modelFile.ts'
import { reviewModel } from '../model/verdict.ts'
import { sha256 } from '../platform/digest.ts'
import { checkFile } from '../reader/check.ts'
import { fail } from '../reader/faults.ts'
import { readFileRows } from '../reader/fileRows.ts'
import type { Preview } from '../reader/inspect.ts'
import { makeJudge } from '../reader/judge.ts'
import type { TableFacts } from '../reader/plainCsv.ts'
import { type Plan, planOf } from '../reader/plan.ts'
import type { FileSource } from '../reader/source.ts'
import type { ScoredRows } from './compare.ts'

/** A scored file's scores and outcomes, as the numbers that its cells say: the reader takes files by cards, here as everywhere. */

/** Which of a file's columns are read, by names; no `score` where the scores are known by row. */
export interface PairColumns {
  readonly score: string | null
  readonly outcome: string
  /** The outcomes that are texts, the event among them; null where they are numbers. */
  readonly levels: readonly string[] | null
}

/** So little weight makes a column's own range wider than amounts are. A number is read with every digit that it has. */
const little = 1e-6

/** The card of a model that weighs these columns. */
export async function pairCard({ score, outcome, levels }: PairColumns): Promise<Card> {
  const ofOutcome: ModelFeature =
    levels === null
      ? { name: outcome, type: 'number' }
      : { name: outcome, type: 'category', levels: [...levels], unknown: 'reference' }
  const features: ModelFeature[] = [...(score === null ? [] : [{ name: score, type: 'number' as const }]), ofOutcome]
  const { card } = await reviewModel(
    {
      format: 'blindscore-model/1',
      id: 'scored',
      version: '1',
      title: 'scored',
      description: '',
      features,
      heads: [
        {
          intercept: 0,
          terms: features.map((feature) =>
            feature.type === 'category'
              ? { feature: feature.name, level: feature.levels[0] ?? '', weight: 1 }
              : { feature: feature.name, weight: little },
          ),
        },
      ],
      link: 'identity',
      tolerance: 1e-3,
    },
    sha256,
  )
  return card
}

/** What is compared: of texts, one is the event; of numbers, either 1 is or they are amounts. */
export type Meaning = { readonly event: string } | 'ones' | 'amounts'

/** Scores that are known without the file, with their rows in it, ascending. */
export interface KnownScores {
  readonly scores: Float64Array
  readonly rows: Uint32Array
}

/** The rows of the file that have both. `records` is how many there are at most. */
export async function readPairs(
  file: FileSource,
  plan: Plan,
  meaning: Meaning,
  records: number,
  known: KnownScores | null = null,
): Promise<ScoredRows> {
  const scores = new Float64Array(records)
  const outcomes = new Float64Array(records)
  const judge = makeJudge(plan)
  const integers = new Float64Array(plan.card.inputs.length)
  let [at, place] = [0, 0]
  for await (const { records: rows } of readFileRows(file, plan)) {
    for (const record of rows) {
      if (known) {
        while ((known.rows[place] ?? Number.POSITIVE_INFINITY) < record.row) place += 1
        if (known.rows[place] !== record.row) continue
      }
      if (judge.judge(record, integers, 1, 0).length > 0) continue
      const { values } = judge.encoder
      const score = known ? (known.scores[place] as number) : Number(values[0])
      // A score beyond the range of numbers tells nothing.
      if (!Number.isFinite(score)) continue
      scores[at] = score
      outcomes[at] = outcomeOf(String(values[known ? 0 : 1]), meaning)
      at += 1
    }
  }
  if (at === 0) fail('run/nothing-to-score', 'nothingToScore')
  return { scores: scores.slice(0, at), outcomes: outcomes.slice(0, at) }
}

function outcomeOf(value: string, meaning: Meaning): number {
  if (typeof meaning === 'object') return value === meaning.event ? 1 : 0
  return meaning === 'ones' ? (Number(value) === 1 ? 1 : 0) : Number(value)
}

/** A file as it was looked at, of which some columns are read. */
export interface LookedAt {
  readonly file: FileSource
  readonly preview: Preview
  readonly table: TableFacts | null
  /** What the person said of rows that look like sums, or like another table's. */
  readonly said: Pick<Plan, 'totals' | 'tables'>
}

/** The pairs of a file after a check of all of it. Throws `columns/marks` where its numbers can be read in two ways. */
export async function checkedPairs(
  { file, preview, table, said }: LookedAt,
  columns: { readonly score: number | KnownScores; readonly outcome: number },
  meaning: Meaning,
  levels: readonly string[],
): Promise<{ readonly rows: ScoredRows; readonly leftOut: number }> {
  const { header } = preview
  const { score, outcome } = columns
  const known = typeof score === 'number' ? null : score
  const card = await pairCard({
    score: typeof score === 'number' ? 'score' : null,
    outcome: 'outcome',
    levels: typeof meaning === 'object' ? levels : null,
  })
  const places = typeof score === 'number' ? [score, outcome] : [outcome]
  const plan = { ...planOf(card, preview, places, table), ...said }
  const report = await checkFile(file, plan, header, () => {})
  if (report.doubts.length > 0) {
    const doubted = report.doubts.map(({ feature }) => header[places[feature] as number] ?? '')
    const lines = report.doubts.flatMap((doubt) => doubt.lines).slice(0, 3)
    fail('columns/marks', 'marksInDoubt', { columns: doubted, lines })
  }
  const rows = await readPairs(file, plan, meaning, report.scorable, known)
  return { rows, leftOut: (known ? known.rows.length : report.rows) - rows.scores.length }
}

/** What a column holds, for whoever has to say what of it is an event. */
export interface OutcomeFacts {
  /** Its different texts with how many rows have each, the most frequent first; only the first of them where `more` says so. */
  readonly levels: readonly { readonly text: string; readonly rows: number }[]
  readonly more: boolean
  /** All of its texts are numbers. */
  readonly numbers: boolean
  /** What is meant where there is no doubt. */
  readonly meaning: Meaning | null
}

const mostLevels = 50
/** No name of a level is longer. */
const longest = 400
/** Of two texts that mean yes and no, those that mean yes. */
const yes = new Map([
  ['true', 'false'],
  ['yes', 'no'],
  ['t', 'f'],
  ['y', 'n'],
])

export async function outcomeFacts(
  file: FileSource,
  plan: Pick<Plan, 'format' | 'width'>,
  column: number,
): Promise<OutcomeFacts> {
  const counts = new Map<string, number>()
  let numbers = true
  let more = false
  for await (const { records } of readFileRows(file, plan)) {
    for (const { cells } of records) {
      const text = (cells[column] ?? '').trim()
      if (isMissingText(text)) continue
      numbers &&= isNumber(text, plan.format.decimalMark)
      const count = counts.get(text)
      if (count === undefined && (counts.size >= mostLevels || text.length > longest)) more = true
      else counts.set(text, (count ?? 0) + 1)
    }
  }
  const levels = [...counts].map(([text, rows]) => ({ text, rows })).sort((a, b) => b.rows - a.rows)
  return { levels, more, numbers, meaning: undoubted([...counts.keys()], numbers, more) }
}

function undoubted(texts: readonly string[], numbers: boolean, more: boolean): Meaning | null {
  if (texts.length === 0) return null
  if (numbers) {
    if (!more && texts.every((text) => Number(text) === 0 || Number(text) === 1)) return 'ones'
    return more || texts.length > 2 ? 'amounts' : null
  }
  if (more || texts.length !== 2) return null
  const event = texts.find((text) => texts.some((other) => other.toLowerCase() === yes.get(text.toLowerCase())))
  return event === undefined ? null : { event }
}

function isNumber(text: string, decimalMark: '.' | ','): boolean {
  return parseDecimal(decimalMark === ',' ? text.replace(',', '.') : text) !== null
}
