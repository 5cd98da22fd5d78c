import { fromBase64url, toBase64url } from '../../core/number/base64.ts'
import { fromBytes, toBytes } from '../../core/number/bytes.ts'
import { bitLength } from '../../core/number/integers.ts'
import { keySizes } from '../../core/protocol/paillier/layout.ts'
import { fail, type PheMember } from '../faults.ts'
import { integerOf, type Json, readJson } from './json.ts'

/** Public keys: n alone, g being n + 1, as an integer or in the JSON Web Keys of python-paillier's command line. */

export const keyType = 'DAJ'
export const algorithm = 'PAI-GN1'

/** The bytes of n. Throws `key/size` for a key that is none of ours in size. */
export function bytesOfModulus(n: bigint): Uint8Array<ArrayBuffer> {
  const bits = keySizes.find((size) => size === bitLength(n)) ?? fail('key/size', 'keySize', { sizes: keySizes })
  return toBytes(n, bits / 8)
}

/** n from `{"n": …}` or a JSON Web Key. Throws `phe/syntax`, and `key/size` for a key of another size than ours. */
export function readPublicKey(value: Json | undefined, member: PheMember): bigint {
  if (!(value instanceof Map)) fail('phe/syntax', 'pheMember', { member })
  const n = value.has('kty') ? modulusOfJwk(value) : (integerOf(value.get('n')) ?? notInteger('n'))
  const g = value.has('g') ? (integerOf(value.get('g')) ?? notInteger('g')) : n + 1n
  if (g !== n + 1n) fail('phe/syntax', 'pheGenerator')
  bytesOfModulus(n)
  return n
}

const notInteger = (member: PheMember): never => fail('phe/syntax', 'pheInteger', { member })

/** n from any file that says it: a key, a private key's public half, or numbers under the key. Throws as {@link readPublicKey}. */
export function readAnyPublicKey(text: string): bigint {
  const once = readJson(text)
  const values = once.length === 1 && typeof once[0] === 'string' ? readJson(once[0]) : once
  const [value] = values
  if (!(value instanceof Map) || values.length > 1) fail('phe/syntax', 'pheNoKey')
  const named = (['pub', 'public_key', 'pubkey'] as const).find((name) => value.has(name))
  if (named === undefined && !value.has('n')) fail('phe/syntax', 'pheNoKey')
  return readPublicKey(named === undefined ? value : value.get(named), 'public_key')
}

function modulusOfJwk(value: ReadonlyMap<string, Json>): bigint {
  if (value.get('kty') !== keyType) fail('phe/syntax', 'pheMember', { member: 'kty' })
  if (value.get('alg') !== algorithm) fail('phe/syntax', 'pheMember', { member: 'alg' })
  return readBase64url(value, 'n')
}

/** An integer in base64url, big-endian, with or without padding. Throws `phe/syntax`. */
export function readBase64url(object: ReadonlyMap<string, Json>, member: PheMember): bigint {
  const text = object.get(member)
  const most = Math.max(...keySizes) / 8
  if (typeof text !== 'string' || text.length > 2 * most) fail('phe/syntax', 'pheInteger', { member })
  const bytes = fromBase64url(text.replace(/={1,2}$/, ''))
  return fromBytes(bytes !== null && bytes.length > 0 ? bytes : notInteger(member))
}

export function base64urlOf(value: bigint): string {
  return toBase64url(toBytes(value, Math.ceil(bitLength(value) / 8)))
}

/** The members of a public key, in the order in which the command line writes them. */
export function publicJwk(n: bigint, kid: string): Readonly<Record<string, unknown>> {
  return { kty: keyType, alg: algorithm, key_ops: ['encrypt'], n: base64urlOf(n), kid }
}
