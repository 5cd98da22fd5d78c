import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { toHex } from '../core/number/bytes.ts'
import { changeAccessFile, isCertificate, type Kept, readAccessFile } from '../server/access/accessFile.ts'
import { makeAccessKey, textOfKey } from '../server/access/accessKey.ts'
import { isSubject } from '../server/access/certificate.ts'
import { readDistinguishedName } from '../server/access/distinguishedName.ts'
import { errorOf } from '../server/faults.ts'
import { defaultAccessFile, readSecret, readSecretThere, type Secret } from '../server/secret.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { type Options, optionLines, parseWords } from './options.ts'

const options = {
  certificate: {
    type: 'string',
    value: 'SUBJECT',
    about:
      'add: a certificate of this subject in place of a key (RFC 4514: CN=abc,O=ABC Ltd,C=AT), and of what it was entered as before',
  },
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
    about: 'where they are kept (default: blindscore/access.json in $XDG_STATE_HOME, else in ~/.local/state)',
  },
  'secret-file': {
    type: 'string',
    value: 'FILE',
    about: 'the secret of the server that they are for, as serve has it: it seals the file',
  },
} as const satisfies Options

const usage = `Usage: blindscore keys add NAME [options]
       blindscore keys list [options]
       blindscore keys revoke ID [options]
       blindscore keys seal [options]

Says who may ask a server that was started with --api-keys, and which models a certificate is for where it was started with
--client-cert-header. A key is printed once, when it is made; what is kept of it is a digest, in a file that is sealed under the server's
secret. Servers take a new key at once, and refuse one that was taken back within a second; so it is with certificates. What a version before
this wrote is in the clear: look at it by list, and seal it once.
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
    const secretFile = values['secret-file'] && fromThere(values['secret-file'])
    const secretHere = () => readSecretThere(secretFile, process.env)
    if (verb === 'add' && word !== undefined) {
      const entry = entryOf(word, values, new Date())
      const subject = values.certificate === undefined ? null : subjectOf(values.certificate)
      // Keys may be added before their server ever started, and so before it has a secret.
      const secret = await ((await isNone(file)) ? readSecret(secretFile, process.env) : secretHere())
      await (subject === null ? addKey(file, secret, entry) : addCertificate(file, secret, entry, subject))
      return 0
    }
    if (verb === 'list' && word === undefined) {
      if (await isNone(file)) return 0
      const { keys: kept, isClear } = await readAccessFile(file, await secretHere())
      if (isClear)
        process.stderr.write(`${file} is in the clear: if these are yours, \`blindscore keys seal\` seals them.\n`)
      for (const line of listed(kept, new Date())) process.stdout.write(`${line}\n`)
      return 0
    }
    if (verb === 'revoke' && word !== undefined) {
      await changeAccessFile(file, await secretHere(), (there) => {
        if (!there.some(({ id }) => id === word))
          throw errorOf('access/keys', 'accessKeyUnknown', { id: word.slice(0, 40) })
        const now = new Date().toISOString()
        return there.map((kept) => (kept.id === word ? revoked(kept, now) : kept))
      })
      return 0
    }
    if (verb === 'seal' && word === undefined) {
      // Under the secret of another server it would be nobody's any more.
      if (values['keys-file'] && !values['secret-file'])
        throw new UsageError('--keys-file needs the --secret-file of its server to be sealed.')
      const secret = await secretHere()
      if (await isNone(file)) throw errorOf('access/keys', 'accessFileUnreadable', { file })
      await changeAccessFile(file, secret, (there) => there, { sealClear: true })
      return 0
    }
    throw new UsageError('It takes add NAME, list, revoke ID, or seal.')
  },
}

/** Whether there is none for certain: one that nobody may look at is not none. */
async function isNone(file: string): Promise<boolean> {
  return stat(file).then(
    () => false,
    ({ code }: NodeJS.ErrnoException) => code === 'ENOENT',
  )
}

type Values = ReturnType<typeof parseWords<typeof options>>['values']

/** What is said of a key or a certificate alike. */
function entryOf(name: string, values: Values, now: Date): Omit<Kept, 'id' | 'digest'> {
  return {
    name: nameOf(name),
    models: values.models === undefined ? null : modelsOf(values.models),
    recordsPerHour: values['records-per-hour'] === undefined ? null : records(values['records-per-hour']),
    ...(values.operator && { operator: true }),
    made: now.toISOString(),
    expires: expiry(values.expires ?? '90d', now).toISOString(),
    revoked: null,
  }
}

async function addKey(file: string, secret: Secret, entry: ReturnType<typeof entryOf>): Promise<void> {
  const key = makeAccessKey(random)
  const digest = toHex(secret.digestOfAccess(key.id, key.secret))
  await changeAccessFile(file, secret, (there) => [...there, { ...entry, id: key.id, digest }])
  process.stdout.write(`${textOfKey(key)}\n`)
  process.stderr.write(`Key ${key.id} of ${entry.name}, ${until(entry)}. It is shown this once.\n`)
}

/**
 * Enters a certificate, in place of what its subject was entered as before: at once, so that its holder is neither refused meanwhile nor
 * let in as one who was not entered, and under the spelling of before, by which what it used and handed over is known.
 */
async function addCertificate(
  file: string,
  secret: Secret,
  entry: ReturnType<typeof entryOf>,
  subject: string,
): Promise<void> {
  const id = toHex(random(4))
  const name = readDistinguishedName(subject)
  await changeAccessFile(file, secret, (there) => {
    const before = there.filter(isCertificate).filter((kept) => readDistinguishedName(kept.certificate) === name)
    const certificate = before[0]?.certificate ?? subject
    return [
      ...there.map((kept) => (before.some((each) => each === kept) ? revoked(kept, entry.made) : kept)),
      { ...entry, id, certificate },
    ]
  })
  process.stdout.write(`${id}\n`)
  process.stderr.write(`Certificate ${id} of ${entry.name}, ${until(entry)}.\n`)
}

function random(count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(count))
}

function revoked(kept: Kept, now: string): Kept {
  return { ...kept, revoked: kept.revoked ?? now }
}

const until = ({ expires }: Pick<Kept, 'expires'>): string => `until ${expires.slice(0, 10)}`

/** One line a key or certificate, its columns told apart by tabs. */
function listed(keys: readonly Kept[], now: Date): string[] {
  const state = (kept: Kept): string => {
    if (kept.revoked !== null) return `revoked ${kept.revoked.slice(0, 10)}`
    return new Date(kept.expires) <= now ? `expired ${kept.expires.slice(0, 10)}` : until(kept)
  }
  return keys.map((kept) =>
    [
      kept.id,
      kept.name,
      state(kept),
      kept.models === null ? 'all models' : kept.models.join(','),
      kept.recordsPerHour === null ? 'the server’s records an hour' : `${kept.recordsPerHour} records an hour`,
      ...(kept.operator ? ['operator'] : []),
      ...(isCertificate(kept) ? [kept.certificate] : []),
    ].join('\t'),
  )
}

function subjectOf(text: string): string {
  if (!isSubject(text) || readDistinguishedName(text) === null)
    throw new UsageError(
      '--certificate takes a subject in the form of RFC 4514, such as CN=abc,O=ABC Ltd,C=AT: `openssl x509 -noout -subject -nameopt RFC2253 -in FILE` prints it.',
    )
  return text
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
