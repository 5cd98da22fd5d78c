import { schemes } from '../core/protocol/schemes.ts'
import type { Limits } from '../server/limits.ts'
import type { ServerOptions } from '../server/listen.ts'
import type { StudyLimits } from '../server/studies/limits.ts'
import { UsageError } from './command.ts'
import { integer, type Options, optionLines, parseOptions } from './options.ts'
import { type RunsPlace, runsOptions, runsPlace, studiesMemory } from './runsOptions.ts'
import type { ServicePlace } from './serviceAddress.ts'
import { stateOptions, statePlace } from './stateOptions.ts'
import { type WhoMayAsk, whoMayAsk } from './whoMayAsk.ts'

const schemeNames = schemes.map(({ name }) => name)

export const options = {
  port: { type: 'string', value: 'N', about: 'listen on this port (default: $PORT, else 8787 or the next free one)' },
  host: {
    type: 'string',
    value: 'ADDRESS',
    about:
      'listen on this address (default 127.0.0.1; 0.0.0.0 for every network). Others than this machine’s own need ' +
      '--api-keys, --trust-proxy or --open',
  },
  models: { type: 'string', value: 'DIR', about: 'the folder of model files (default: the models that ship)' },
  strict: {
    type: 'boolean',
    about: 'start only if every file in the folder is a model that can be served, and later take none while one is not',
  },
  'no-watch': {
    type: 'boolean',
    about: 'do not look each second whether models were added, replaced or withdrawn; SIGHUP still does',
  },
  'keep-versions': {
    type: 'string',
    value: 'HOURS',
    about: 'runs may end on a version of a model so long after it was replaced or withdrawn (default 24; 0 ends them)',
  },
  'versions-dir': {
    type: 'string',
    value: 'DIR',
    about:
      'keep the versions of models in this folder, sealed under the secret, so that runs end on theirs after a restart as well (default: ' +
      'a restart ends them); of one process and one folder of models alone',
  },
  'secret-file': {
    type: 'string',
    value: 'FILE',
    about:
      'the secret that hides the weights in the cards’ commitments; made when it is not there, the same for all servers ' +
      'of the same models (default: blindscore/secret in $XDG_STATE_HOME, else in ~/.local/state)',
  },
  schemes: {
    type: 'string',
    value: 'NAMES',
    about: `the encryption schemes that are served, with commas between them (default ${schemeNames.join(',')})`,
  },
  'ledger-file': {
    type: 'string',
    value: 'FILE',
    about:
      'where it is counted how often models were answered with under the lattice scheme; of one process alone (default: ' +
      'blindscore/ledger in $XDG_STATE_HOME, else in ~/.local/state)',
  },
  'budgets-dir': {
    type: 'string',
    value: 'DIR',
    about:
      'the folder in which it is counted what clients use, also of several processes of this machine (default: ' +
      'blindscore/budgets in $XDG_STATE_HOME, else in ~/.local/state)',
  },
  ...stateOptions,
  ...runsOptions,
  'no-work': {
    type: 'boolean',
    about: 'with --queue: leave the work on stored runs to `blindscore work` processes',
  },
  'runs-days': {
    type: 'string',
    value: 'N',
    about: 'after how many days a stored run goes, from when it was made (default 7)',
  },
  studies: {
    type: 'string',
    value: 'DIR',
    about:
      'carry the messages of studies (`blindscore study create`), sealed as runs are, in this folder or s3://BUCKET/PREFIX; or with ' +
      '"memory" until the server ends, of one process alone, without a key',
  },
  'studies-days': {
    type: 'string',
    value: 'N',
    about: 'with --studies: after how many days a study goes, from when it was made (default 30)',
  },
  'proven-keys': {
    type: 'boolean',
    about: 'score python-paillier’s numbers under registered keys alone, whose proof was checked',
  },
  cors: {
    type: 'string',
    value: 'ORIGIN',
    multiple: true,
    about: 'let pages of this origin call the API (repeatable)',
  },
  connect: {
    type: 'string',
    value: 'ORIGIN',
    multiple: true,
    about: 'let the page call the API at this origin (repeatable)',
  },
  'api-keys': {
    type: 'boolean',
    about: 'answer who has an API key alone (`blindscore keys`), and count by key what is asked',
  },
  'keys-file': {
    type: 'string',
    value: 'FILE',
    about:
      'with --api-keys or --client-cert-header: where keys and certificates are entered (default: blindscore/access.json in ' +
      '$XDG_STATE_HOME, else in ~/.local/state)',
  },
  'oidc-issuer': {
    type: 'string',
    value: 'URL',
    about:
      'answer whom this OpenID Connect issuer names in a token (Authorization: Bearer), beside API keys where there are any',
  },
  'oidc-audience': {
    type: 'string',
    value: 'NAME',
    about: 'with --oidc-issuer: what this server is called in its tokens',
  },
  'oidc-name-claim': { type: 'string', value: 'CLAIM', about: 'with --oidc-issuer: what names who asks (default sub)' },
  'oidc-models-claim': {
    type: 'string',
    value: 'CLAIM',
    about: 'with --oidc-issuer: what lists the models that a token is for (default: every token is for all)',
  },
  'oidc-minutes': {
    type: 'string',
    value: 'N',
    about: 'with --oidc-issuer: how long a token may be good for, since none can be taken back (default 15)',
  },
  'client-cert-header': {
    type: 'string',
    value: 'NAME',
    about:
      'answer whom a certificate names that a proxy of --trust-proxy checked, by its subject in this header; from others the header ' +
      'means nothing',
  },
  certificates: {
    type: 'string',
    value: 'WHICH',
    about:
      'with --client-cert-header: answer those alone that were entered (`blindscore keys add NAME --certificate SUBJECT`), or all of them, ' +
      'the others for all models: entered or all (default all)',
  },
  open: { type: 'boolean', about: 'everybody who reaches the address may ask, without an API key' },
  'trust-proxy': {
    type: 'string',
    value: 'NETWORKS',
    about:
      'proxies at these addresses are believed about whose requests they hand on (X-Forwarded-For, Forwarded): networks such as ' +
      '10.0.0.0/8, with commas between them. Where nothing else says who may ask, the proxy does, and nobody is answered past it',
  },
  'allowed-host': {
    type: 'string',
    value: 'NAME',
    multiple: true,
    about:
      'answer to this name as well (repeatable); addresses and localhost are always answered to, other names never, so ' +
      'that no page can pose as one',
  },
  'open-metrics': { type: 'boolean', about: 'let every client read /metrics, not this machine alone' },
  'metrics-port': {
    type: 'string',
    value: '[ADDRESS:]PORT',
    about:
      'serve the metrics on a port of their own instead (address: 127.0.0.1, so that this machine alone reads them)',
  },
  audit: {
    type: 'string',
    value: 'DIR',
    about: 'write down in this folder who was answered what and when, before it is answered; of one process alone',
  },
  brand: {
    type: 'string',
    value: 'FILE',
    about: 'JSON with "name", "terms" and "contact": who answers, for the page and the list of models',
  },
  'records-per-hour': {
    type: 'string',
    value: 'N',
    about:
      'records that one client may have scored in an hour, a block counting as full (default 50000000). It shares the machine out; ' +
      'no such number hides a model from who scores it',
  },
  'max-body': { type: 'string', value: 'BYTES', about: 'largest request body' },
  'max-file': { type: 'string', value: 'BYTES', about: 'largest sealed file that is sent whole (default 1 GiB)' },
  threads: { type: 'string', value: 'N', about: 'compute threads (default: one per core)' },
  log: {
    type: 'string',
    value: 'LEVEL',
    about: 'silent, error, warn, info or debug (default info; to standard error)',
  },
} as const satisfies Options

