import { readFile } from 'node:fs/promises'
import { type Checkpoint, readCheckpoint } from '../files/checkpoint.ts'
import { type Line, readLine } from '../server/audit/line.ts'
import { linesOf, verifyLog } from '../server/audit/verify.ts'
import { findingsText } from './auditText.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { type Options, optionLines, parseWords } from './options.ts'

const options = {
  checkpoint: {
    type: 'string',
    value: 'FILE',
    multiple: true,
    about: 'verify: a receipt of a run, what /v1/audit/checkpoint answered, or a line of the server’s log (repeatable)',
  },
  signer: {
    type: 'string',
    value: 'HEX',
    about: 'verify: the public key that signs, as GET /v1/models says it',
  },
  who: { type: 'string', value: 'WHO', about: 'show: only of this one, such as "key 1a2b3c4d"' },
  model: { type: 'string', value: 'ID', about: 'show: only of this model' },
  run: { type: 'string', value: 'HEX', about: 'show: only of this run' },
  outcome: { type: 'string', value: 'CODE', about: 'show: only what came out so, such as answered' },
  since: {
    type: 'string',
    value: 'TIME',
    about: 'show: only from this time on, such as 2030-12-31 or 2030-12-31T08:00:00Z',
  },
  until: { type: 'string', value: 'TIME', about: 'show: only what is before this time' },
} as const satisfies Options

const usage = `Usage: blindscore audit verify DIR|FILE [--checkpoint FILE]… [--signer HEX]
       blindscore audit show DIR|FILE [options]

Holds the log of "serve --audit DIR" against itself and against checkpoints that left the machine, and names each entry that is not
as it was written, not in its place, or gone. Who has the server's key can write all of a log anew: only checkpoints show that.
Exit codes: 0 the log is as it was written, 1 it is not, 2 this cannot be meant. show prints entries as they stand, one JSON object a line.
${optionLines(options)}`

/** `blindscore audit`: what was answered to whom. */
export const audit: Command = {
  usage,
  async run(argv) {
    const { values, words } = parseWords(argv, options)
    const [verb, path, ...more] = words
    if (path === undefined || more.length > 0) throw new UsageError('It takes verify DIR or show DIR.')
    if (verb === 'verify') {
      const checkpoints = await Promise.all(
        (values.checkpoint ?? []).map((file) => checkpointIn(fromThere(file), file)),
      )
      const signer = signerOf(values.signer)
      const findings = await verifyLog(linesOf(fromThere(path)), checkpoints, signer)
      process.stdout.write(findingsText(findings, checkpoints.length, signer !== null))
      return findings.faults.length === 0 ? 0 : 1
    }
    if (verb !== 'show') throw new UsageError('It takes verify DIR or show DIR.')
    const isShown = filterOf(values)
    for await (const { bytes } of linesOf(fromThere(path))) {
      const text = bytes.toString('utf8')
      const line = readLine(text)
      if (line && isShown(line)) process.stdout.write(`${text}\n`)
    }
    return 0
  },
}

/** The checkpoint of a file, which is one, a receipt that has one, or a line of the server's log. */
async function checkpointIn(path: string, named: string): Promise<Checkpoint> {
  const json: unknown = await readFile(path, 'utf8')
    .then(JSON.parse)
    .catch(() => null)
  const { audit, checkpoint: logged } = (json ?? {}) as { readonly audit?: unknown; readonly checkpoint?: unknown }
  const checkpoint = readCheckpoint(audit ?? logged ?? json)
  if (checkpoint === null) throw new UsageError(`There is no signed checkpoint in ${named}.`)
  return checkpoint
}

function signerOf(text: string | undefined): string | null {
  if (text !== undefined && !/^[0-9a-f]{64}$/.test(text)) throw new UsageError('--signer takes 64 hexadecimal digits.')
  return text ?? null
}

type Filters = Partial<Record<'who' | 'model' | 'run' | 'outcome' | 'since' | 'until', string | undefined>>

function filterOf({ since, until, ...texts }: Filters): (line: Line) => boolean {
  const [from, to] = [
    timeOf('--since', since, Number.NEGATIVE_INFINITY),
    timeOf('--until', until, Number.POSITIVE_INFINITY),
  ]
  const asked = (['who', 'model', 'run', 'outcome'] as const).filter((name) => texts[name] !== undefined)
  return (line) => {
    const said = line as unknown as Record<string, unknown>
    const at = Date.parse(line.at)
    return at >= from && at < to && asked.every((name) => said[name] === texts[name])
  }
}

function timeOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const time = Date.parse(text)
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(time))
    throw new UsageError(`${name} takes a time such as 2030-12-31.`)
  return time
}
