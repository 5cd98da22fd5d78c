import { readFile, writeFile } from 'node:fs/promises'
import { platform } from '../client/owner/platform.ts'
import type { FileSource } from '../reader/source.ts'
import { familyNames } from '../stats/families.ts'
import { linkNames } from '../stats/links.ts'
import type { Summary } from '../stats/summary.ts'
import { studyComponents } from '../study/components.ts'
import { type Design, designOf } from '../study/design.ts'
import { type Estimates, fitHere, modelOf } from '../study/fitted.ts'
import { lineOfR } from '../study/lineOfR.ts'
import { fitPenalised } from '../study/penalised.ts'
import { mostOwners } from '../study/pool/numbers.ts'
import { leastOwners } from '../study/pool/roster.ts'
import { withProfiles } from '../study/profiled.ts'
import { epsilons, usualEpsilon } from '../study/randomised.ts'
import { checkedStudy, parseStudy, type StudyFile } from '../study/studyFile.ts'
import { type AddedTable, addedTable, narrowed, stepped, type TermTables, termTables } from '../study/terms.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { openStandardInput } from './inputFile.ts'
import { integer, type Options, optionLines, parseWords } from './options.ts'
import { declaredIn } from './poolConsent.ts'
import { type Say, sayUnless } from './say.ts'
import { setOf } from './sealingOptions.ts'
import { serverOf, serverOption } from './serverAt.ts'
import type { ConsentOptions } from './sideConsent.ts'
import { adapt, adaptOptions, apply } from './studyAdapt.ts'
import { create, discard, joinInvited } from './studyInvited.ts'
import { penalisedText, penaltyOf } from './studyPenalty.ts'
import { ownerKey, pool, release } from './studyPool.ts'
import { readStudyRows } from './studyRows.ts'
import { answer, look, lookText, open, seal } from './studySides.ts'
import { componentsText, fitText, termsText } from './studyText.ts'

const options = {
  model: {
    type: 'string',
    value: 'FILE',
    about: 'fit, open, pool, join: write the fitted model there, as a file that can be served',
  },
  'as-r': { type: 'boolean', about: 'fit: stop where R’s glm does by default, so that the last digits are R’s, too' },
  family: { type: 'string', value: 'NAME', about: `fit: another family than the study’s: ${familyNames.join(', ')}` },
  link: {
    type: 'string',
    value: 'NAME',
    about: `fit: another link than the family’s usual one: ${linkNames.join(', ')}`,
  },
  weights: { type: 'string', value: 'COLUMN', about: 'fit: how much a record counts; for shares, of how many trials' },
  failures: {
    type: 'string',
    value: 'COLUMN',
    about: 'fit: the failures of the trials whose successes are the outcome (R’s cbind of both)',
  },
  offset: { type: 'string', value: 'COLUMN', about: 'fit: a number that is added to the predictor as it is' },
  anova: {
    type: 'boolean',
    about: 'fit: what each term adds, one after the other and last of all (R’s anova and drop1)',
  },
  add1: {
    type: 'string',
    multiple: true,
    value: 'COLUMN',
    about: 'fit: what a column of the study that is no term of it would add (R’s add1); may be given again',
  },
  profile: {
    type: 'boolean',
    about: 'fit: profile-likelihood intervals of the coefficients (R’s confint), by some dozen fits of each',
  },
  step: { type: 'boolean', about: 'fit: leave out terms, and take them back, as long as AIC falls (R’s step)' },
  penalty: {
    type: 'string',
    value: 'NAME',
    about: 'fit: small coefficients, as glmnet has them: ridge, lasso, or elastic=ALPHA between them',
  },
  lambda: {
    type: 'string',
    value: 'L',
    about: 'fit: how much they weigh: a number, or by cross-validation cv (default; least error) or cv-1se (simplest)',
  },
  folds: { type: 'string', value: 'K', about: 'fit: parts of a cross-validation (default: 10)' },
  seed: { type: 'string', value: 'N', about: 'fit: which records are in which of them (default: 1)' },
  scale: { type: 'boolean', about: 'pca: columns by their standard deviations' },
  json: { type: 'boolean', about: 'fit, pca, open, pool, join: print what was found for programs' },
  out: {
    type: 'string',
    value: 'FILE',
    about: 'seal, answer: what is for the other side; create, and seal with --server: the own invitation',
  },
  key: { type: 'string', value: 'FILE', about: 'seal, open: the key, under the passphrase in $BLINDSCORE_PASSPHRASE' },
  'key-size': { type: 'string', value: 'BITS', about: 'seal: a key of 2048, 3072 (default) or 4096 bits' },
  ledger: {
    type: 'string',
    value: 'FILE',
    about:
      'answer, pool, join: what was given or pooled before; made where there is none (pool, join, release: by owner)',
  },
  board: { type: 'string', value: 'FOLDER', about: 'pool: where the owners leave messages for each other' },
  owners: {
    type: 'string',
    value: 'KEYS',
    about: 'pool, join: the keys of all owners as "owner" says them, with commas between',
  },
  wait: {
    type: 'string',
    value: 'SECONDS',
    about: 'pool, join: how long an owner may take for a message (default: 600)',
  },
  server: { ...serverOption, about: `create, seal: ${serverOption.about}` },
  invitations: { type: 'string', value: 'N', about: 'create: how many owners take part' },
  release: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    about: 'pool, join: what an owner signed ("release") who left or came since an earlier study; may be given again',
  },
  declared: {
    type: 'string',
    value: 'FILE',
    about:
      'pool, join, seal, answer, adapt: what is declared: JSON with "name", "role", "contact" (told the others by pool and join), "basis" and "retention"',
  },
  consent: {
    type: 'string',
    value: 'HASH|show',
    about:
      'the same: go on only where what is agreed to has this SHA-256; "show" says it, and ends before anything is given',
  },
  receipt: {
    type: 'string',
    value: 'FILE',
    about: 'the same: what was agreed to, with its SHA-256; of pool and join also what came of it',
  },
  study: { type: 'string', value: 'FILE', about: 'join: the study that is meant; the server’s must be the same' },
  epsilon: {
    type: 'string',
    value: 'E',
    about: 'answer: turn outcomes of 0 and 1 at random, with odds of e^E that one is as it is (default: 3)',
  },
  exact: { type: 'boolean', about: 'answer: give outcomes as they are' },
  look: {
    type: 'boolean',
    about: 'answer: say how many single outcomes could be read, and what randomising costs, and answer nothing',
  },
  ...adaptOptions,
  quiet: { type: 'boolean', about: 'say nothing but the fit and errors' },
} as const satisfies Options

