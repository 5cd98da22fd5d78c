import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RunControl } from '../client/control.ts'
import { Key } from '../client/owner/key.ts'
import { threadSealers } from '../client/owner/threadSealers.ts'
import { setOfChoice } from '../client/schemeChoice.ts'
import { lanesFor, scoreBlocks } from '../client/score.ts'
import { type ModelList, ScoringServer } from '../client/server.ts'
import type { Card } from '../core/card/card.ts'
import type { BlindscoreError } from '../core/errors.ts'
import { readBlocks } from '../reader/blocks.ts'
import { exportLeftOut, exportScores } from '../reader/exportCsv.ts'
import { fail } from '../reader/faults.ts'
import type { FileSource } from '../reader/source.ts'
import { leftOutReason } from '../words/en/expected.ts'
import { type Command, fromThere } from './command.ts'
import { openStandardInput } from './inputFile.ts'
import { prepare } from './prepare.ts'
import { type CommandOptions, parseScoreOptions, usage } from './scoreOptions.ts'

/** `blindscore score`: the page's way from a dropped file to a downloaded one, without a page. */
export const score: Command = {
  usage,
  async run(argv) {
    const options = parseScoreOptions(argv)
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
  const server = new ScoringServer(options.server)
  const [list, card] = await Promise.all([server.models(), server.card(options.model)])
  const { file, plan, report, kept } = await prepare(input, card, options, say)
  const { header = [] } = plan
  if (options.leftOut !== undefined && report.leftOut > 0) {
    await pipeline(
      Readable.from(exportLeftOut(file, plan, header, leftOutReason)),
      createWriteStream(fromThere(options.leftOut)),
    )
  }
  if (report.scorable === 0) fail('run/nothing-to-score', 'nothingToScore')

  const key = await keyFor(options, list, card, report.scorable, say)
  const sealers = await threadSealers(key, { ...(options.threads && { threads: options.threads }) })
  try {
    const heads = card.heads.length
    const predictors = new Float64Array(report.scorable * heads)
    const control = new RunControl()
    const stop = new AbortController()
    let stuck: BlindscoreError | null = null
    const progress = await scoreBlocks(
      {
        server,
        limits: list.limits,
        card,
        key: key.publicKey,
        sealers,
        blocks: (capacity) => {
          const blocks = readBlocks(file, plan, capacity, 0, { kept })
          return { next: async () => (await blocks.next()).value ?? null }
        },
        records: report.scorable,
      },
      {
        control,
        onProgress: () => {},
        // Nobody sits here who could mend it: what was tried several times in vain ends the command.
        onStuck: (error) => {
          stuck = error
          stop.abort()
        },
        onOpened: ({ at }, opened) => predictors.set(opened, at * heads),
      },
      stop.signal,
    ).catch((thrown: unknown) => {
      throw stuck ?? thrown
    })
    const policies = report.policies.length > 0
    await pipeline(Readable.from(exportScores(file, plan, header, predictors, undefined, policies)), process.stdout, {
      end: false,
    })
    const seconds = (progress.elapsed / 1000).toFixed(2)
    say(`${report.scorable} records scored in ${seconds} s; ${progress.bytesUp} bytes up, ${progress.bytesDown} down.`)
    if (progress.planted > 0) say(`${progress.planted} hidden records with known answers came out right.`)
  } finally {
    await sealers.end()
    key.dispose()
  }
}

async function keyFor(
  { key, set, scheme }: CommandOptions,
  { limits, models }: ModelList,
  card: Card,
  records: number,
  say: (line: string) => void,
): Promise<Key> {
  if (key !== undefined)
    return Key.load(await readFile(fromThere(key), 'utf8'), process.env.BLINDSCORE_PASSPHRASE ?? '')
  const served = models.find(({ id }) => id === card.id)?.schemes ?? []
  const ofRun = setOfChoice(scheme, served, { card, limits, lanes: lanesFor({ size: 1 }), records })
  say(ofRun ? 'Making a key for this run…' : 'Making a key…')
  return Key.generate(ofRun?.id ?? set)
}
