import { availableParallelism } from 'node:os'
import { shapeOf } from '../core/protocol/scheme.ts'
import { equal, type RecordsFile, readRecordsFile, verifyRecordsFile } from '../files/recordsFile.ts'
import { readScoresFile, type ScoresFile } from '../files/scoresFile.ts'
import type { Signer } from '../files/signature.ts'
import type { ServedModel } from '../model/verdict.ts'
import { startPool } from '../server/compute/pool.ts'
import { errorOf as serverError } from '../server/faults.ts'
import { scoreFile as answerTo, checkCard } from '../server/files/scoreFile.ts'
import { limitsFor } from '../server/limits.ts'
import { shippedModels } from '../server/listen.ts'
import { silentLog } from '../server/log.ts'
import { requireModels } from '../server/models.ts'
import { readSecret } from '../server/secret.ts'
import { makeService } from '../server/service.ts'
import { openLedger } from '../server/state/fileLedger.ts'
import { stateInMemory } from '../server/state/memory.ts'
import { type Command, fromThere } from './command.ts'
import { requireSigner } from './inspectText.ts'
import { type Begun, bytesOf, readBegun, writeWhole } from './partFile.ts'
import { ProgressLine } from './progressLine.ts'
import { parseScoreFileOptions, type ScoreFileOptions, usage } from './scoreFileOptions.ts'

/** `blindscore score-file`: the vendor's half of an exchange by files. */
export const scoreFile: Command = {
  usage,
  async run(argv) {
    const options = parseScoreFileOptions(argv)
    const input = fromThere(options.input)
    const output = fromThere(options.output)
    const secret = await readSecret(options.secretFile && fromThere(options.secretFile), process.env)
    const signer = secret.kept ? secret.signer : null
    const model = await modelFor(options, input, secret.openingOf)
    // All of it, before anything is scored.
    const { header } = await verified(input, options)
    checkCard(header, model)
    const begun = await begunOf(output, input, signer)
    const progress = new ProgressLine('Scoring', header.records, begun?.records ?? 0, options.quiet)
    if (begun && begun.blocks > 0) say(options, `${begun.records} records were scored before: going on.`)
    await answered({ options, model, signer, input, output, begun, progress })
    progress.end()
    say(options, `${header.records} records scored into ${options.output}.`)
    return 0
  },
}

function say({ quiet }: ScoreFileOptions, line: string): void {
  if (!quiet) process.stderr.write(`${line}\n`)
}

/** The model that is named, or else the one that the file is sealed for. */
async function modelFor(
  { models: folder, model: named }: ScoreFileOptions,
  input: string,
  openingOf: (model: string) => Uint8Array,
): Promise<ServedModel> {
  const { models } = await requireModels(folder === undefined ? shippedModels() : fromThere(folder), openingOf)
  const file = await readRecordsFile(bytesOf(input))
  await file.close()
  const id = named ?? file.header.card.id
  const found = models.find(({ card }) => card.id === id)
  if (found === undefined) throw serverError('model/unknown', 'modelUnknown')
  return found
}

async function verified(input: string, options: ScoreFileOptions): Promise<RecordsFile> {
  let checking: ProgressLine | null = null
  const file = await readRecordsFile(bytesOf(input))
  await file.close()
  if (options.sender !== undefined) await requireSigner(file.header.sender, options.sender)
  checking = new ProgressLine('Checking signatures', file.header.records, 0, options.quiet)
  const whole = await verifyRecordsFile(bytesOf(input), ({ records }) => checking.add(records))
  checking.end()
  return whole
}

/** What there is of the answer to this very file, signed with the same key. */
async function begunOf(output: string, input: string, signer: Signer | null): Promise<Begun<ScoresFile> | null> {
  const begun = await readBegun(output, readScoresFile)
  if (begun === null) return null
  const file = await readRecordsFile(bytesOf(input))
  await file.close()
  const sameVendor = equal(begun.file.vendor ?? new Uint8Array(), signer?.publicKey ?? new Uint8Array())
  return sameVendor && equal(begun.file.asked, file.frame.bytes) ? begun : null
}

interface Work {
  readonly options: ScoreFileOptions
  readonly model: ServedModel
  readonly signer: Signer | null
  readonly input: string
  readonly output: string
  readonly begun: Begun<ScoresFile> | null
  readonly progress: ProgressLine
}

/** Scores on all threads, by the server's own way, and writes the answer. */
async function answered({ options, model, signer, input, output, begun, progress }: Work): Promise<void> {
  const { card, heads } = model
  const compute = await startPool({
    threads: options.threads ?? availableParallelism(),
    models: [{ id: card.id, shape: shapeOf(card), heads }],
    onError: () => {},
  })
  const limits = limitsFor([card])
  const { ledger } = await openLedger(options.ledgerFile && fromThere(options.ledgerFile), process.env)
  const openState = stateInMemory(limits, ledger)
  const service = await makeService({ models: [model], compute, limits, log: silentLog, openState })
  const file = await readRecordsFile(bytesOf(input))
  try {
    const pieces = answerTo(file, {
      service,
      model,
      client: 'file',
      signer,
      begun,
      charged: (_block, _digest, work) => work(),
      signal: new AbortController().signal,
      onScored: (records) => progress.add(records),
    })
    await writeWhole(output, begun?.state ?? null, pieces)
  } finally {
    await file.close()
    await service.close()
    await compute.close()
  }
}
