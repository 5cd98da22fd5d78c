import { isIPv4 } from 'node:net'
import { type IssuerOptions, isSafe } from '../server/access/tokens.ts'
import { readNetwork } from '../server/http/addresses.ts'
import { UsageError } from './command.ts'
import { integer } from './options.ts'

/** Who may ask a server, as its operator chose. */
export interface WhoMayAsk {
  /** Where API keys are; null where nobody is asked for one, else the file that was named, if one was. */
  readonly access: { readonly file?: string } | null
  /** Whose tokens are taken; null for nobody's. */
  readonly issuer: IssuerOptions | null
  readonly certificateHeader?: string
  readonly trustedProxies: readonly string[]
  readonly onlyByProxy: boolean
}

type Words = IssuerWords & {
  readonly [Name in 'host' | 'keys-file' | 'client-cert-header' | 'trust-proxy']?: string | undefined
} & { readonly [Name in 'api-keys' | 'open']?: boolean | undefined }

/** Throws {@link UsageError}, also where others reach the address and nothing says which of them may ask. */
export function whoMayAsk(values: Words): WhoMayAsk {
  const access = values['api-keys'] ? { ...(values['keys-file'] !== undefined && { file: values['keys-file'] }) } : null
  if (values['keys-file'] !== undefined && access === null) throw new UsageError('--keys-file is for --api-keys.')
  const issuer = issuerOf(values)
  const certificateHeader = values['client-cert-header']?.toLowerCase()
  const known = access !== null || issuer !== null || certificateHeader !== undefined
  if (values.open && known) throw new UsageError('--open and what says who may ask contradict each other.')
  if (certificateHeader !== undefined && !/^[a-z0-9-]{1,100}$/.test(certificateHeader))
    throw new UsageError('--client-cert-header takes the name of a header, such as X-Client-Subject.')
  if (certificateHeader !== undefined && values['trust-proxy'] === undefined)
    throw new UsageError('--client-cert-header is for --trust-proxy: from anybody the header says nothing.')
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
    access,
    issuer,
    ...(certificateHeader !== undefined && { certificateHeader }),
    trustedProxies,
    onlyByProxy: trustedProxies.length > 0 && !values.open && !known,
  }
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
