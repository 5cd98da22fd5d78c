import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Key } from '../client/owner/key.ts'
import { threadSealers } from '../client/owner/threadSealers.ts'
import type { Progress } from '../client/progress.ts'
import type { RunReceipt } from '../client/runReceipt.ts'
import { type Run, scoreBlocks } from '../client/score.ts'
import type { ModelList } from '../client/server.ts'
import type { Card } from '../core/card/card.ts'
import { defaultSet, parameterSet } from '../core/protocol/schemes.ts'
import { fail } from '../reader/faults.ts'
import { scoresFitSheet } from '../reader/sheetSize.ts'
import type { FileSource } from '../reader/source.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { openStandardInput } from './inputFile.ts'
import { keyOfBackup } from './keyOfBackup.ts'
import { blocksOf, prepareScorable } from './prepare.ts'
import { LiveRun, writeReceipt } from './runReceipt.ts'
import { thresholdOn } from './savingOptions.ts'
import { type Say, sayUnless } from './say.ts'
import { type CommandOptions, parseScoreOptions, usage } from './scoreOptions.ts'
import { serverAt } from './serverAt.ts'
import { setOfRun } from './setOfRun.ts'
import { collected, sayPlanted, unattended, untilInterrupted, waitsOf } from './unattended.ts'
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
  const say = sayUnless(options.quiet)
  const server = serverAt(options.server)
  const [list, card] = await Promise.all([server.models(), server.card(options.model)])
  const threshold = thresholdOn(card, options.threshold)
  const { file, plan, report, kept } = await prepareScorable(input, card, options, say)
  const { header = [] } = plan
  if (options.workbook && !scoresFitSheet(card, report.rows, header.length))
    fail('file/too-many-columns', 'sheetTooLarge')

  const key = await keyFor(options, list, card, report.scorable, say)
  const sealers = await threadSealers(key, { ...(options.threads && { threads: options.threads }) })
  try {
    const blocks = blocksOf(file, plan, kept)
    const { limits } = list
    const run = { server, limits, card, key: key.publicKey, sealers, blocks, records: report.scorable }
    const live = new LiveRun(server, card, key.publicKey)
    const { predictors, progress } = await scoredLive(run, live, options.outage, say).catch(async (thrown: unknown) => {
      if (live.answered > 0) {
        say(`${live.answered} of ${report.scorable} records were answered before it ended.`)
        if (options.receipt !== undefined) await keepEnded(options.receipt, () => live.receipt(report, thrown))
      }
      throw thrown
    })
    const scored = scoresFile({ file, plan, report, threshold }, predictors, options.workbook)
    await pipeline(Readable.from(scored), process.stdout, { end: false })
    if (options.receipt !== undefined) await writeReceipt(fromThere(options.receipt), await live.receipt(report))
    sayDone(say, report.scorable, progress)
  } finally {
    await sealers.end()
    key.dispose()
  }
}

/** What was answered was paid for: where the hour ends before the records do, or the server goes away, they wait for the next one, or for it. */
function scoredLive(run: Run & { readonly records: number }, live: LiveRun, outage: number, say: Say) {
  const { card, records } = run
  return untilInterrupted((stop) =>
    unattended(
      (held, signal) =>
        collected(card, records, (taken) => scoreBlocks(run, { ...held, ...live.hooks, ...taken }, signal)),
      waitsOf(() => live.answered, records, outage, say),
      stop,
    ),
  )
}

/** Writes the receipt of a run that ended before its end. Why it ended is said also where this cannot be written. */
async function keepEnded(name: string, receipt: () => Promise<RunReceipt>): Promise<void> {
  await writeReceipt(fromThere(name), await receipt()).catch(({ code }: NodeJS.ErrnoException) => {
    process.stderr.write(`The receipt cannot be written (${code}).\n`)
  })
}

function sayDone(say: Say, records: number, progress: Progress): void {
  const seconds = (progress.elapsed / 1000).toFixed(2)
  say(`${records} records scored in ${seconds} s; ${progress.bytesUp} bytes up, ${progress.bytesDown} down.`)
  sayPlanted(say, progress)
}

async function keyFor(options: CommandOptions, list: ModelList, card: Card, records: number, say: Say): Promise<Key> {
  const { key, set } = options
  if (key !== undefined) return keyOfBackup(key)
  const ofRun = setOfRun(options, list, parameterSet(set ?? defaultSet), { card, records })
  say(ofRun ? 'Making a key for this run…' : 'Making a key…')
  return Key.generate(ofRun ?? set)
}
