import { isIPv4 } from 'node:net'
import { type IssuerOptions, isSafe } from '../server/access/tokens.ts'
import { readNetwork } from '../server/http/addresses.ts'
import { UsageError } from './command.ts'
import { integer } from './options.ts'

/** Who may ask a server, as its operator chose. */
export interface WhoMayAsk {
  /** Whether who has an API key may ask. */
  readonly apiKeys: boolean
  /** Where API keys and certificates are entered, if a place was named. */
  readonly keysFile?: string
  /** Whose tokens are taken; null for nobody's. */
  readonly issuer: IssuerOptions | null
  readonly certificate: AskedCertificate | null
  readonly trustedProxies: readonly string[]
  readonly onlyByProxy: boolean
}

/** Where a proxy names the subject of a client's certificate; null where none is looked for. */
interface AskedCertificate {
  readonly header: string
  /** Whether those alone are answered that are entered in the file. */
  readonly enteredAlone: boolean
}

type Words = IssuerWords & {
  readonly [Name in 'host' | 'keys-file' | 'client-cert-header' | 'certificates' | 'trust-proxy']?: string | undefined
} & { readonly [Name in 'api-keys' | 'open']?: boolean | undefined }

/** Throws {@link UsageError}, also where others reach the address and nothing says which of them may ask. */
export function whoMayAsk(values: Words): WhoMayAsk {
  const apiKeys = values['api-keys'] ?? false
  const keysFile = values['keys-file']
  const issuer = issuerOf(values)
  const certificate = certificateOf(values)
  if (keysFile !== undefined && !apiKeys && certificate === null)
    throw new UsageError('--keys-file is for --api-keys and --client-cert-header.')
  const known = apiKeys || issuer !== null || certificate !== null
  if (values.open && known) throw new UsageError('--open and what says who may ask contradict each other.')
  if (
    values.host !== undefined &&
    !isLoopback(values.host) &&
    values['trust-proxy'] === undefined &&
    !values.open &&
    !known
  ) {
    throw new UsageError(
      `--host ${values.host} is reached from elsewhere. Choose: --api-keys (or --oidc-issuer, --client-cert-header) if who is known so may ask, --trust-proxy NETWORK if a proxy there says who may, --open if everybody may.`,
    )
  }
  const trustedProxies = networks(values['trust-proxy'])
  return {
    apiKeys,
    ...(keysFile !== undefined && { keysFile }),
    issuer,
    certificate,
    trustedProxies,
    onlyByProxy: trustedProxies.length > 0 && !values.open && !known,
  }
}

function certificateOf(values: Words): AskedCertificate | null {
  const header = values['client-cert-header']?.toLowerCase()
  const which = values.certificates
  if (which !== undefined && header === undefined) throw new UsageError('--certificates is for --client-cert-header.')
  if (header === undefined) return null
  if (!/^[a-z0-9-]{1,100}$/.test(header))
    throw new UsageError('--client-cert-header takes the name of a header, such as X-Client-Subject.')
  if (values['trust-proxy'] === undefined)
    throw new UsageError('--client-cert-header is for --trust-proxy: from anybody the header says nothing.')
  if (which !== undefined && which !== 'all' && which !== 'entered')
    throw new UsageError('--certificates takes all or entered.')
  return { header, enteredAlone: which === 'entered' }
}

/** Whether an address is this machine's own. A name may be anybody's by the time that it is looked up, but `localhost`. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

type IssuerWords = Partial<
  Record<`oidc-${'issuer' | 'audience' | 'name-claim' | 'models-claim' | 'minutes'}`, string | undefined>
>

function issuerOf(values: IssuerWords): IssuerOptions | null {
  const { 'oidc-issuer': issuer, 'oidc-audience': audience, ...more } = values
  const own = Object.entries(more).filter(([name, value]) => name.startsWith('oidc-') && value !== undefined)
  if (issuer === undefined && (audience !== undefined || own.length > 0))
    throw new UsageError('What begins with --oidc- is for --oidc-issuer.')
  if (issuer === undefined) return null
  if (!URL.canParse(issuer) || !isSafe(new URL(issuer)))
    throw new UsageError('--oidc-issuer takes an address such as https://login.example/realm.')
  if (!audience)
    throw new UsageError('--oidc-issuer needs --oidc-audience: without it any token of the issuer would do.')
  const minutes = more['oidc-minutes']
  return {
    issuer,
    audience,
    ...(more['oidc-name-claim'] && { nameClaim: more['oidc-name-claim'] }),
    ...(more['oidc-models-claim'] && { modelsClaim: more['oidc-models-claim'] }),
    ...(minutes !== undefined && { longest: 60 * integer('--oidc-minutes', minutes, 1, 1440) }),
  }
}

function networks(text: string | undefined): readonly string[] {
  const all = text === undefined ? [] : text.split(',')
  if (!all.every((each) => readNetwork(each) !== null))
    throw new UsageError('--trust-proxy takes networks such as 10.0.0.0/8 or fd00::/8, with commas between them.')
  return all
}
