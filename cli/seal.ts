import { createHash, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BlockSource } from '../client/block.ts'
import { setOfChoice } from '../client/estimate.ts'
import type { FileKeeper } from '../client/fileKeeper.ts'
import type { Key } from '../client/owner/key.ts'
import { threadSealers } from '../client/owner/threadSealers.ts'
import { fileCapacity, type LinkTokens, sealFile, usualLimits } from '../client/sealFile.ts'
import type { Card } from '../core/card/card.ts'
import { equalBytes } from '../core/number/bytes.ts'
import { parameterSet, schemeOf, schemes } from '../core/protocol/schemes.ts'
import { type RecordsFile, readRecordsFile } from '../files/recordsFile.ts'
import { fileIdBytes, type RecordsHeader } from '../files/recordsHeader.ts'
import { signerFingerprint } from '../files/signature.ts'
import { readBlocks } from '../reader/blocks.ts'
import { fail } from '../reader/faults.ts'
import type { Plan } from '../reader/plan.ts'
import type { FileSource } from '../reader/source.ts'
import { openCard } from './cardFile.ts'
import { type Command, fromThere } from './command.ts'
import { openStandardInput } from './inputFile.ts'
import { keyOfBackup } from './keyOfBackup.ts'
import { type Begun, readBegun, writeWhole } from './partFile.ts'
import { prepareScorable } from './prepare.ts'
import { ProgressLine } from './progressLine.ts'
import { type Say, sayUnless } from './say.ts'
import { parseSealOptions, type SealOptions, usage } from './sealOptions.ts'

/** `blindscore seal`: records into a file that only their owner can read, and that anybody can have scored. */
export const seal: Command = {
  usage,
  async run(argv) {
    const options = parseSealOptions(argv)
    const card = await openCard(options.model)
    const key = await keyOfBackup(options.key)
    const input = await openStandardInput()
    try {
      await sealInput(input, card, key, options)
      return 0
    } finally {
      await input.close()
      key.dispose()
    }
  },
}

/** Records that are known to be scorable, and what of their rows goes along. */
interface Prepared {
  readonly file: FileSource
  readonly plan: Plan
  readonly records: number
  /** Columns of the file: those that are sealed, then those of the link. */
  readonly columns: readonly number[]
}

async function sealInput(input: FileSource, card: Card, key: Key, options: SealOptions): Promise<void> {
  const say = sayUnless(options.quiet)
  const { file, plan, report } = await prepareScorable(input, card, options, say)
  const { header: names = [] } = plan
  const columns = [...options.identity, ...options.link].map((name) => columnOf(names, name))
  const keeper = key.fileKeys()
  try {
    const prepared = { file, plan, records: report.scorable, columns }
    await sealPrepared(prepared, { card, key, keeper, options, say })
  } finally {
    keeper.dispose()
  }
}

/** The one column of that name. */
function columnOf(names: readonly string[], name: string): number {
  const at = names.indexOf(name)
  if (at < 0 || names.lastIndexOf(name) !== at) fail('columns/missing', 'columnsMissing', { columns: [name] })
  return at
}

interface Sealing {
  readonly card: Card
  readonly key: Key
  readonly keeper: FileKeeper
  readonly options: SealOptions
  readonly say: Say
}

