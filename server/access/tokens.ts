import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import * as z from 'zod/mini'
import { asBlindscoreError } from '../../core/errors.ts'
import { errorOf, fail } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import type { Principal, Principals } from './principals.ts'

/** Whose tokens are taken, and how they say who asks. */
export interface IssuerOptions {
  /** The address of an OpenID Connect issuer, as its tokens have it. */
  readonly issuer: string
  /** Whom its tokens must be for: this server, by whatever name it has there. */
  readonly audience: string
  /** The claim that names who asks. */
  readonly nameClaim?: string
  /** The claim that lists the ids of models, as an array or with blanks between them; without one, all models. */
  readonly modelsClaim?: string | undefined
  /** Seconds that a token may be good for from its beginning to its end: nobody can take one back. */
  readonly longest?: number
  readonly now?: () => number
}

/** Signatures that a public key checks, and no others: of a shared secret the public key would be one (RFC 8725, 2.1, 3.1). */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** Seconds by which the clocks of issuer and server may differ. */
const skew = 30
const usualLongest = 15 * 60
/** Milliseconds that the issuer has to answer, that its keys are kept, and between two askings for one that is not among them. */
const timeouts = { timeoutDuration: 5000, cacheMaxAge: 600_000, cooldownDuration: 30_000 }
const retrySeconds = 5

const discovery = z.object({ issuer: z.string(), jwks_uri: z.string() })

/** Those whom an OpenID Connect issuer names in signed tokens (RFC 7519). */
export class TokenPrincipals implements Principals {
  readonly #options: IssuerOptions
  #keys: Promise<JWTVerifyGetKey> | null = null

  constructor(options: IssuerOptions) {
    this.#options = options
  }

  /** Throws `access/…`: `access/issuer` where the issuer's keys cannot be had. */
  async of(token: string): Promise<Principal> {
    const { nameClaim = 'sub', modelsClaim } = this.#options
    const claims = await this.#verified(token)
    const name = claims[nameClaim]
    if (typeof name !== 'string' || !/^[^\p{C}]{1,200}$/u.test(name)) fail('access/refused', 'tokenNamesNobody')
    const models = modelsClaim === undefined ? null : modelsOf(claims[modelsClaim])
    return { id: `oidc:${name}`, models }
  }

  recordsPerHour(): null {
    return null
  }

  async #verified(token: string): Promise<JWTPayload> {
    const { issuer, audience, now = Date.now, longest = usualLongest } = this.#options
    try {
      const { payload } = await jwtVerify(token, await this.#issuersKeys(), {
        issuer,
        audience,
        algorithms,
        clockTolerance: skew,
        currentDate: new Date(now()),
        requiredClaims: ['iss', 'aud', 'exp'],
      })
      const begins = Math.max(payload.nbf ?? 0, payload.iat ?? 0)
      // Without either nobody knows when it began, and so how long it is good for.
      if (begins > now() / 1000 + skew || (payload.exp ?? 0) - begins > longest)
        fail('access/refused', 'tokenTooLong', { longest })
      return payload
    } catch (thrown) {
      if (asBlindscoreError(thrown).code !== 'internal') throw thrown
      if (thrown instanceof errors.JWTExpired) return fail('access/expired', 'tokenExpired')
      return fail('access/refused', 'tokenRefused')
    }
  }

  /** The keys that the issuer publishes. It is asked when they are first needed, and again after it did not answer. */
  #issuersKeys(): Promise<JWTVerifyGetKey> {
    const forget = (): void => {
      this.#keys = null
    }
    this.#keys ??= keysOf(this.#options.issuer, forget).catch((thrown: unknown) => {
      forget()
      throw thrown
    })
    return this.#keys
  }
}

/**
 * Its keys as its own description says where they are (OpenID Connect Discovery 1.0, 4): never as a token says, which may name any
 * address. `moved` is called where none can be had there any more: they may be elsewhere by now.
 */
async function keysOf(issuer: string, moved: () => void): Promise<JWTVerifyGetKey> {
  const keys = createRemoteJWKSet(await addressOfKeys(issuer), timeouts)
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (thrown) {
      // Of a key that is not there, or is for something else, the token is to blame.
      if (thrown instanceof errors.JWKSNoMatchingKey || thrown instanceof errors.JWKSMultipleMatchingKeys) throw thrown
      if (thrown instanceof errors.JOSENotSupported) throw thrown
      // Those that were fetched lately stay: whoever names a key that is none could have them forgotten while the issuer is away.
      if (!keys.fresh) moved()
      throw issuerGone()
    }
  }
}

async function addressOfKeys(issuer: string): Promise<URL> {
  try {
    const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
      redirect: 'error',
      signal: AbortSignal.timeout(timeouts.timeoutDuration),
    })
    const found = z.parse(discovery, await answer.json())
    const address = new URL(found.jwks_uri)
    if (answer.ok && found.issuer === issuer && isSafe(address)) return address
  } catch {
    // It says nothing that can be used.
  }
  throw issuerGone()
}

/** Whether what is fetched from there comes from there: over TLS, or from this machine. */
export function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname))
}

function issuerGone(): RetryLater {
  return new RetryLater(errorOf('access/issuer', 'issuerGone'), retrySeconds)
}

/** A token that lists no models is for none. */
function modelsOf(claim: unknown): ReadonlySet<string> {
  const listed = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []
  return new Set(listed.filter((each) => typeof each === 'string' && each !== ''))
}
