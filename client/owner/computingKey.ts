import type { Platform } from '../../core/private/owner.ts'
import type { PrivateArithmetic } from '../../core/private/paillier/arithmetic.ts'
import type { ParameterSet } from '../../core/protocol/scheme.ts'
import { ownerArithmetic } from '../../kernel/ownerEngines.ts'
import { argon2 } from './argon2.ts'
import { generateSecret, publicKeyOf } from './secret.ts'
import { unwrapKey, wrapKey } from './wrappedKey.ts'

/** A Paillier key to compute with, where no record of a run is sealed: what has a passphrase keeps it, and its bytes are gone from here. */
export interface ComputingKey {
  /** The id of its parameter set. */
  readonly set: string
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly proof: Uint8Array<ArrayBuffer>
  readonly arithmetic: PrivateArithmetic
  readonly wrapped: string
}

/** Makes one. `platform`: its digest says which keys these are. Throws `key/backup` for a set whose keys end with a run. */
export async function makeComputingKey(
  set: ParameterSet,
  passphrase: string,
  platform: Platform,
): Promise<ComputingKey> {
  const secret = await generateSecret(set, platform)
  try {
    const { bytes: publicKey, proof } = await publicKeyOf(secret, platform)
    const wrapped = await wrapKey(secret, passphrase, argon2, platform)
    const named = { set: set.id, publicKey: new Uint8Array(publicKey), proof: new Uint8Array(proof) }
    return { ...named, wrapped, arithmetic: arithmeticOf(secret.bytes) }
  } finally {
    secret.bytes.fill(0)
  }
}

/** The key of a wrapped text. Throws `key/backup`, `key/passphrase`. */
export async function unwrapComputingKey(
  wrapped: string,
  passphrase: string,
  platform: Platform,
): Promise<PrivateArithmetic> {
  const secret = await unwrapKey(wrapped, passphrase, argon2, platform)
  try {
    return arithmeticOf(secret.bytes)
  } finally {
    secret.bytes.fill(0)
  }
}

function arithmeticOf(secret: Uint8Array): PrivateArithmetic {
  const half = secret.length / 2
  return ownerArithmetic().privateKey(secret.subarray(0, half), secret.subarray(half))
}
