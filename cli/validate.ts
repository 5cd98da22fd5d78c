import { writeFile } from 'node:fs/promises'
import { fail } from '../reader/faults.ts'
import type { FileSource } from '../reader/source.ts'
import { figuresOf, type ScoredRows, type Validation } from '../validation/compare.ts'
import { pairCard, readPairs } from '../validation/readPairs.ts'
import { validationPage, validationText } from '../validation/report.ts'
import { validation as words } from '../words/en/validation.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { openStandardInput } from './inputFile.ts'
import { type Options, optionLines, parseOptions } from './options.ts'
import { prepare } from './prepare.ts'
import { readingOf } from './readingOptions.ts'
import { type Say, sayUnless } from './say.ts'
import { serverAt } from './serverAt.ts'

const options = {
  score: { type: 'string', value: 'NAME', about: 'the column that has the scores' },
  outcome: { type: 'string', value: 'NAME', about: 'the column that has what came to pass' },
  event: {
    type: 'string',
    value: 'TEXT',
    about: 'the outcome that the scores are to tell; without it outcomes are amounts',
  },
  threshold: {
    type: 'string',
    value: 'X',
    about: 'the score from which on a record counts as an event (default: 0.5)',
  },
  server: {
    type: 'string',
    value: 'URL',
    about: 'with --model: the scoring server, whose card says what the vendor claims',
  },
  model: { type: 'string', value: 'ID', about: 'the model that made the scores' },
  report: { type: 'string', value: 'FILE', about: 'write a report to print, one HTML file' },
  json: { type: 'boolean', about: 'print the figures for programs' },
  quiet: { type: 'boolean', about: 'say nothing but the figures and errors' },
} as const satisfies Options

const usage = `Usage: blindscore validate --score NAME --outcome NAME [--event TEXT] [options] < scored.csv

Says how well scores told outcomes that came afterwards, beside what the model's vendor claims: AUC with its interval, tenths,
the counts at a threshold; or R² and residuals of amounts. Nothing leaves this machine, but for the question for the model's card.
${optionLines(options)}`

/** `blindscore validate`: a vendor's scores against the outcomes that stayed here. */
export const validate: Command = {
  usage,
  async run(argv) {
    const values = parseOptions(argv, options)
    const { score, outcome, event, server, model } = values
    if (score === undefined || outcome === undefined) throw new UsageError('--score and --outcome are needed.')
    if ((server === undefined) !== (model === undefined)) throw new UsageError('--server and --model go together.')
    const threshold = Number(values.threshold ?? 0.5)
    if (!Number.isFinite(threshold)) throw new UsageError('--threshold takes a number.')
    const say = sayUnless(values.quiet)
    const input = await openStandardInput()
    try {
      const { rows, leftOut } = await scoredRows(input, { score, outcome, event }, say)
      const card = server === undefined ? null : await serverAt(server).card(model ?? '')
      const found: Validation = {
        score,
        outcome,
        event: event ?? null,
        claim: card?.quality ?? null,
        leftOut,
        file: null,
        model: card && `${card.title} ${card.version}`,
        ...figuresOf(rows, event !== undefined, threshold),
      }
      if (values.report !== undefined) await writeFile(fromThere(values.report), validationPage(found, words, 'en'))
      process.stdout.write(values.json ? `${JSON.stringify(found, null, 2)}\n` : validationText(found, words))
      return 0
    } finally {
      await input.close()
    }
  },
}

async function scoredRows(
  input: FileSource,
  { score, outcome, event }: { readonly score: string; readonly outcome: string; readonly event: string | undefined },
  say: Say,
): Promise<{ readonly rows: ScoredRows; readonly leftOut: number }> {
  const card = await pairCard({ score, outcome, levels: event === undefined ? null : [event] })
  const { file, plan, report } = await prepare(input, card, readingOf({}), say, 'compared')
  if (report.scorable === 0) fail('run/nothing-to-score', 'nothingToScore')
  const rows = await readPairs(file, plan, event === undefined ? 'amounts' : { event }, report.scorable)
  return { rows, leftOut: report.rows - rows.scores.length }
}
