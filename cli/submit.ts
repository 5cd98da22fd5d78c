import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { RequestLimits } from '../client/chunks.ts'
import { setOfChoice, uplinkTo } from '../client/estimate.ts'
import { type BegunRun, discardSoon, handOver } from '../client/handOver.ts'
import {
  begunOf,
  type HandOverReceipt,
  makeReceipt,
  type ReceiptParts,
  requireKey,
  requireSame,
} from '../client/handOverReceipt.ts'
import { Key } from '../client/owner/key.ts'
import { threadSealers } from '../client/owner/threadSealers.ts'
import { passing } from '../client/passing.ts'
import { lanesFor } from '../client/score.ts'
import type { ModelList, ScoringServer } from '../client/server.ts'
import { StoredRuns } from '../client/storedRuns.ts'
import type { Card } from '../core/card/card.ts'
import { asBlindscoreError } from '../core/errors.ts'
import { fromHex } from '../core/number/bytes.ts'
import { parameterSet } from '../core/protocol/schemes.ts'
import { fileDigest } from '../platform/fileDigest.ts'
import type { FileSource } from '../reader/source.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { openStandardInput } from './inputFile.ts'
import { blocksOf, prepareScorable } from './prepare.ts'
import { ProgressLine } from './progressLine.ts'
import { RunFileToBe } from './runFile.ts'
import { serverAt } from './serverAt.ts'
import { parseSubmitOptions, type SubmitOptions, usage } from './submitOptions.ts'
import { unattended } from './unattended.ts'

/** `blindscore submit`: records handed over to be scored while nobody waits. */
export const submit: Command = {
  usage,
  async run(argv) {
    const options = parseSubmitOptions(argv)
    const key = await Key.load(await readFile(fromThere(options.key), 'utf8'), process.env.BLINDSCORE_PASSPHRASE ?? '')
    const input = await openStandardInput()
    const place = await RunFileToBe.at(options.output)
    try {
      await submitInput(input, key, place, options)
      return 0
    } finally {
      await input.close()
      key.dispose()
    }
  },
}

async function submitInput(input: FileSource, key: Key, place: RunFileToBe, options: SubmitOptions): Promise<void> {
  const say = (line: string): void => {
    if (!options.quiet) process.stderr.write(`${line}\n`)
  }
  const server = serverAt(options.server)
  const { begun } = place
  try {
    if (begun) requireSameRun(begun, server, key, options)
    const [list, card] = await Promise.all([server.models(), begun?.card ?? server.card(options.model)])
    const read = await prepareScorable(input, card, options, say)
    const keeper = key.fileKeys()
    try {
      const digest = await fileDigest(read.file, new AbortController().signal)
      if (begun) await requireSame(keeper, begun, 'file', fromHex(digest))
      if (begun) say('Goes on with the run that was begun before.')
      const run = begun ? fromHex(begun.run) : Uint8Array.from(randomBytes(16))
      const set = begun ? (begun.own?.set ?? null) : chosenSet(options, key, list, card, read.report.scorable)
      const own = set === null ? key : await key.forFile(set, run)
      const submission = { server, limits: list.limits, read, key, own, keeper, run, digest, place }
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
  /** Of the file. */
  readonly digest: string
  readonly place: RunFileToBe
}

/** What is interrupted or refused is not left behind on the server; what cannot be reached can be gone on with. */
async function handOverWhole(submission: Submission, options: SubmitOptions, say: (line: string) => void) {
  const { server, limits, read, key, own, keeper, run, place } = submission
  const { file, plan, report, kept } = read
  const [{ card }, records] = [plan, report.scorable]
  const sealers = await threadSealers(own, { ...(options.threads && { threads: options.threads }) })
  const progress = new ProgressLine('Handed over', records, 0, options.quiet)
  const parts = { server: server.url, card, key: key.publicKey, sealedWith: own.publicKey, keeper, run, records }
  const receiptOf = (handedOver: ReceiptParts['handedOver']): Promise<HandOverReceipt> =>
    makeReceipt({ ...parts, file: { name: null, digest: submission.digest }, handedOver })
  const begun = place.begun && begunOf(place.begun)
  let made = begun
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
    const handedOver = await unattended(
      (held, signal) => handOver(task, { ...held, ...hooks }, signal),
      (until) => say(`The server takes no more before ${until.toTimeString().slice(0, 5)}: waiting.`),
      stopsOnInterrupt(),
    )
    progress.end()
    const receipt = await receiptOf(handedOver)
    await place.write(receipt)
    return receipt
  } catch (thrown) {
    // Nothing in it was refused.
    if (made && passing.has(asBlindscoreError(thrown).code)) {
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

/** What ends at a word of who sits there. */
function stopsOnInterrupt(): AbortController {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  return stop
}

/** The set of the run's own key, by the rule of a live run; null for the backup's key. */
function chosenSet(
  { scheme, server, threads }: SubmitOptions,
  key: Key,
  { limits, models }: ModelList,
  card: Card,
  records: number,
): string | null {
  const served = models.find(({ id }) => id === card.id)?.schemes ?? []
  const lasting = parameterSet(key.publicKey.set)
  const shape = { card, limits, lanes: lanesFor({ size: 1 }), records }
  const conditions = { sealers: threads ?? availableParallelism(), uplink: uplinkTo(new URL(server)) }
  return setOfChoice({ choice: scheme, served, lasting, shape }, conditions)?.id ?? null
}
