import { readFile, writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { Key } from '../client/owner/key.ts'
import { platform } from '../client/owner/platform.ts'
import { fail } from '../interop/faults.ts'
import { readNumbers, type Style, writeAnswer, writeNumbers } from '../interop/phe/file.ts'
import { openNumbers } from '../interop/phe/private/open.ts'
import { planScoring, scoreNumbers } from '../interop/phe/score.ts'
import { numberOfText, sealNumbers } from '../interop/phe/seal.ts'
import { requireModels } from '../server/models.ts'
import { type Command, fromThere, inPackage, UsageError } from './command.ts'
import { type Options, optionLines, parseOptions, parseWords } from './options.ts'
import {
  keyForms,
  modulusOf,
  ownerKeyOf,
  prepareItems,
  privateKeyIn,
  publicKeyIn,
  scoringKeyOf,
  writeKey,
} from './pheKeys.ts'
import { setOf } from './sealingOptions.ts'

const io = {
  in: { type: 'string', value: 'FILE', about: 'what to read, instead of standard input' },
  out: { type: 'string', value: 'FILE', about: 'where to write, instead of standard output' },
} as const satisfies Options

const scoreOptions = {
  model: { type: 'string', value: 'ID', about: 'the model' },
  models: { type: 'string', value: 'DIR', about: 'the folder of models, instead of the examples' },
  key: { type: 'string', value: 'FILE', about: 'the public key, where the numbers do not say it' },
  'without-intercept': { type: 'boolean', about: 'leave the model’s constant out, as the article’s script does' },
  list: { type: 'boolean', about: 'a list of pairs, where one number would stand by itself' },
  ...io,
} as const satisfies Options

const openOptions = {
  key: { type: 'string', value: 'FILE', about: 'the private key, or a backup (BLINDSCORE_PASSPHRASE)' },
  ...io,
} as const satisfies Options

const sealOptions = {
  key: { type: 'string', value: 'FILE', about: 'the public key, or any file that says it' },
  doubly: { type: 'boolean', about: 'a JSON text within a JSON text, as the article’s script writes it' },
  pheutil: { type: 'boolean', about: 'one {"v", "e"} a line, as python-paillier’s command line writes them' },
  ...io,
} as const satisfies Options

const keysOptions = {
  to: { type: 'string', value: 'FORM', about: `${keyForms.join(', ')} (BLINDSCORE_PASSPHRASE for a backup)` },
  'key-size': { type: 'string', value: 'BITS', about: '2048, 3072 or 4096, for a key that is made here' },
  ...io,
} as const satisfies Options

const usage = `Usage: blindscore phe score|open|seal|keys [options]

The files of python-paillier (phe), both ways: its JSON, once and doubly encoded, its command line's keys (JSON Web Keys) and
encrypted numbers.

blindscore phe score   scores encrypted numbers with a model: one for each input of its card, in that order
${optionLines(scoreOptions)}

blindscore phe open    prints what is in encrypted numbers, a record a line
${optionLines(openOptions)}

blindscore phe seal    encrypts the numbers that follow, or a record a line of what is read
${optionLines(sealOptions)}

blindscore phe keys    writes a key in another form: that of --in, or a fresh one
${optionLines(keysOptions)}`

/** `blindscore phe`: the files of python-paillier's users. */
export const phe: Command = {
  usage,
  async run([verb = '', ...argv]) {
    const found = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
    if (found === undefined) throw new UsageError('blindscore phe does score, open, seal or keys.')
    await found(argv)
    return 0
  },
}

const verbs: Readonly<Record<string, (argv: readonly string[]) => Promise<void>>> = { score, open, seal, keys }

async function score(argv: readonly string[]): Promise<void> {
  const options = parseOptions(argv, scoreOptions)
  const id = needed(options.model, '--model')
  const folder = options.models === undefined ? inPackage('server/models') : fromThere(options.models)
  const { models } = await requireModels(folder)
  const model = models.find(({ card }) => card.id === id) ?? noModel(id)
  const file = readNumbers(await input(options.in), 'score')
  const named = options.key === undefined ? null : await publicKeyIn(options.key)
  const n = file.n ?? named ?? fail('phe/syntax', 'pheNoKey')
  if (named !== null && named !== n) fail('phe/key', 'pheNotThisKey')
  const plan = planScoring(n, file, model.realHeads, { withoutIntercept: options['without-intercept'] ?? false })
  const key = await scoringKeyOf(n)
  prepareItems(key, file.records.length * plan.heads)
  await output(options.out, writeAnswer(n, scoreNumbers(key, plan, platform.random), file.style, options.list))
}

function noModel(id: string): never {
  throw new UsageError(`There is no model "${id}" in that folder.`)
}

async function open(argv: readonly string[]): Promise<void> {
  const options = parseOptions(argv, openOptions)
  const secret = await privateKeyIn(needed(options.key, '--key'))
  const file = readNumbers(await input(options.in), 'open')
  const key = ownerKeyOf(secret)
  try {
    const records = openNumbers(key, modulusOf(secret), file)
    await output(options.out, records.map((record) => `${record.join(',')}\n`).join(''))
  } finally {
    key.dispose()
  }
}

async function seal(argv: readonly string[]): Promise<void> {
  // A number that begins with a minus is no option.
  const at = argv.findIndex((word) => /^-[0-9.]/.test(word))
  const { values: options, words } = parseWords(
    at < 0 ? argv : [...argv.slice(0, at), '--', ...argv.slice(at)],
    sealOptions,
  )
  const n = await publicKeyIn(needed(options.key, '--key'))
  const lines = words.length > 0 ? [words] : rowsOf(await input(options.in))
  let count = 0
  const records = lines.map((row) => row.map((value) => numberOfText(value, count++)))
  const key = await scoringKeyOf(n)
  prepareItems(key, count)
  const style: Style = {
    numbers: options.pheutil ? 'object' : 'pair',
    shape: records.length > 1 ? 'records' : 'record',
    doubly: options.doubly ?? false,
    bare: options.pheutil ?? false,
  }
  await output(options.out, writeNumbers(n, sealNumbers(key, n, records, platform.random), style, 'data'))
}

const rowsOf = (lines: string): string[][] =>
  lines
    .split(/\r?\n/)
    .map((line) => line.split(/[\s,;]+/).filter((part) => part !== ''))
    .filter((row) => row.length > 0)

async function keys(argv: readonly string[]): Promise<void> {
  const options = parseOptions(argv, keysOptions)
  const form = keyForms.find((each) => each === (options.to ?? 'private'))
  if (form === undefined) throw new UsageError(`--to is ${keyForms.join(', ')}.`)
  const bits = options['key-size']
  if (options.in !== undefined && bits !== undefined) throw new UsageError('--key-size is for a key that is made here.')
  const set = setOf(bits)
  const made = async () => (await Key.generate(set)).secret
  const secret = options.in === undefined ? await made() : await privateKeyIn(options.in)
  try {
    await output(options.out, await writeKey(secret, form))
  } finally {
    secret.bytes.fill(0)
  }
}

function needed(value: string | undefined, option: string): string {
  if (value === undefined) throw new UsageError(`${option} is needed.`)
  return value
}

const input = (path: string | undefined): Promise<string> =>
  path === undefined ? text(process.stdin) : readFile(fromThere(path), 'utf8')

/** Files may hold a private key: they are for nobody else. */
async function output(path: string | undefined, said: string): Promise<void> {
  if (path !== undefined) await writeFile(fromThere(path), said, { mode: 0o600 })
  else await new Promise<void>((resolve) => process.stdout.write(said, () => resolve()))
}
