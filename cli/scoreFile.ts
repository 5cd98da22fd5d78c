import { availableParallelism } from 'node:os'
import { equalBytes } from '../core/number/bytes.ts'
import { parameterSet, schemeOf } from '../core/protocol/schemes.ts'
import { damage } from '../files/faults.ts'
import { type RecordsFile, readRecordsFile, verifyRecordsFile } from '../files/recordsFile.ts'
import type { RecordsHeader } from '../files/recordsHeader.ts'
import { readScoresFile, type ScoresFile } from '../files/scoresFile.ts'
import type { Signer } from '../files/signature.ts'
import type { ServedModel } from '../model/verdict.ts'
import { startPool } from '../server/compute/pool.ts'
import { fail as serverFail } from '../server/faults.ts'
import { scoreFile as answerTo, checkCard } from '../server/files/scoreFile.ts'
import { limitsFor } from '../server/limits.ts'
import { shippedModels } from '../server/listen.ts'
import { silentLog } from '../server/log.ts'
import { weightsOf } from '../server/modelSet.ts'
import { requireModels } from '../server/models.ts'
import { readSecret } from '../server/secret.ts'
import { makeService } from '../server/service.ts'
import { FileLedger, openLedger } from '../server/state/fileLedger.ts'
import { stateInMemory } from '../server/state/memory.ts'
import { type Command, fromThere } from './command.ts'
import { requireSigner } from './inspectText.ts'
import { type Begun, bytesOf, readBegun, writeWhole } from './partFile.ts'
import { ProgressLine } from './progressLine.ts'
import { sayUnless } from './say.ts'
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
    const folder = options.models === undefined ? shippedModels() : fromThere(options.models)
    const { models } = await requireModels(folder, secret.openingOf)
    // All of it, before anything is scored.
    const { file, model } = await verified(input, models, options)
    const { header } = file
    const begun = await begunOf(output, file, signer)
    const say = sayUnless(options.quiet)
    const progress = new ProgressLine('Scoring', header.records, begun?.records ?? 0, options.quiet)
    if (begun && begun.blocks > 0) say(`${begun.records} records were scored before: going on.`)
    await answered({ options, model, signer, input, file, output, begun, progress })
    progress.end()
    say(`${header.records} records scored into ${options.output}.`)
    return 0
  },
}

/** The model that is named, or else the one that the file is sealed for. */
function modelFor({ card }: RecordsHeader, models: readonly ServedModel[], { model: named }: ScoreFileOptions) {
  const id = named ?? card.id
  return models.find((each) => each.card.id === id) ?? serverFail('model/unknown', 'modelUnknown')
}

/** The file, all of which its seals vouch for, and its model. Whose it is, and for which card, is looked at first. */
async function verified(input: string, models: readonly ServedModel[], options: ScoreFileOptions) {
  const told: { model?: ServedModel; progress?: ProgressLine } = {}
  const file = await verifyRecordsFile(
    bytesOf(input),
    ({ records }) => told.progress?.add(records),
    async (header) => {
      if (options.sender !== undefined) await requireSigner(header.sender, options.sender)
      told.model = modelFor(header, models, options)
      checkCard(header, told.model)
      told.progress = new ProgressLine('Checking signatures', header.records, 0, options.quiet)
    },
  )
  told.progress?.end()
  return { file, model: told.model as ServedModel }
}

/** What there is of the answer to this very file, signed with the same key. */
async function begunOf(
  output: string,
  { frame }: RecordsFile,
  signer: Signer | null,
): Promise<Begun<ScoresFile> | null> {
  const begun = await readBegun(output, readScoresFile)
  if (begun === null) return null
  const sameVendor = equalBytes(begun.file.vendor ?? new Uint8Array(), signer?.publicKey ?? new Uint8Array())
  return sameVendor && equalBytes(begun.file.asked, frame.bytes) ? begun : null
}

interface Work {
  readonly options: ScoreFileOptions
  readonly model: ServedModel
  readonly signer: Signer | null
  readonly input: string
  /** What was found right of it. */
  readonly file: RecordsFile
  readonly output: string
  readonly begun: Begun<ScoresFile> | null
  readonly progress: ProgressLine
}

/** Scores on all threads, by the server's own way, and writes the answer. */
async function answered({
  options,
  model,
  signer,
  input,
  file: verified,
  output,
  begun,
  progress,
}: Work): Promise<void> {
  const { card } = model
  const compute = await startPool({
    threads: options.threads ?? availableParallelism(),
    models: [weightsOf(model)],
    onError: () => {},
  })
  const limits = limitsFor([card])
  const ledger = await openLedger(options.ledgerFile && fromThere(options.ledgerFile), process.env)
  const { mostAnsweredSlots } = schemeOf(parameterSet(verified.header.key.set))
  if (!(ledger instanceof FileLedger) && mostAnsweredSlots !== null)
    sayUnless(options.quiet)(
      'It is not kept how often the model was answered with: the next file begins to count anew.',
    )
  const openState = stateInMemory(limits, { ledger })
  const service = await makeService({ models: [model], compute, limits, log: silentLog, openState })
  const file = await readRecordsFile(bytesOf(input))
  try {
    // It is read a second time, and may be another one by now.
    if (!equalBytes(file.frame.bytes, verified.frame.bytes)) throw damage('altered', 'header', null, file.frame.at)
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