const usage = `Usage: blindscore study fit STUDY [options] < records.csv
       blindscore study adapt CARD --outcome NAME [--event TEXT] [options] < scored.csv
       blindscore study adapt CHANGES --apply MODEL --customer NAME --model FILE
       blindscore study pca STUDY [--scale] [--json] < records.csv
       blindscore study seal STUDY --out SEALED --key KEY [options] < columns.csv
       blindscore study answer SEALED --out ANSWER --ledger LEDGER [options] < outcomes.csv
       blindscore study answer SEALED --look [--epsilon E] < outcomes.csv
       blindscore study seal STUDY --server URL --out MINE --key KEY < columns.csv > invitation.txt
       blindscore study open ANSWER --key KEY [options] < columns.csv
       blindscore study owner LEDGER
       blindscore study pool STUDY --board FOLDER --owners KEYS --ledger LEDGER [options] < records.csv
       blindscore study create STUDY --server URL --invitations N --out MINE > invitations.txt
       blindscore study join INVITATION --owners KEYS --ledger LEDGER [options] < records.csv
       blindscore study discard MINE
       blindscore study release STUDY --ledger LEDGER > release.json

Fits the model of a study. Where records and outcomes are all here, "fit" does it: nothing is encrypted, since nothing leaves,
and nothing would be gained. Where the outcomes are elsewhere, "seal" encrypts the columns once, "answer" multiplies them there
by the outcomes, and "open" has sums alone, from which the same model follows. Both sides' files have the same rows. With --server
a server has the sealed records, and the invitation stands for them, as MINE does for the answer; "discard" takes them away.
Where three or more owners have rows of their own, each runs "pool" at the same time: they get the model of all rows, and
nobody sees another's rows or sums. "owner" says by which key the others know an owner, and begins its ledger. Without a folder that
all reach, "create" has a server carry the messages and prints an invitation for each owner, who puts it in a file and runs "join" with
it. Before anything is given, these and "seal", "answer" and "adapt --out" say what is agreed to, with its SHA-256, which "--receipt" keeps: who takes part, what leaves, who can
learn what. "--consent show" ends there; the same with "--consent HASH" goes on where it is still that text; without it, who runs the
command agrees by doing so. An owner whose process ended meanwhile runs the same again and goes on, as long as the others wait. Where one or two owners leave or
come between two studies of the same rows, the difference is these owners' own sums: "release" signs that the others may compute them.
Where a vendor's model made the scores, "adapt" fits how its weights change for outcomes that are here; the vendor applies that.
Records are CSV, .xlsx or Parquet, and are read as "blindscore score" reads them; rows with a problem are left out and counted.
${optionLines(options)}`

