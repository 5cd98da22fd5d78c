import { randomBytes } from 'node:crypto'
import type { RequestLimits } from '../client/chunks.ts'
import { type BegunRun, discardSoon, handOver } from '../client/handOver.ts'
import {
  begunOf,
  type HandOverReceipt,
  makeReceipt,
  type ReceiptParts,
  requireKey,
  requireSame,
} from '../client/handOverReceipt.ts'
import type { Key } from '../client/owner/key.ts'
import { threadSealers } from '../client/owner/threadSealers.ts'
import { passing } from '../client/passing.ts'
import type { ScoringServer } from '../client/server.ts'
import { StoredRuns } from '../client/storedRuns.ts'
import { asBlindscoreError } from '../core/errors.ts'
import { fromHex } from '../core/number/bytes.ts'
import { parameterSet } from '../core/protocol/schemes.ts'
import { fileDigest } from '../platform/fileDigest.ts'
import { readingDigest } from '../reader/readingDigest.ts'
import type { FileSource } from '../reader/source.ts'
import { type Command, UsageError } from './command.ts'
import { openStandardInput } from './inputFile.ts'
import { keyOfBackup } from './keyOfBackup.ts'
import { blocksOf, prepareScorable } from './prepare.ts'
import { ProgressLine } from './progressLine.ts'
import { RunFileToBe } from './runFile.ts'
import { type Say, sayUnless } from './say.ts'
import { serverAt } from './serverAt.ts'
import { setOfRun } from './setOfRun.ts'
import { parseSubmitOptions, type SubmitOptions, usage } from './submitOptions.ts'
import { sayWait, unattended, untilInterrupted } from './unattended.ts'

/** `blindscore submit`: records handed over to be scored while nobody waits. */
export const submit: Command = {
  usage,
  async run(argv) {
    const options = parseSubmitOptions(argv)
    const key = await keyOfBackup(options.key)
    const input = await openStandardInput()
    const place = await RunFileToBe.at(options.output)
    try {
      await submitInput(input, key, place, options)
      return 0
    } finally {
      await place.close()
      await input.close()
      key.dispose()
    }
  },
}

async function submitInput(input: FileSource, key: Key, place: RunFileToBe, options: SubmitOptions): Promise<void> {
  const say = sayUnless(options.quiet)
  const server = serverAt(options.server)
  const { begun } = place
  try {
    if (begun) requireSameRun(begun, server, key, options)
    const [list, card] = await Promise.all([server.models(), begun?.card ?? server.card(options.model)])
    const read = await prepareScorable(input, card, options, say)
    const keeper = key.fileKeys()
    try {
      const digest = await fileDigest(read.file, new AbortController().signal)
      const reading = await readingDigest(read.plan)
      if (begun) await requireSame(keeper, begun, 'file', fromHex(digest))
      if (begun) say('Goes on with the run that was begun before.')
      const run = begun ? fromHex(begun.run) : Uint8Array.from(randomBytes(16))
      const lasting = parameterSet(key.publicKey.set)
      const of = { card, records: read.report.scorable }
      const set = begun ? (begun.own?.set ?? null) : setOfRun(options, list, lasting, of)
      const own = set === null ? key : await key.forFile(set, run)
      const submission = { server, limits: list.limits, read, key, own, keeper, run, digest, reading, place }
      const { stored } = await handOverWhole(submission, options, say).finally(() => own === key || own.dispose())
      say(`${read.report.scorable} records handed over. The server stores them, sealed, until ${stored.expires}.`)
    } finally {
      keeper.dispose()
    }
  } catch (thrown) {
    if (!place.written) await place.drop()
    throw thrown
  }
}

/** Throws for a run that this command would not have begun. */
function requireSameRun(begun: HandOverReceipt, server: ScoringServer, key: Key, { model, output }: SubmitOptions) {
  if (begun.server !== server.url || begun.card.id !== model)
    throw new UsageError(`${output} is a run that was begun with another server or model.`)
  requireKey(begun, key.publicKey)
}

/** What is handed over, by whose key, and where that is written down. */
interface Submission {
  readonly server: ScoringServer
  readonly limits: RequestLimits
  readonly read: Awaited<ReturnType<typeof prepareScorable>>
  readonly key: Key
  /** The run's own key, or that one. */
  readonly own: Key
  readonly keeper: ReturnType<Key['fileKeys']>
  readonly run: Uint8Array<ArrayBuffer>
  /** Of the file, and of how it is read. */
  readonly digest: string
  readonly reading: Uint8Array
  readonly place: RunFileToBe
}

/** What is interrupted or refused is not left behind on the server; what cannot be reached can be gone on with. */
async function handOverWhole(submission: Submission, options: SubmitOptions, say: Say) {
  const { server, limits, read, key, own, keeper, run, reading, place } = submission
  const { file, plan, report, kept } = read
  const [{ card }, records] = [plan, report.scorable]
  const sealers = await threadSealers(own, { ...(options.threads && { threads: options.threads }) })
  const progress = new ProgressLine('Handed over', records, 0, options.quiet)
  const parts = { server: server.url, card, key: key.publicKey, sealedWith: own.publicKey, keeper, run, records }
  const receiptOf = (handedOver: ReceiptParts['handedOver'], audit?: ReceiptParts['audit']): Promise<HandOverReceipt> =>
    makeReceipt({ ...parts, file: { name: null, digest: submission.digest, reading }, handedOver, audit })
  const begun = place.begun && (await begunOf(keeper, place.begun, reading))
  let made: BegunRun | null = begun
  let told = 0
  const hooks = {
    onProgress: ({ records: { answered } }: { records: { answered: number } }): void => {
      progress.add(answered - told)
      told = answered
    },
    onBegun: async (run: BegunRun): Promise<void> => {
      made = run
      await place.write(await receiptOf(run))
    },
  }
  const seed = await keeper.plantingSeed(run)
  const blocks = blocksOf(file, plan, kept)
  const task = { server, limits, card, key: own.publicKey, sealers, blocks, records, run, seed, begun }
  try {
    const handedOver = await untilInterrupted((stop) =>
      unattended((held, signal) => handOver(task, { ...held, ...hooks }, signal), { onWait: sayWait(say) }, stop),
    )
    progress.end()
    const receipt = await receiptOf(handedOver, await server.signedNow())
    await place.write(receipt)
    return receipt
  } catch (thrown) {
    const { code } = asBlindscoreError(thrown)
    // Nothing in it was refused, or somebody else who has its file has handed it over.
    if (made && (passing.has(code) || code === 'run/frozen')) {
      say('What was handed over stays there: the same command goes on with it.')
    } else if (made) {
      await discardSoon(new StoredRuns(server), made.ticket)
      await place.drop()
    }
    throw thrown
  } finally {
    await sealers.end()
  }
}
