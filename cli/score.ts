import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RunControl } from '../client/control.ts'
import { setOfChoice, uplinkTo } from '../client/estimate.ts'
import { Key } from '../client/owner/key.ts'
import { threadSealers } from '../client/owner/threadSealers.ts'
import type { Progress } from '../client/progress.ts'
import { lanesFor, type Run, scoreBlocks } from '../client/score.ts'
import type { ModelList } from '../client/server.ts'
import type { Card } from '../core/card/card.ts'
import type { BlindscoreError } from '../core/errors.ts'
import { defaultSet, parameterSet } from '../core/protocol/schemes.ts'
import { readBlocks } from '../reader/blocks.ts'
import { exportLeftOut } from '../reader/exportCsv.ts'
import { fail } from '../reader/faults.ts'
import { scoresFitSheet } from '../reader/sheetSize.ts'
import type { FileSource } from '../reader/source.ts'
import { leftOutReason } from '../words/en/expected.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { openStandardInput } from './inputFile.ts'
import { prepare } from './prepare.ts'
import { RunReceipt } from './runReceipt.ts'
import { thresholdOn } from './savingOptions.ts'
import { type CommandOptions, parseScoreOptions, usage } from './scoreOptions.ts'
import { serverAt } from './serverAt.ts'
import { scoresFile } from './writeScores.ts'

/** `blindscore score`: the page's way from a dropped file to a downloaded one, without a page. */
export const score: Command = {
  usage,
  async run(argv) {
    const options = parseScoreOptions(argv)
    if (options.workbook && process.stdout.isTTY) {
      throw new UsageError('--format xlsx writes a workbook: send standard output to a file.')
    }
    const file = await openStandardInput()
    try {
      await scoreInput(file, options)
      return 0
    } finally {
      await file.close()
    }
  },
}

async function scoreInput(input: FileSource, options: CommandOptions): Promise<void> {
  const say = (line: string): void => {
    if (!options.quiet) process.stderr.write(`${line}\n`)
  }
  const server = serverAt(options.server)
  const [list, card] = await Promise.all([server.models(), server.card(options.model)])
  const threshold = thresholdOn(card, options.threshold)
  const { file, plan, report, kept } = await prepare(input, card, options, say)
  const { header = [] } = plan
  if (options.leftOut !== undefined && report.leftOut > 0) {
    await pipeline(
      Readable.from(exportLeftOut(file, plan, header, leftOutReason)),
      createWriteStream(fromThere(options.leftOut)),
    )
  }
  if (report.scorable === 0) fail('run/nothing-to-score', 'nothingToScore')
  if (options.workbook && !scoresFitSheet(card, report.rows, header.length))
    fail('file/too-many-columns', 'sheetTooLarge')

  const key = await keyFor(options, list, card, report.scorable, say)
  const sealers = await threadSealers(key, { ...(options.threads && { threads: options.threads }) })
  try {
    const blocks = (capacity: number) => {
      const read = readBlocks(file, plan, capacity, 0, { kept })
      return { next: async () => (await read.next()).value ?? null }
    }
    const { limits } = list
    const run = { server, limits, card, key: key.publicKey, sealers, blocks, records: report.scorable }
    const receipt = new RunReceipt(options.server, card, key.publicKey)
    const { predictors, progress } = await scoreAll(run, receipt.hooks)
    const scored = scoresFile({ file, plan, report, threshold }, predictors, options.workbook)
    await pipeline(Readable.from(scored), process.stdout, { end: false })
    if (options.receipt !== undefined) await receipt.write(fromThere(options.receipt), report, progress)
    sayDone(say, report.scorable, progress)
  } finally {
    await sealers.end()
    key.dispose()
  }
}

/** The linear predictors of all records, heads of each. */
async function scoreAll(
  run: Run & { readonly records: number },
  hooks: RunReceipt['hooks'],
): Promise<{ predictors: Float64Array; progress: Progress }> {
  const heads = run.card.heads.length
  const predictors = new Float64Array(run.records * heads)
  const stop = new AbortController()
  let stuck: BlindscoreError | null = null
  const progress = await scoreBlocks(
    run,
    {
      control: new RunControl(),
      onProgress: () => {},
      ...hooks,
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
  return { predictors, progress }
}

function sayDone(say: (line: string) => void, records: number, progress: Progress): void {
  const seconds = (progress.elapsed / 1000).toFixed(2)
  say(`${records} records scored in ${seconds} s; ${progress.bytesUp} bytes up, ${progress.bytesDown} down.`)
  if (progress.planted > 0) say(`${progress.planted} hidden records with known answers came out right.`)
}

async function keyFor(
  { key, set, scheme, server, threads }: CommandOptions,
  { limits, models }: ModelList,
  card: Card,
  records: number,
  say: (line: string) => void,
): Promise<Key> {
  if (key !== undefined)
    return Key.load(await readFile(fromThere(key), 'utf8'), process.env.BLINDSCORE_PASSPHRASE ?? '')
  const served = models.find(({ id }) => id === card.id)?.schemes ?? []
  const sealers = threads ?? availableParallelism()
  const shape = { card, limits, lanes: lanesFor({ size: 1 }), records }
  const lasting = parameterSet(set ?? defaultSet)
  const ofRun = setOfChoice({ choice: scheme, served, lasting, shape }, { sealers, uplink: uplinkTo(new URL(server)) })
  say(ofRun ? 'Making a key for this run…' : 'Making a key…')
  return Key.generate(ofRun?.id ?? set)
}
