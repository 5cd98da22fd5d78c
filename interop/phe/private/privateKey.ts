import { concat, toBytes } from '../../../core/number/bytes.ts'
import { bitLength, rootFloor } from '../../../core/number/integers.ts'
import { makePrivateKey, type PrivateKey } from '../../../core/private/paillier/privateKey.ts'
import { keySizes } from '../../../core/protocol/paillier/layout.ts'
import { fail, type PheMember } from '../../faults.ts'
import { integerOf, type Json, readJson } from '../json.ts'
import { base64urlOf, keyType, publicJwk, readBase64url, readPublicKey } from '../publicKey.ts'

/**
 * Private keys as python-paillier's users keep them: the JSON Web Key of its command line with p and q, or with λ and μ as
 * versions before 1.3 wrote it, and the article's `{"public_key": {"n": …}, "private_key": {"p": …, "q": …}}`, once or
 * doubly encoded. None of these is encrypted.
 */

/**
 * The key in such a text. Throws `phe/syntax` for another text, `key/size` for a size that is not ours, and `key/invalid` for
 * numbers that make no key or another one than its public half. Whether p and q are primes is for the scheme to ask.
 */
export function readPheKey(text: string): PrivateKey {
  const once = readJson(text)
  const values = once.length === 1 && typeof once[0] === 'string' ? readJson(once[0]) : once
  const [value] = values
  if (!(value instanceof Map) || values.length > 1) fail('phe/syntax', 'phePrivateKey')
  const isJwk = value.has('kty')
  if (isJwk) checkJwk(value)
  const n = readPublicKey(value.get(isJwk ? 'pub' : 'public_key'), isJwk ? 'pub' : 'public_key')
  const [p, q] = isJwk ? factorsOfJwk(value, n) : factorsOfScript(value)
  const bits = keySizes.find((size) => size === bitLength(n)) ?? fail('key/size', 'keySize', { sizes: keySizes })
  if (p * q !== n) fail('key/invalid', 'phePrivateOther')
  return makePrivateKey(p, q, bits)
}

function checkJwk(value: ReadonlyMap<string, Json>): void {
  if (value.get('kty') !== keyType) fail('phe/syntax', 'pheMember', { member: 'kty' })
  const uses = value.get('key_ops')
  if (!Array.isArray(uses) || !uses.includes('decrypt')) fail('phe/syntax', 'pheMember', { member: 'key_ops' })
}

function factorsOfJwk(value: ReadonlyMap<string, Json>, n: bigint): readonly [bigint, bigint] {
  if (value.has('p') || value.has('q')) return [readBase64url(value, 'p'), readBase64url(value, 'q')]
  const lambda = readBase64url(value, 'lambda')
  const mu = readBase64url(value, 'mu')
  if ((lambda * mu) % n !== 1n) fail('key/invalid', 'phePrivateOther')
  return factorsOf(n, lambda)
}

function factorsOfScript(value: ReadonlyMap<string, Json>): readonly [bigint, bigint] {
  const factors = value.get('private_key')
  if (!(factors instanceof Map)) fail('phe/syntax', 'pheMember', { member: 'private_key' })
  const factor = (member: PheMember) => integerOf(factors.get(member)) ?? fail('phe/syntax', 'pheInteger', { member })
  return [factor('p'), factor('q')]
}

/**
 * p and q from λ, which is (p − 1)·(q − 1) or that divided by a common factor k of both: n / λ is a hair above k, for p and q
 * are as long as each other.
 */
function factorsOf(n: bigint, lambda: bigint): readonly [bigint, bigint] {
  if (lambda < 2n || lambda >= n) fail('key/invalid', 'phePrivateOther')
  const sum = n + 1n - lambda * (n / lambda)
  const square = sum * sum - 4n * n
  if (square < 1n) fail('key/invalid', 'phePrivateOther')
  const difference = rootFloor(square, 2)
  return [(sum - difference) / 2n, (sum + difference) / 2n]
}

/** p ‖ q, as the scheme keeps its secrets. */
export function secretBytes({ p, q, bits }: PrivateKey): Uint8Array<ArrayBuffer> {
  return concat([toBytes(p, bits / 16), toBytes(q, bits / 16)])
}

/** The text of a private key for python-paillier's command line. It holds the secret in the clear. */
export function writePheKey({ p, q, n }: Pick<PrivateKey, 'p' | 'q' | 'n'>, kid: string): string {
  const [least, most] = p < q ? [p, q] : [q, p]
  const key = {
    kty: keyType,
    key_ops: ['decrypt'],
    p: base64urlOf(least),
    q: base64urlOf(most),
    pub: publicJwk(n, kid),
    kid,
  }
  return `${JSON.stringify(key)}\n`
}

/** Whether a text is meant as a private key, and not as numbers: keys of both kinds name their public half. */
export function holdsPrivateKey(text: string): boolean {
  return /"(?:private_key|key_ops|lambda|mu|p|q)\\?"\s*:/.test(text) && !/"values\\?"\s*:/.test(text)
}
