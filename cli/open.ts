import { createWriteStream } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fail } from '../client/faults.ts'
import { checkOwner, type OpenedBlock, openFile } from '../client/openFile.ts'
import type { Key } from '../client/owner/key.ts'
import { threadSealers } from '../client/owner/threadSealers.ts'
import { parameterSet, schemeOf } from '../core/protocol/schemes.ts'
import { readScoresFile, type ScoresFile } from '../files/scoresFile.ts'
import { signerFingerprint } from '../files/signature.ts'
import { exportOpened } from '../reader/exportOpened.ts'
import { type FileSource, piecesOf } from '../reader/source.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { openStandardInput } from './inputFile.ts'
import { requireSigner } from './inspectText.ts'
import { keyOfBackup } from './keyOfBackup.ts'
import { type Options, optionLines, parseOptions } from './options.ts'
import { partOf, writeAtOnce } from './partFile.ts'
import { ProgressLine } from './progressLine.ts'
import { sayUnless } from './say.ts'
import { senderOf } from './scoreFileOptions.ts'
import { threadsOf } from './sealingOptions.ts'

const options = {
  key: {
    type: 'string',
    value: 'BACKUP',
    about:
      'the backup of the key that the records were sealed with; its passphrase is taken from $BLINDSCORE_PASSPHRASE',
  },
  out: { type: 'string', value: 'FILE', about: 'where the scores go (default: standard output)' },
  vendor: {
    type: 'string',
    value: 'FINGERPRINT',
    about: 'refuse scores that another vendor signed, or none: the digits that the vendor told you, 16 at least',
  },
  threads: { type: 'string', value: 'N', about: 'threads that decrypt (default: one per core)' },
  quiet: { type: 'boolean', about: 'say nothing but errors' },
} as const satisfies Options

interface OpenOptions {
  readonly key: string
  readonly output?: string
  readonly vendor?: string
  readonly threads?: number
  readonly quiet: boolean
}

/** `blindscore open`: the scores that came back, for who sealed the records. */
export const open: Command = {
  usage: `Usage: blindscore open --key BACKUP [options] < records.scored > scores.csv

Opens the scores of a sealed file and writes them as CSV, with the columns that were sealed beside the records. Nothing is written
before all of the file was found right.
${optionLines(options)}`,
  async run(argv) {
    const parsed = parseOpenOptions(argv)
    const key = await keyOfBackup(parsed.key)
    const input = await openStandardInput()
    try {
      await openInput(input, key, parsed)
      return 0
    } finally {
      await input.close()
      key.dispose()
    }
  },
}

function parseOpenOptions(argv: readonly string[]): OpenOptions {
  const values = parseOptions(argv, options)
  const { key, out, threads } = values
  if (key === undefined) throw new UsageError('--key is needed.')
  const { sender: vendor } = senderOf(values.vendor, '--vendor')
  return {
    key,
    quiet: values.quiet ?? false,
    ...(out !== undefined && { output: out }),
    ...(vendor !== undefined && { vendor }),
    ...threadsOf(threads),
  }
}

async function openInput(input: FileSource, key: Key, options: OpenOptions): Promise<void> {
  const file = await readScoresFile(piecesOf(input))
  const { header, vendor } = file
  const keeper = key.fileKeys()
  try {
    checkOwner(header, keeper, key.publicKey.fingerprint)
    if (options.vendor !== undefined) await requireSigner(vendor ?? new Uint8Array(), options.vendor)
    const own = await keyOf(file, key)
    const sealers = await threadSealers(own, { ...(options.threads && { threads: options.threads }) })
    try {
      const blocks = openFile(file, { keeper, sealers }, new AbortController().signal)
      const progress = new ProgressLine('Opening', header.records, 0, options.quiet)
      await write(exportOpened(header.card, header.columns, counted(blocks, progress)), options)
      progress.end()
    } finally {
      await sealers.end()
      if (own !== key) own.dispose()
    }
  } finally {
    keeper.dispose()
  }
  const by = vendor ? `signed by ${(await signerFingerprint(vendor)).slice(0, 16)}…` : 'not signed by the vendor'
  sayUnless(options.quiet)(`${header.records} scores of ${header.card.id}, version ${header.card.version}, ${by}.`)
}

/** The backup's key, or the file's own that follows from it. */
async function keyOf({ header }: ScoresFile, key: Key): Promise<Key> {
  const { set, fingerprint } = header.key
  if (!schemeOf(parameterSet(set)).keyPerRun) return key
  const own = await key.forFile(set, header.file)
  if (own.publicKey.fingerprint !== fingerprint) fail('sealed/foreign', 'sealedByOther')
  return own
}

async function* counted(blocks: AsyncIterable<OpenedBlock>, progress: ProgressLine): AsyncGenerator<OpenedBlock> {
  for await (const block of blocks) {
    progress.add(block.records)
    yield block
  }
}

async function write(pieces: AsyncIterable<string>, { output }: OpenOptions): Promise<void> {
  if (output !== undefined) {
    const path = fromThere(output)
    try {
      await pipeline(Readable.from(pieces), createWriteStream(partOf(path), { mode: 0o600 }))
      await rename(partOf(path), path)
    } finally {
      await rm(partOf(path), { force: true })
    }
    return
  }
  const folder = await mkdtemp(join(tmpdir(), 'blindscore-'))
  try {
    await writeAtOnce(folder, pieces)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