type Values = ReturnType<typeof parseWords<typeof options>>['values']

/** `blindscore study`: a model is fitted. */
export const study: Command = {
  usage,
  async run(argv) {
    const { values, words } = parseWords(argv, options)
    const [verb = '', path, ...more] = words
    const act = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
    if (act === undefined || path === undefined || more.length > 0)
      throw new UsageError('A verb and a file are needed.')
    await act(path, values, sayUnless(values.quiet))
    return 0
  },
}

type Act = (path: string, values: Values, say: Say) => Promise<void>

const verbs: Readonly<Record<string, Act>> = {
  async fit(path, values, say) {
    const wanted = penaltyOf(values)
    const { terms, ...rest } = await studyAt(path)
    const file = checkedStudy({ ...rest, ...said(values), terms: [...terms, ...(values.add1 ?? [])] })
    const design = await designOf(file, 'both', platform.sha256)
    const rows = await fromStandardInput((input) => readStudyRows(input, design, say))
    if (wanted !== null) {
      const fit = fitPenalised(file, design, rows, wanted)
      await writeModel(file, design, fit, values)
      process.stdout.write(values.json ? `${JSON.stringify(fit, null, 2)}\n` : penalisedText(file, fit))
      return
    }
    const stopping = values['as-r'] ? 'r' : 'optimum'
    const all = { study: file, design, rows }
    const told = narrowed(all, terms)
    const left = values.step ? stepped(told, stopping) : told
    const plain = fitHere(left.study, left.design, left.rows, stopping)
    const summary = values.profile ? withProfiles(left, plain) : plain
    const tables = {
      ...(values.anova && termTables(left.study, left.design, left.rows, stopping)),
      ...(values.add1 && addedTable(all, left.design, stopping)),
    }
    const r = lineOfR(left.study)
    if (r !== null) say(`The same in R: ${r}`)
    await give(left.study, left.design, summary, values, tables)
  },
  async adapt(path, values, say) {
    if (values.apply !== undefined) return apply(path, values, say)
    const [penalty, consent] = [penaltyOf(values), await consentOf(values)]
    await fromStandardInput((input) => adapt(path, input, values, { penalty, consent }, say))
  },
  async pca(path, values, say) {
    const file = await studyAt(path)
    const design = await designOf(file, 'both', platform.sha256)
    const rows = await fromStandardInput((input) => readStudyRows(input, design, say))
    const found = studyComponents(design, rows, values.scale ?? false)
    process.stdout.write(values.json ? `${JSON.stringify(found, null, 2)}\n` : componentsText(file, found))
  },
  async seal(path, values, say) {
    const files = {
      out: pathOf(values, 'out'),
      key: pathOf(values, 'key'),
      set: setOf(values['key-size']),
      server: values.server === undefined ? null : serverOf(values.server),
      consent: await consentOf(values),
    }
    const file = await studyAt(path)
    const invitation = await fromStandardInput((input) => seal(file, input, files, say))
    if (invitation !== null) process.stdout.write(`${invitation}\n`)
  },
  async answer(path, values, say) {
    if (values.look) return lookInto(fromThere(path), values, say)
    const files = {
      sealed: fromThere(path),
      out: pathOf(values, 'out'),
      ledger: pathOf(values, 'ledger'),
      epsilon: epsilonOf(values),
      consent: await consentOf(values),
    }
    await fromStandardInput((input) => answer(input, files, say))
  },
  async open(path, values, say) {
    const files = { answer: fromThere(path), key: pathOf(values, 'key') }
    const { study: file, design, summary } = await fromStandardInput((input) => open(input, files, say))
    await give(file, design, summary, values)
  },
  async owner(path) {
    process.stdout.write(`${await ownerKey(fromThere(path))}\n`)
  },
  async pool(path, values, say) {
    const files = {
      board: pathOf(values, 'board'),
      ledger: pathOf(values, 'ledger'),
      owners: ownersOf(values.owners),
      patience: patienceOf(values.wait),
      releases: (values.release ?? []).map(fromThere),
      consent: await consentOf(values),
    }
    const file = await studyAt(path)
    const { design, summary } = await fromStandardInput((input) => pool(file, input, files, say))
    await give(file, design, summary, values)
  },
  async create(path, values, say) {
    const owners = integer('--invitations', values.invitations ?? '', leastOwners, mostOwners)
    const text = await readFile(fromThere(path), 'utf8')
    const made = await create(text, serverOf(values.server), owners, pathOf(values, 'out'))
    say(`Give each owner one of these, and nobody else. The study goes at ${made.expires}.`)
    process.stdout.write(`${made.invitations.join('\n')}\n`)
  },
  async join(path, values, say) {
    const options = {
      ledger: pathOf(values, 'ledger'),
      owners: ownersOf(values.owners),
      patience: patienceOf(values.wait),
      releases: (values.release ?? []).map(fromThere),
      consent: await consentOf(values),
      study: values.study === undefined ? null : await studyAt(values.study),
    }
    const joined = await fromStandardInput((input) => joinInvited(fromThere(path), input, options, say))
    await give(joined.study, joined.design, joined.summary, values)
  },
  async release(path, values) {
    process.stdout.write(`${await release(await studyAt(path), pathOf(values, 'ledger'))}\n`)
  },
  async discard(path) {
    await discard(fromThere(path))
  },
}