export const usage = `Usage: blindscore serve [options]
${optionLines(options)}`

export type ServeOptions = Omit<ServerOptions, 'runs' | 'studies' | 'versions'> &
  WhoMayAsk & {
    readonly logLevel: string
    readonly secretFile?: string
    readonly ledgerFile?: string
    readonly budgetsFolder?: string
    readonly auditFolder?: string
    readonly versionsFolder?: string
    readonly brandFile?: string
    readonly studiesFolder?: string
    readonly studyLimits?: Partial<StudyLimits>
    readonly runsPlace: RunsPlace
    readonly worksOnRuns: boolean
    readonly statePlace?: ServicePlace
  }

/** The options of a command line and its environment. Throws {@link UsageError}. */
export function parseServeOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ServeOptions {
  const values = parseOptions(argv, options)
  const port = values.port ?? (env.PORT || undefined)
  const limits: Partial<Limits> = {
    ...(values['records-per-hour'] !== undefined && {
      recordsPerHour: integer('--records-per-hour', values['records-per-hour'], 1, Number.MAX_SAFE_INTEGER),
    }),
    ...(values['max-file'] !== undefined && { fileBytes: integer('--max-file', values['max-file'], 4096, 2 ** 40) }),
    ...(values['runs-days'] !== undefined && { runDays: integer('--runs-days', values['runs-days'], 1, 365) }),
    ...(values['max-body'] !== undefined && { bodyBytes: integer('--max-body', values['max-body'], 4096, 2 ** 30) }),
  }
  const logLevel = values.log ?? 'info'
  if (!['silent', 'error', 'warn', 'info', 'debug'].includes(logLevel))
    throw new UsageError(`--log has no level "${logLevel}".`)
  return {
    ...(port !== undefined && { port: integer('--port', port, 0, 65535) }),
    ...(values.host !== undefined && { host: values.host }),
    ...(values.models !== undefined && { models: values.models }),
    ...operated(values),
    ...(values.threads !== undefined && { threads: integer('--threads', values.threads, 1, 256) }),
    ...(values['secret-file'] !== undefined && { secretFile: values['secret-file'] }),
    ...(values.schemes !== undefined && { schemes: schemesOf(values.schemes) }),
    ...(values['ledger-file'] !== undefined && { ledgerFile: values['ledger-file'] }),
    ...(values['budgets-dir'] !== undefined && { budgetsFolder: values['budgets-dir'] }),
    ...(values['proven-keys'] && { provenKeys: true }),
    ...workOf(values),
    ...sharedState(values),
    corsOrigins: (values.cors ?? []).map((text) => origin('--cors', text)),
    connectOrigins: (values.connect ?? []).map((text) => origin('--connect', text)),
    ...whoMayAsk(values),
    hosts: (values['allowed-host'] ?? []).map(hostName),
    openMetrics: values['open-metrics'] ?? false,
    limits,
    logLevel,
  }
}

