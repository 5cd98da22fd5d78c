import { fromBase64url } from '../../core/number/base64.ts'
import { paillierSetOf } from '../../core/protocol/paillier/scheme.ts'
import type { ParameterSet } from '../../core/protocol/scheme.ts'
import { parameterSet, schemeOf } from '../../core/protocol/schemes.ts'
import { fail } from '../faults.ts'
import type { Limits } from '../limits.ts'
import { type Intake, mediaType, parseJson, readBody } from './body.ts'
import { keyRequest, parseAs } from './schemas.ts'

/** A public key as a client sends it: with its proof in JSON, or as its bytes alone, where the address names its parameter set. */

const json = 'application/json'
export const keyBytesType = 'application/octet-stream'

export interface SentKey {
  readonly set: ParameterSet
  readonly publicKey: Uint8Array
  readonly proof: Uint8Array
}

/**
 * Throws `request/…` for what is no key, `key/size` for one of no parameter set, and `request/too-large` before more is read
 * than a key of its set has.
 */
export async function readKey(
  request: Request,
  set: string | undefined,
  limits: Limits,
  intake: Intake,
): Promise<SentKey> {
  const type = mediaType(request)
  if (type === json) return keyOfJson(await readBody(request, limits.keyBodyBytes), limits)
  if (type !== keyBytesType) fail('request/media-type', 'mediaType', { accepted: [json, keyBytesType] })
  const named = parameterSet(set ?? fail('request/syntax', 'bodyShape', { member: 'set' }))
  const publicKey = await readBody(request, schemeOf(named).publicKeyBytes(named), intake)
  return { set: named, publicKey, proof: new Uint8Array(0) }
}

function keyOfJson(body: Uint8Array, { jsonDepth }: Limits): SentKey {
  const request = parseAs(keyRequest, parseJson(body, jsonDepth))
  const n = fromBase64url(request.n) ?? fail('request/syntax', 'memberNotBase64url', { member: 'n' })
  const proof = fromBase64url(request.proof) ?? fail('request/syntax', 'memberNotBase64url', { member: 'proof' })
  return { set: paillierSetOf(n), publicKey: n, proof }
}
