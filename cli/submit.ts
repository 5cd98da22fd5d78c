import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { setOfChoice, uplinkTo } from '../client/estimate.ts'
import { handOver } from '../client/handOver.ts'
import { type HandOverReceipt, makeReceipt } from '../client/handOverReceipt.ts'
import { Key } from '../client/owner/key.ts'
import { threadSealers } from '../client/owner/threadSealers.ts'
import { lanesFor } from '../client/score.ts'
import type { ModelList } from '../client/server.ts'
import type { Card } from '../core/card/card.ts'
import { parameterSet } from '../core/protocol/schemes.ts'
import { fileDigest } from '../platform/fileDigest.ts'
import type { FileSource } from '../reader/source.ts'
import { type Command, fromThere } from './command.ts'
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
      await place.write(await submitInput(input, key, options))
      return 0
    } catch (thrown) {
      await place.drop()
      throw thrown
    } finally {
      await input.close()
      key.dispose()
    }
  },
}

async function submitInput(input: FileSource, key: Key, options: SubmitOptions): Promise<HandOverReceipt> {
  const say = (line: string): void => {
    if (!options.quiet) process.stderr.write(`${line}\n`)
  }
  const server = serverAt(options.server)
  const [list, card] = await Promise.all([server.models(), server.card(options.model)])
  const { file, plan, report, kept } = await prepareScorable(input, card, options, say)
  const records = report.scorable
  const run = Uint8Array.from(randomBytes(16))
  const set = chosenSet(options, key, list, card, records)
  const own = set === null ? key : await key.forFile(set, run)
  const keeper = key.fileKeys()
  const sealers = await threadSealers(own, { ...(options.threads && { threads: options.threads }) })
  const progress = new ProgressLine('Handed over', records, 0, options.quiet)
  try {
    const seed = await keeper.plantingSeed(run)
    const { limits } = list
    const sealedWith = own.publicKey
    const task = {
      server,
      limits,
      card,
      key: sealedWith,
      sealers,
      blocks: blocksOf(file, plan, kept),
      records,
      run,
      seed,
    }
    let told = 0
    const onProgress = ({ records: { answered } }: { records: { answered: number } }): void => {
      progress.add(answered - told)
      told = answered
    }
    const stop = stopsOnInterrupt()
    const handedOver = await unattended(
      (held, signal) => handOver(task, { ...held, onProgress }, signal),
      (until) => say(`The server takes no more before ${until.toTimeString().slice(0, 5)}: waiting.`),
      stop,
    )
    progress.end()
    const digest = await fileDigest(file, stop.signal)
    const parts = { server: server.url, card, key: key.publicKey, sealedWith, keeper, run, records, handedOver }
    say(`${records} records handed over. The server stores them, sealed, until ${handedOver.expires}.`)
    return await makeReceipt({ ...parts, file: { name: null, digest } })
  } finally {
    await sealers.end()
    keeper.dispose()
    if (own !== key) own.dispose()
  }
}

/** What is interrupted is not left behind on the server. */
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
