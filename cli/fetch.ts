import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fetchRun } from '../client/fetchRun.ts'
import { type HandOverReceipt, requireKey, requireSame } from '../client/handOverReceipt.ts'
import type { Key } from '../client/owner/key.ts'
import { threadSealers } from '../client/owner/threadSealers.ts'
import { RecordsDigest } from '../client/recordsDigest.ts'
import { makeFetchedReceipt } from '../client/runReceipt.ts'
import type { ScoringServer } from '../client/server.ts'
import { fromHex } from '../core/number/bytes.ts'
import { fileDigest } from '../platform/fileDigest.ts'
import type { FileSource } from '../reader/source.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { openStandardInput } from './inputFile.ts'
import { keyOfBackup } from './keyOfBackup.ts'
import { type Options, optionLines, parseWords } from './options.ts'
import { blocksOf, prepareScorable } from './prepare.ts'
import { type ReadingOptions, readingOf, readingOptions } from './readingOptions.ts'
import { readRunFile, runFileOf } from './runFile.ts'
import { writeReceipt } from './runReceipt.ts'
import { untilDone } from './runStatus.ts'
import { type SavingOptions, savingOf, savingOptions, thresholdOn } from './savingOptions.ts'
import { sayUnless } from './say.ts'
import { threadsOf } from './sealingOptions.ts'
import { serverAt } from './serverAt.ts'
import { collected, sayPlanted, unattended } from './unattended.ts'
import { scoresFile } from './writeScores.ts'

const options = {
  key: {
    type: 'string',
    value: 'BACKUP',
    about: 'the key that the run was handed over with; its passphrase is taken from $BLINDSCORE_PASSPHRASE',
  },
  wait: { type: 'boolean', about: 'wait until the server has scored all of it' },
  receipt: {
    type: 'string',
    value: 'FILE',
    about: 'write there what was sent where, and what the server signed of its log of answers, where it keeps one',
  },
  ...readingOptions,
  ...savingOptions,
  threads: { type: 'string', value: 'N', about: 'threads that decrypt (default: one per core)' },
  quiet: { type: 'boolean', about: 'say nothing but errors' },
} as const satisfies Options

interface FetchOptions extends ReadingOptions, SavingOptions {
  readonly threads?: number
  readonly quiet: boolean
  readonly wait: boolean
  /** Where to write it. */
  readonly receipt?: string
}

/** `blindscore fetch`: the scores of a run that was handed over. */
export const fetch: Command = {
  usage: `Usage: blindscore fetch RUN --key BACKUP [options] < records.csv > scores.csv

Fetches the answers to a run that "blindscore submit" handed over, opens them, and writes the records with their scores to standard
output, as "blindscore score" does. The records are those that were handed over, with the same options of how they are read: others are
refused. The server keeps the run until it expires, or "blindscore discard RUN" deletes it.
${optionLines(options)}`,
  async run(argv) {
    const { values, words } = parseWords(argv, options)
    const name = runFileOf(words)
    if (values.key === undefined) throw new UsageError('--key is needed.')
    const quiet = values.quiet ?? false
    const written = values.receipt !== undefined && { receipt: fromThere(values.receipt) }
    const asked = { ...readingOf(values), ...savingOf(values), ...threadsOf(values.threads), ...written, quiet }
    const receipt = await readRunFile(name)
    const key = await keyOfBackup(values.key)
    const input = await openStandardInput()
    try {
      await fetchInput(input, receipt, key, { ...asked, wait: values.wait ?? false })
      return 0
    } finally {
      await input.close()
      key.dispose()
    }
  },
}

async function fetchInput(input: FileSource, receipt: HandOverReceipt, key: Key, options: FetchOptions): Promise<void> {
  const say = sayUnless(options.quiet)
  const { card } = receipt
  requireKey(receipt, key.publicKey)
  const threshold = thresholdOn(card, options.threshold)
  const server = serverAt(receipt.server)
  const { file, plan, report, kept } = await prepareScorable(input, card, options, say)
  const keeper = key.fileKeys()
  try {
    await requireSame(keeper, receipt, 'file', fromHex(await fileDigest(file, new AbortController().signal)))
    if (options.wait) await untilDone(server, receipt, say)
    const seed = await keeper.plantingSeed(fromHex(receipt.run))
    const opened = await openedWith(key, { receipt, server, seed }, blocksOf(file, plan, kept), options.threads)
    await requireSame(keeper, receipt, 'records', await opened.digest.bytes())
    const scored = scoresFile({ file, plan, report, threshold }, opened.predictors, options.workbook)
    await pipeline(Readable.from(scored), process.stdout, { end: false })
    if (options.receipt !== undefined) {
      const { progress } = opened
      const audit = await server.signedNow()
      await writeReceipt(options.receipt, makeFetchedReceipt(receipt, { report, progress, audit }))
    }
    say(`${receipt.records.count} scores of ${card.id}, version ${card.version}, opened.`)
    sayPlanted(say, opened.progress)
  } finally {
    keeper.dispose()
  }
}

interface Fetching {
  readonly receipt: HandOverReceipt
  readonly server: ScoringServer
  readonly seed: Uint8Array<ArrayBuffer>
}

/** The run's predictors, with what says of which records they are. */
async function openedWith(
  key: Key,
  { receipt, server, seed }: Fetching,
  blocks: ReturnType<typeof blocksOf>,
  threads: number | undefined,
) {
  const { card, run, stored, capacity, records } = receipt
  const own = receipt.own === null ? key : await key.forFile(receipt.own.set, fromHex(run))
  const sealers = await threadSealers(own, { ...(threads && { threads }) })
  const digest = new RecordsDigest()
  try {
    const { limits } = await server.models()
    const fetched = { ticket: stored, run, seed, capacity, records: records.count }
    const from = { server, limits, card, key: own.publicKey, sealers, blocks }
    const collect = await unattended((held, signal) =>
      collected(card, records.count, (taken) =>
        fetchRun(
          fetched,
          from,
          { ...held, ...taken, onRead: (block) => digest.note(block.at / capacity, block) },
          signal,
        ),
      ),
    )
    return { ...collect, digest }
  } finally {
    await sealers.end()
    if (own !== key) own.dispose()
  }
}
