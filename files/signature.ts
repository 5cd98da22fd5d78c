import { ed25519 } from '@noble/curves/ed25519.js'
import { concat, toHex } from '../core/number/bytes.ts'
import { sha256 } from '../platform/digest.ts'
import { utf8 } from './fields.ts'

/**
 * Signatures are Ed25519 (RFC 8032), by one implementation everywhere: browsers have had it in WebCrypto only recently. They
 * follow from the message and the key, and what is not the one encoding of a point or a number is refused.
 */

export const signerBytes = 32
export const signatureBytes = 64

/** What signs the frames of a file: who holds its key, wherever that is. */
export interface Signer {
  readonly publicKey: Uint8Array
  /** Signs a frame by the hash of all of the file up to its end. */
  sign(chain: Uint8Array): Promise<Uint8Array> | Uint8Array
}

const label = utf8('blindscore file 1')

/** What is signed for a frame: the label keeps such a signature from being anything else's. */
export function signedOf(chain: Uint8Array): Uint8Array {
  return concat([label, chain])
}

export function isSigned(signature: Uint8Array, chain: Uint8Array, signer: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, signedOf(chain), signer, { zip215: false })
  } catch {
    return false
  }
}

/** What people compare: the SHA-256 of the public key's bytes, in hexadecimal. */
export async function signerFingerprint(publicKey: Uint8Array): Promise<string> {
  return toHex(await sha256(publicKey))
}
