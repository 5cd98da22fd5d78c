import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setOfChoice, uplinkTo } from '../client/estimate.ts'
import { Key } from '../client/owner/key.ts'
import { threadSealers } from '../client/owner/threadSealers.ts'
import type { Progress } from '../client/progress.ts'
import { lanesFor, scoreBlocks } from '../client/score.ts'
import type { ModelList } from '../client/server.ts'
import type { Card } from '../core/card/card.ts'
import { defaultSet, parameterSet } from '../core/protocol/schemes.ts'
import { fail } from '../reader/faults.ts'
import { scoresFitSheet } from '../reader/sheetSize.ts'
import type { FileSource } from '../reader/source.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { openStandardInput } from './inputFile.ts'
import { blocksOf, prepareScorable } from './prepare.ts'
import { RunReceipt } from './runReceipt.ts'
import { thresholdOn } from './savingOptions.ts'
import { type CommandOptions, parseScoreOptions, usage } from './scoreOptions.ts'
import { serverAt } from './serverAt.ts'
import { collected, sayPlanted, unattended } from './unattended.ts'
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
    const receipt = new RunReceipt(options.server, card, key.publicKey)
    const { predictors, progress } = await unattended((held, signal) =>
      collected(card, report.scorable, (taken) => scoreBlocks(run, { ...held, ...receipt.hooks, ...taken }, signal)),
    )
    const scored = scoresFile({ file, plan, report, threshold }, predictors, options.workbook)
    await pipeline(Readable.from(scored), process.stdout, { end: false })
    if (options.receipt !== undefined) await receipt.write(fromThere(options.receipt), report, progress)
    sayDone(say, report.scorable, progress)
  } finally {
    await sealers.end()
    key.dispose()
  }
}

function sayDone(say: (line: string) => void, records: number, progress: Progress): void {
  const seconds = (progress.elapsed / 1000).toFixed(2)
  say(`${records} records scored in ${seconds} s; ${progress.bytesUp} bytes up, ${progress.bytesDown} down.`)
  sayPlanted(say, progress)
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
