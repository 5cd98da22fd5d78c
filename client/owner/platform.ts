import { unforeseen } from '../../core/errors.ts'
import { fromBase64url } from '../../core/number/base64.ts'
import { fromBytes } from '../../core/number/bytes.ts'
import type { Platform } from '../../core/private/owner.ts'
import { sha256 } from '../../platform/digest.ts'
import { secureRandom } from '../../platform/random.ts'
import { fail } from '../faults.ts'

/**
 * Two primes from WebCrypto: an RSA key of the same size has just the primes that Paillier needs, made by audited
 * native code. The RSA key itself is never used. Throws `platform/insecure-context` without WebCrypto and
 * `platform/no-random` without its random source.
 */
async function primes(bits: number): Promise<readonly [bigint, bigint]> {
  if (!globalThis.crypto?.subtle) {
    fail('platform/insecure-context', 'insecureContext')
  }
  // A platform without its own source of randomness is not trusted to make primes either.
  secureRandom(1)
  const algorithm = {
    name: 'RSA-OAEP',
    modulusLength: bits,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  }
  const pair = await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt'])
  const { p, q } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  return [prime(p), prime(q)]
}

const prime = (text = ''): bigint => fromBytes(fromBase64url(text) ?? unforeseen('a prime that is not base64url'))

/** What the making of keys takes from the browser or from Node. */
export const platform: Platform = { random: secureRandom, sha256, primes }