async function sealPrepared(prepared: Prepared, sealing: Sealing): Promise<void> {
  const { card, key, keeper, options, say } = sealing
  const output = options.output === undefined ? undefined : fromThere(options.output)
  const digest = await digestOf(prepared, sealing)
  const begun = output === undefined ? null : await begunOf(output, keeper, digest)
  const { header, own } = await headerFor(prepared, sealing, digest, begun)
  say(`Key ${header.key.fingerprint.slice(0, 16)}…, sender ${(await signerFingerprint(header.sender)).slice(0, 16)}….`)
  if (begun && begun.blocks > 0) say(`${begun.records} records were sealed before: going on.`)
  const sealers = await threadSealers(own, { ...(options.threads && { threads: options.threads }) })
  const progress = new ProgressLine('Sealing', header.records, begun?.records ?? 0, options.quiet)
  const link: LinkTokens | null =
    options.linkName === undefined ? null : { name: options.linkName, from: options.identity.length }
  try {
    const pieces = sealFile(
      {
        header,
        link,
        sealers,
        keeper,
        begun,
        blocks: blocksOf(prepared, header.capacity, begun?.records ?? 0),
        onSealed: (records) => progress.add(records),
      },
      new AbortController().signal,
    )
    if (output === undefined) await pipeline(Readable.from(pieces), process.stdout, { end: false })
    else await writeWhole(output, begun?.state ?? null, pieces)
  } finally {
    await sealers.end()
    if (own !== key) own.dispose()
  }
  progress.end()
  say(`${header.records} records sealed for ${card.id}, version ${card.version}.`)
}

function blocksOf({ file, plan, columns }: Prepared, capacity: number, from: number): BlockSource {
  const blocks = readBlocks(file, plan, capacity, from, { columns })
  return { next: async () => (await blocks.next()).value ?? null }
}

/** Of the input's bytes and of all that decides what is made of them. */
async function digestOf({ file, plan, records }: Prepared, { card, options }: Sealing): Promise<Uint8Array> {
  const hash = createHash('sha256')
  const { card: _, ...reading } = plan
  const { identity, link, linkName, scheme } = options
  hash.update(JSON.stringify([card.hash, reading, records, identity, link, linkName ?? null, scheme]))
  const piece = 1024 * 1024
  for (let at = 0; at < file.size; at += piece) {
    hash.update(new Uint8Array(await file.slice(at, Math.min(file.size, at + piece)).arrayBuffer()))
  }
  return hash.digest()
}

/** What there is of a file that this same key began of this same input. */
async function begunOf(output: string, keeper: FileKeeper, digest: Uint8Array): Promise<Begun<RecordsFile> | null> {
  const begun = await readBegun(output, readRecordsFile)
  if (begun === null) return null
  const { file, source } = begun.file.header
  const tag = await keeper.sourceTag(file, digest)
  return equalBytes(tag, source) ? begun : null
}

/** The file's header, and the key that it is sealed with: the backup's, or one of the file's own. */
async function headerFor(
  { records }: Prepared,
  { card, key, keeper, options }: Sealing,
  digest: Uint8Array,
  begun: Begun<RecordsFile> | null,
): Promise<{ header: RecordsHeader; own: Key }> {
  const file = begun?.file.header.file ?? randomBytes(fileIdBytes)
  // What was begun goes on under the key that it was begun with.
  const set = begun ? ownSetOf(begun.file.header.key.set) : chosenSet(card, records, key, options)
  const own = set === null ? key : await key.forFile(set, file)
  const along = { tokens: options.linkName !== undefined, columns: options.identity }
  const header = {
    file,
    sender: keeper.publicKey,
    source: await keeper.sourceTag(file, digest),
    records,
    capacity: fileCapacity(card, own.publicKey.set, records, along),
    ...along,
    key: own.publicKey,
    card,
  }
  return { header: begun?.file.header ?? header, own }
}

/** The set of a key that is a file's own; null for the backup's. */
function ownSetOf(set: string): string | null {
  return schemeOf(parameterSet(set)).keyPerRun ? set : null
}

/** By the rule of a live run. Whoever scores files has every scheme. */
function chosenSet(card: Card, records: number, key: Key, { scheme, threads }: SealOptions): string | null {
  const shape = { card, limits: usualLimits, lanes: 1, records }
  const served = schemes.map(({ name }) => name)
  const lasting = parameterSet(key.publicKey.set)
  const set = setOfChoice({ choice: scheme, served, lasting, shape }, { sealers: threads ?? availableParallelism() })
  return set?.id ?? null
}
