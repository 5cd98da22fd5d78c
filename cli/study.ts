import { readFile, writeFile } from 'node:fs/promises'
import { sha256 } from '../platform/digest.ts'
import type { FileSource } from '../reader/source.ts'
import { designOf } from '../study/design.ts'
import { fitHere, modelOf } from '../study/fitted.ts'
import { parseStudy, type StudyFile } from '../study/studyFile.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { openStandardInput } from './inputFile.ts'
import { type Options, optionLines, parseWords } from './options.ts'
import { readStudyRows } from './studyRows.ts'
import { fitText, lineOfR } from './studyText.ts'

const options = {
  model: { type: 'string', value: 'FILE', about: 'write the fitted model there, as a model file that can be served' },
  'as-r': { type: 'boolean', about: 'stop where R’s glm does by default, so that the last digits are R’s, too' },
  json: { type: 'boolean', about: 'print the fit for programs' },
  quiet: { type: 'boolean', about: 'say nothing but the fit and errors' },
} as const satisfies Options

const usage = `Usage: blindscore study fit STUDY [options] < records.csv

Fits the model of a study to records that are all here, outcomes among them: nothing is encrypted, since nothing leaves, and
nothing would be gained. Records are CSV, .xlsx or Parquet, and are read as "blindscore score" reads them; rows with a
problem are left out and counted.
${optionLines(options)}`

/** `blindscore study`: a model is fitted. */
export const study: Command = {
  usage,
  async run(argv) {
    const { values, words } = parseWords(argv, options)
    const [verb, path] = words
    if (verb !== 'fit' || path === undefined || words.length > 2) throw new UsageError('A verb and a study are needed.')
    return fitStudy(parseStudy(await readFile(fromThere(path), 'utf8')), values)
  },
}

interface FitOptions {
  readonly model?: string | undefined
  readonly 'as-r'?: boolean | undefined
  readonly json?: boolean | undefined
  readonly quiet?: boolean | undefined
}

async function fitStudy(file: StudyFile, options: FitOptions): Promise<number> {
  const say = (line: string): void => {
    if (!options.quiet) process.stderr.write(`${line}\n`)
  }
  const design = await designOf(file, 'both', sha256)
  const { columns, outcomes } = await fromStandardInput((input) => readStudyRows(input, design, say))
  const summary = fitHere(file, design, columns, outcomes, options['as-r'] ? 'r' : 'optimum')
  const model = modelOf(file, design, summary)
  if (options.model !== undefined) await writeFile(fromThere(options.model), `${JSON.stringify(model, null, 2)}\n`)
  const r = lineOfR(file)
  if (r !== null) say(`The same in R: ${r}`)
  process.stdout.write(options.json ? `${JSON.stringify(summary, null, 2)}\n` : fitText(file, summary))
  return 0
}

async function fromStandardInput<T>(read: (input: FileSource) => Promise<T>): Promise<T> {
  const input = await openStandardInput()
  try {
    return await read(input)
  } finally {
    await input.close()
  }
}
