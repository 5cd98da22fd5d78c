import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RunControl } from '../client/control.ts'
import { Key } from '../client/owner/key.ts'
import { threadSealers } from '../client/owner/threadSealers.ts'
import { scoreBlocks } from '../client/score.ts'
import { ScoringServer } from '../client/server.ts'
import type { Card } from '../core/card/card.ts'
import type { BlindscoreError } from '../core/errors.ts'
import { readBlocks } from '../reader/blocks.ts'
import { type CheckReport, checkFile } from '../reader/check.ts'
import { exportLeftOut, exportScores } from '../reader/exportCsv.ts'
import { fail } from '../reader/faults.ts'
import { inspect, type Preview } from '../reader/inspect.ts'
import { matchColumns } from '../reader/matching.ts'
import type { Plan } from '../reader/plan.ts'
import type { FileSource } from '../reader/source.ts'
import { expectedText, leftOutReason } from '../words/en/expected.ts'
import { type Command, fromThere } from './command.ts'
import { openStandardInput } from './inputFile.ts'
import { type CommandOptions, parseScoreOptions, usage } from './scoreOptions.ts'

/** `blindscore score`: the page's way from a dropped file to a downloaded one, without a page. */
export const score: Command = {
  usage,
  async run(argv) {
    const options = parseScoreOptions(argv)
    const file = await openStandardInput()
    try {
      await scoreInput(file, options)
      return 0
    } finally {
      await file.close()
    }
  },
}

async function scoreInput(file: FileSource, options: CommandOptions): Promise<void> {
  const say = (line: string): void => {
    if (!options.quiet) process.stderr.write(`${line}\n`)
  }
  const server = new ScoringServer(options.server)
  const [{ limits }, card] = await Promise.all([server.models(), server.card(options.model)])
  const preview = await inspect(file)
  if (preview.format.decimalMark === ',') say('Numbers are read with a decimal comma.')
  const plan = planFor(card, preview, options.columns)
  const { header } = preview
  const report = await checkFile(file, plan, header, () => {})
  tell(report, say)
  if (report.rows === 0) fail('file/empty', 'onlyAHeader')
  if (options.leftOut !== undefined && report.leftOut > 0) {
    await pipeline(
      Readable.from(exportLeftOut(file, plan, header, leftOutReason)),
      createWriteStream(fromThere(options.leftOut)),
    )
  }
  if (report.scorable === 0) fail('run/nothing-to-score', 'nothingToScore')

  const key = await keyFor(options)
  const sealers = await threadSealers(key, { ...(options.threads && { threads: options.threads }) })
  try {
    const heads = card.heads.length
    const predictors = new Float64Array(report.scorable * heads)
    const control = new RunControl()
    const stop = new AbortController()
    let stuck: BlindscoreError | null = null
    const progress = await scoreBlocks(
      {
        server,
        limits,
        card,
        key: key.publicKey,
        sealers,
        blocks: (capacity) => {
          const blocks = readBlocks(file, plan, capacity)
          return { next: async () => (await blocks.next()).value ?? null }
        },
        records: report.scorable,
      },
      {
        control,
        onProgress: () => {},
        // Nobody sits here who could mend it: what was tried several times in vain ends the command.
        onStuck: (error) => {
          stuck = error
          stop.abort()
        },
        onOpened: ({ at }, opened) => predictors.set(opened, at * heads),
      },
      stop.signal,
    ).catch((thrown: unknown) => {
      throw stuck ?? thrown
    })
    await pipeline(Readable.from(exportScores(file, plan, header, predictors)), process.stdout, { end: false })
    const seconds = (progress.elapsed / 1000).toFixed(2)
    say(`${report.scorable} records scored in ${seconds} s; ${progress.bytesUp} bytes up, ${progress.bytesDown} down.`)
    if (progress.planted > 0) say(`${progress.planted} hidden records with known answers came out right.`)
  } finally {
    await sealers.end()
    key.dispose()
  }
}

function planFor(card: Card, { format, header }: Preview, chosen: ReadonlyMap<string, string>): Plan {
  const matches = matchColumns(card, header)
  const columns = card.features.map(({ name }, f) => {
    const own = chosen.get(name)
    return own === undefined ? (matches[f]?.column ?? null) : header.indexOf(own)
  })
  const missing = card.features.filter((_, f) => columns[f] === null || columns[f] === -1).map(({ name }) => name)
  if (missing.length > 0) fail('columns/missing', 'columnsMissing', { columns: missing })
  return { format, card, columns: columns as number[], width: header.length, repairs: [] }
}

function tell({ leftOut, scorable, groups }: CheckReport, say: (line: string) => void): void {
  say(`${scorable} records will be scored, ${leftOut} left out.`)
  for (const { code, column, count, expected, examples } of groups) {
    const lines = examples.slice(0, 3).map(({ line }) => line)
    say(`  ${column ?? 'row'}: ${count} × ${code}, expected ${expectedText(expected)} (line ${lines.join(', ')}…)`)
  }
}

async function keyFor({ key, set }: CommandOptions): Promise<Key> {
  if (key === undefined) return Key.generate(set)
  return Key.load(await readFile(fromThere(key), 'utf8'), process.env.BLINDSCORE_PASSPHRASE ?? '')
}
