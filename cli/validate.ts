import { writeFile } from 'node:fs/promises'
import { ScoringServer } from '../client/server.ts'
import { accuracyOf, brierScore, confusionAt, discriminationOf } from '../stats/validation.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { openStandardInput } from './inputFile.ts'
import { type Options, optionLines, parseOptions } from './options.ts'
import { readScoredRows, type ScoredRows } from './scoredRows.ts'
import { type Validation, validationPage, validationText } from './validateText.ts'

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
    const say = (line: string): void => {
      if (!values.quiet) process.stderr.write(`${line}\n`)
    }
    const input = await openStandardInput()
    try {
      const rows = await readScoredRows(input, { score, outcome, event }, say)
      const claim = server === undefined ? null : ((await new ScoringServer(server).card(model ?? '')).quality ?? null)
      const found = { score, outcome, event: event ?? null, claim, ...compared(rows, event !== undefined, threshold) }
      if (values.report !== undefined) await writeFile(fromThere(values.report), validationPage(found))
      process.stdout.write(values.json ? `${JSON.stringify(found, null, 2)}\n` : validationText(found))
      return 0
    } finally {
      await input.close()
    }
  },
}

type Figures = Omit<Validation, 'score' | 'outcome' | 'event' | 'claim'>

function compared({ scores, outcomes }: ScoredRows, events: boolean, threshold: number): Figures {
  if (!events) return { discrimination: null, confusion: null, brier: null, accuracy: accuracyOf(scores, outcomes) }
  // Only what is between 0 and 1 can be a probability.
  const probabilities = scores.every((score) => score >= 0 && score <= 1)
  return {
    discrimination: discriminationOf(scores, outcomes),
    confusion: confusionAt(threshold, scores, outcomes),
    brier: probabilities ? brierScore(scores, outcomes) : null,
    accuracy: null,
  }
}
