import { isIPv4 } from 'node:net'
import { schemes } from '../core/protocol/schemes.ts'
import type { Limits } from '../server/limits.ts'
import type { ServerOptions } from '../server/listen.ts'
import { UsageError } from './command.ts'
import { type Options, optionLines, parseOptions } from './options.ts'

const schemeNames = schemes.map(({ name }) => name)

const options = {
  port: { type: 'string', value: 'N', about: 'listen on this port (default: $PORT, else 8787 or the next free one)' },
  host: {
    type: 'string',
    value: 'ADDRESS',
    about:
      'listen on this address (default 127.0.0.1; 0.0.0.0 for every network). Others than this machine’s own need ' +
      '--trust-proxy or --open',
  },
  models: { type: 'string', value: 'DIR', about: 'the folder of model files (default: the models that ship)' },
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
  open: { type: 'boolean', about: 'everybody who reaches the address may ask: there are no accounts' },
  'trust-proxy': {
    type: 'boolean',
    about: 'a proxy alone reaches the address, says who may ask, and adds the client’s address to X-Forwarded-For',
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
  'records-per-hour': { type: 'string', value: 'N', about: 'records that one client may have scored in an hour' },
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

export type ServeOptions = ServerOptions & {
  readonly logLevel: string
  readonly secretFile?: string
  readonly ledgerFile?: string
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
    ...(values['max-body'] !== undefined && { bodyBytes: integer('--max-body', values['max-body'], 4096, 2 ** 30) }),
  }
  if (values.host !== undefined && !isLoopback(values.host) && !values['trust-proxy'] && !values.open) {
    throw new UsageError(
      `--host ${values.host} is reached from elsewhere. Choose: --trust-proxy if a proxy that says who may ask stands before it, --open if everybody may.`,
    )
  }
  const logLevel = values.log ?? 'info'
  if (!['silent', 'error', 'warn', 'info', 'debug'].includes(logLevel))
    throw new UsageError(`--log has no level "${logLevel}".`)
  return {
    ...(port !== undefined && { port: integer('--port', port, 0, 65535) }),
    ...(values.host !== undefined && { host: values.host }),
    ...(values.models !== undefined && { models: values.models }),
    ...(values.threads !== undefined && { threads: integer('--threads', values.threads, 1, 256) }),
    ...(values['secret-file'] !== undefined && { secretFile: values['secret-file'] }),
    ...(values.schemes !== undefined && { schemes: schemesOf(values.schemes) }),
    ...(values['ledger-file'] !== undefined && { ledgerFile: values['ledger-file'] }),
    ...(values['proven-keys'] && { provenKeys: true }),
    corsOrigins: (values.cors ?? []).map((text) => origin('--cors', text)),
    connectOrigins: (values.connect ?? []).map((text) => origin('--connect', text)),
    trustProxy: values['trust-proxy'] ?? false,
    hosts: (values['allowed-host'] ?? []).map(hostName),
    openMetrics: values['open-metrics'] ?? false,
    limits,
    logLevel,
  }
}

function schemesOf(text: string): readonly string[] {
  const names = text.split(',')
  const odd = names.find((name) => !schemeNames.includes(name))
  if (odd !== undefined) throw new UsageError(`--schemes takes some of ${schemeNames.join(', ')}, not "${odd}".`)
  return names
}

/** Whether an address is this machine's own. A name may be anybody's by the time that it is looked up, but `localhost`. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

function hostName(text: string): string {
  if (!/^[a-z0-9.-]{1,253}$/i.test(text)) throw new UsageError('--allowed-host takes a name such as scores.example.')
  return text.toLowerCase()
}

function integer(name: string, text: string, least: number, most: number): number {
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most)) throw new UsageError(`${name} takes a whole number from ${least} to ${most}.`)
  return value
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
