import { randomBytes } from 'node:crypto'
import { toHex } from '../core/number/bytes.ts'
import { changeAccessFile, type KeptKey, readAccessFile } from '../server/access/accessFile.ts'
import { makeAccessKey, textOfKey } from '../server/access/accessKey.ts'
import { errorOf } from '../server/faults.ts'
import { defaultAccessFile, readSecret } from '../server/secret.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { type Options, optionLines, parseWords } from './options.ts'

const options = {
  models: {
    type: 'string',
    value: 'IDS',
    about: 'add: the models that it may use, with commas between them (default: all)',
  },
  'records-per-hour': {
    type: 'string',
    value: 'N',
    about:
      'add: records that may be scored with it in an hour, a block counting as full (default: what the server gives every client)',
  },
  operator: {
    type: 'boolean',
    about: 'add: its holder runs the server, and may see what all use (`blindscore usage`)',
  },
  expires: {
    type: 'string',
    value: 'WHEN',
    about: 'add: the day on which it ends, such as 2030-12-31 (UTC), or in how many days, such as 30d (default: 90d)',
  },
  'keys-file': {
    type: 'string',
    value: 'FILE',
    about: 'where API keys are kept (default: blindscore/access.json in $XDG_STATE_HOME, else in ~/.local/state)',
  },
  'secret-file': {
    type: 'string',
    value: 'FILE',
    about: 'the secret of the server that they are for, as serve has it',
  },
} as const satisfies Options

const usage = `Usage: blindscore keys add NAME [options]
       blindscore keys list [options]
       blindscore keys revoke ID [options]

Says who may ask a server that was started with --api-keys. A key is printed once, when it is made; what is kept of it is a digest
under the server's secret. Servers take a new key at once, and refuse one that was taken back within a second.
${optionLines(options)}`

const day = 24 * 3600 * 1000
const longest = 10 * 366 * day

/** `blindscore keys`: who may ask. */
export const keys: Command = {
  usage,
  async run(argv) {
    const { values, words } = parseWords(argv, options)
    const [verb, word, ...more] = words
    const file = values['keys-file'] ? fromThere(values['keys-file']) : defaultAccessFile(process.env)
    if (more.length > 0) throw new UsageError('There is a word too many.')
    if (verb === 'add' && word !== undefined) {
      const secret = await readSecret(values['secret-file'] && fromThere(values['secret-file']), process.env)
      if (!secret.kept) throw errorOf('access/keys', 'accessSecretNotKept')
      const key = makeAccessKey((count) => new Uint8Array(randomBytes(count)))
      const now = new Date()
      const kept: KeptKey = {
        id: key.id,
        name: nameOf(word),
        digest: toHex(secret.digestOfAccess(key.id, key.secret)),
        models: values.models === undefined ? null : modelsOf(values.models),
        recordsPerHour: values['records-per-hour'] === undefined ? null : records(values['records-per-hour']),
        ...(values.operator && { operator: true }),
        made: now.toISOString(),
        expires: expiry(values.expires ?? '90d', now).toISOString(),
        revoked: null,
      }
      await changeAccessFile(file, (there) => [...there, kept])
      process.stdout.write(`${textOfKey(key)}\n`)
      process.stderr.write(
        `Key ${kept.id} of ${kept.name}, until ${kept.expires.slice(0, 10)}. It is shown this once.\n`,
      )
      return 0
    }
    if (verb === 'list' && word === undefined) {
      for (const line of listed((await readAccessFile(file)).keys, new Date())) process.stdout.write(`${line}\n`)
      return 0
    }
    if (verb === 'revoke' && word !== undefined) {
      await changeAccessFile(file, (there) => {
        if (!there.some(({ id }) => id === word))
          throw errorOf('access/keys', 'accessKeyUnknown', { id: word.slice(0, 40) })
        const revoked = new Date().toISOString()
        return there.map((key) => (key.id === word ? { ...key, revoked: key.revoked ?? revoked } : key))
      })
      return 0
    }
    throw new UsageError('It takes add NAME, list, or revoke ID.')
  },
}

/** One line a key, its columns told apart by tabs. */
function listed(keys: readonly KeptKey[], now: Date): string[] {
  const state = ({ revoked, expires }: KeptKey): string => {
    if (revoked !== null) return `revoked ${revoked.slice(0, 10)}`
    return `${new Date(expires) <= now ? 'expired' : 'until'} ${expires.slice(0, 10)}`
  }
  return keys.map((key) =>
    [
      key.id,
      key.name,
      state(key),
      key.models === null ? 'all models' : key.models.join(','),
      key.recordsPerHour === null ? 'the server’s records an hour' : `${key.recordsPerHour} records an hour`,
      ...(key.operator ? ['operator'] : []),
    ].join('\t'),
  )
}

function nameOf(text: string): string {
  if (!/^[^\p{C}]{1,100}$/u.test(text)) throw new UsageError('A name has 1 to 100 characters that can be seen.')
  return text
}

function modelsOf(text: string): readonly string[] {
  const ids = text.split(',')
  if (!ids.every((id) => /^[a-z0-9][a-z0-9._-]{0,99}$/.test(id)))
    throw new UsageError('--models takes the ids of models, with commas between them.')
  return ids
}

function records(text: string): number {
  const count = /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(count)) throw new UsageError('--records-per-hour takes a whole number from 1.')
  return count
}

function expiry(text: string, now: Date): Date {
  const days = /^([1-9][0-9]{0,3})d$/.exec(text)?.[1]
  const end = days === undefined ? dayOf(text) : now.getTime() + Number(days) * day
  if (!(end > now.getTime()) || end > now.getTime() + longest)
    throw new UsageError('--expires takes a day to come, such as 2030-12-31, or days such as 30d; ten years at most.')
  return new Date(end)
}

/** The last millisecond of a day in UTC, which has that day's name; NaN for a text that names none. */
function dayOf(text: string): number {
  const start = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00.000Z`) : null
  return start !== null && !Number.isNaN(start.getTime()) && start.toISOString().startsWith(text)
    ? start.getTime() + day - 1
    : Number.NaN
}
