import { createHash, generateKeyPairSync } from 'node:crypto'
import { fromBytes, toBytes, toHex } from '../../core/number/bytes.ts'
import { makePrivateKey, proveKey } from '../../core/private/paillier/privateKey.ts'
import type { KeySize } from '../../core/protocol/paillier/layout.ts'
import type { Caller } from './caller.ts'
import type { PublicHalf } from './target.ts'

const sha256 = async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

/** The public half of a key whose private half is thrown away. */
export async function makeKey(bits: KeySize): Promise<PublicHalf> {
  const { p, q } = generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({ format: 'jwk' })
  const prime = (text: string | undefined) => fromBytes(Buffer.from(text ?? '', 'base64url'))
  const key = makePrivateKey(prime(p), prime(q), bits)
  const n = toBytes(key.n, bits / 8)
  return { set: `paillier-${bits}`, n, proof: await proveKey(key, sha256), fingerprint: await sha256(n) }
}

/** As whoever attacks, or is honest: a key is whose that brings it. */
export async function register(who: Caller, key: PublicHalf): Promise<void> {
  const answer = await askToHold(who, key, key.proof)
  if (!/^20/.test(answer.status)) throw new Error(`The key was answered ${answer.status}.`)
}

export function askToHold(who: Caller, { fingerprint, n }: PublicHalf, proof: Uint8Array) {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
  const body = Buffer.from(JSON.stringify({ n: text(n), proof: text(proof) }))
  return who.ask('PUT', `/v1/keys/${toHex(fingerprint)}`, { type: 'application/json', body })
}