/** Where runs are stored, and who works on them. */
function workOf(values: ReturnType<typeof parseOptions<typeof options>>) {
  const place = runsPlace(values)
  if (values['no-work'] && place.queue === undefined)
    throw new UsageError('--no-work needs --queue: else nobody works on stored runs.')
  return { runsPlace: place, worksOnRuns: values['no-work'] !== true }
}

/** What is shared is not counted in files as well. */
function sharedState(values: ReturnType<typeof parseOptions<typeof options>>): { readonly statePlace?: ServicePlace } {
  const place = statePlace(values)
  const files = (['ledger-file', 'budgets-dir'] as const).filter((name) => values[name] !== undefined)
  if (place && files.length > 0)
    throw new UsageError(`With --state that is counted there, and not by --${files.join(' and --')}.`)
  return place ? { statePlace: place } : {}
}
/** Bytes of messages where no folder keeps them. */
const memoryOfStudies = 512 * 2 ** 20

function studyLimits({ studies, 'studies-days': days }: ReturnType<typeof parseOptions<typeof options>>) {
  return {
    ...(studies === studiesMemory && { bytes: memoryOfStudies }),
    ...(days !== undefined && { days: integer('--studies-days', days, 1, 365) }),
  }
}

/** What is for whoever runs the server alone. */
function operated(values: ReturnType<typeof parseOptions<typeof options>>) {
  const hours = values['keep-versions']
  return {
    ...(values.strict && { strict: true }),
    ...(values['no-watch'] && { watchModelsMs: null }),
    ...(hours !== undefined && { keeping: { ms: 3_600_000 * integer('--keep-versions', hours, 0, 8760) } }),
    ...(values['versions-dir'] !== undefined && { versionsFolder: values['versions-dir'] }),
    ...(values['metrics-port'] !== undefined && { metricsAt: metricsAddress(values['metrics-port']) }),
    ...(values.audit !== undefined && { auditFolder: values.audit }),
    ...(values.brand !== undefined && { brandFile: values.brand }),
    ...(values.studies !== undefined && { studiesFolder: values.studies, studyLimits: studyLimits(values) }),
  }
}

function metricsAddress(text: string): { readonly host: string; readonly port: number } {
  const [, host = '127.0.0.1', port = ''] = /^(?:\[?([0-9A-Fa-f.:]+?)\]?:)?([0-9]{1,5})$/.exec(text) ?? []
  return { host, port: integer('--metrics-port', port, 0, 65535) }
}

function schemesOf(text: string): readonly string[] {
  const names = text.split(',')
  const odd = names.find((name) => !schemeNames.includes(name))
  if (odd !== undefined) throw new UsageError(`--schemes takes some of ${schemeNames.join(', ')}, not "${odd}".`)
  return names
}

function hostName(text: string): string {
  if (!/^[a-z0-9.-]{1,253}$/i.test(text)) throw new UsageError('--allowed-host takes a name such as scores.example.')
  return text.toLowerCase()
}

/**
 * An origin alone, as browsers send it. It goes into a policy's header, so it may hold the characters of a host alone:
 * the URL parser lets a semicolon through.
 */
const originGrammar = /^https?:\/\/[a-z0-9.:[\]-]+$/

function origin(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !originGrammar.test(url.origin) || (text !== url.origin && text !== `${url.origin}/`)) {
    throw new UsageError(`${name} takes an origin such as https://scores.example.`)
  }
  return url.origin
}