/** What of a study is said on the command line. Whether it is a study then is for its check to say. */
const said = ({ family, link, weights, failures, offset }: Values) => ({
  ...(family !== undefined && { family, link: undefined }),
  ...(link !== undefined && { link }),
  ...(weights !== undefined && { weights }),
  ...(failures !== undefined && { failures }),
  ...(offset !== undefined && { offsets: [offset] }),
})

const studyAt = async (path: string): Promise<StudyFile> => parseStudy(await readFile(fromThere(path), 'utf8'))

async function give(
  file: StudyFile,
  design: Design,
  summary: Summary,
  values: Values,
  tables: Partial<TermTables & AddedTable> = {},
): Promise<void> {
  await writeModel(file, design, summary, values)
  if (values.json) process.stdout.write(`${JSON.stringify({ ...summary, ...tables }, null, 2)}\n`)
  else process.stdout.write(fitText(file, summary) + termsText(tables))
}

async function writeModel(file: StudyFile, design: Design, fit: Estimates, { model }: Values): Promise<void> {
  if (model === undefined) return
  await writeFile(fromThere(model), `${JSON.stringify(modelOf(file, design, fit), null, 2)}\n`)
}

function pathOf(values: Values, option: 'out' | 'key' | 'ledger' | 'board'): string {
  const path = values[option]
  if (path === undefined) throw new UsageError(`--${option} is needed.`)
  return fromThere(path)
}

async function consentOf({ declared, consent, receipt }: Values): Promise<ConsentOptions> {
  if (consent !== undefined && !/^(show|[0-9a-f]{64})$/.test(consent))
    throw new UsageError('--consent takes a SHA-256 in hexadecimal, or "show".')
  const path = (file: string | undefined): string | null => (file === undefined ? null : fromThere(file))
  return { declared: await declaredIn(path(declared)), consent: consent ?? null, receipt: path(receipt) }
}

function ownersOf(text = ''): readonly string[] {
  const owners = text.split(',').map((key) => key.trim())
  if (!owners.every((key) => /^[0-9a-f]{64}$/.test(key)) || new Set(owners).size !== owners.length)
    throw new UsageError('--owners takes the keys of all owners, each once, with commas between.')
  return owners
}

/** Milliseconds, from an option in seconds. */
function patienceOf(text = '600'): number {
  const seconds = Number(text)
  if (!(seconds >= 1 && seconds <= 86_400)) throw new UsageError('--wait takes seconds from 1 to 86400.')
  return seconds * 1000
}

/** ε from an option: what is between what tells next to nothing and what hides next to nothing. */
function epsilonOf({ epsilon, exact }: Values): number | null {
  if (exact && epsilon !== undefined) throw new UsageError('--exact and --epsilon are one or the other.')
  if (exact) return null
  const value = Number(epsilon ?? usualEpsilon)
  const { least, most } = epsilons
  if (!(value >= least && value <= most)) throw new UsageError(`--epsilon takes a number from ${least} to ${most}.`)
  return value
}

async function lookInto(sealed: string, values: Values, say: (line: string) => void): Promise<void> {
  const epsilon = epsilonOf({ ...values, exact: false }) ?? usualEpsilon
  const told = await fromStandardInput((input) => look(input, sealed, epsilon, say))
  process.stdout.write(lookText(told, epsilon))
}

async function fromStandardInput<T>(read: (input: FileSource) => Promise<T>): Promise<T> {
  const input = await openStandardInput()
  try {
    return await read(input)
  } finally {
    await input.close()
  }
}
