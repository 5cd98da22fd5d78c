import { fail } from '../../faults.ts'
import { toBytes } from '../../number/bytes.ts'
import type { Sha256 } from '../../number/digest.ts'
import { bitLength, gcd, inverse, modPow } from '../../number/integers.ts'
import type { KeySize } from '../../protocol/paillier/layout.ts'
import { proofChallenges, proofRoots } from '../../protocol/paillier/publicKey.ts'

/** A private key: n = p·q of exactly `bits` bits. It never leaves the workers of the vault. */
export interface PrivateKey {
  readonly bits: KeySize
  readonly p: bigint
  readonly q: bigint
  readonly n: bigint
}

/**
 * The key of two primes, which are taken to be prime: WebCrypto made them.
 * Throws `key/invalid` unless p ≠ q, both have half of `bits`, n exactly `bits`, and gcd(n, (p−1)(q−1)) = 1.
 */
export function makePrivateKey(p: bigint, q: bigint, bits: KeySize): PrivateKey {
  const n = p * q
  const half = bits / 2
  if (p === q || bitLength(p) !== half || bitLength(q) !== half || bitLength(n) !== bits) {
    fail('key/invalid', 'primeSizes')
  }
  if (gcd(n, (p - 1n) * (q - 1n)) !== 1n) fail('key/invalid', 'primesMakeNoKey')
  return { bits, p, q, n }
}

/**
 * The proof that n and φ(n) have no common factor, for `checkKeyStep` in `../../protocol/paillier/publicKey.ts`: the n-th roots modulo n of the
 * challenges, L/8 bytes each. Roots are taken modulo p and q and joined.
 */
export async function proveKey(key: PrivateKey, sha256: Sha256): Promise<Uint8Array<ArrayBuffer>> {
  const { n, p, q } = key
  const width = key.bits / 8
  const exponentP = inverse(n, p - 1n) as bigint
  const exponentQ = inverse(n, q - 1n) as bigint
  const qInverse = inverse(q, p) as bigint
  const proof = new Uint8Array(proofRoots * width)
  const challenges = await proofChallenges(toBytes(n, width), sha256)
  challenges.forEach((challenge, i) => {
    const rootP = modPow(challenge % p, exponentP, p)
    const rootQ = modPow(challenge % q, exponentQ, q)
    proof.set(toBytes(joinResidues(rootP, rootQ, p, q, qInverse), width), i * width)
  })
  return proof
}

/** The x in [0, p·q) with x ≡ a mod p and x ≡ b mod q; `qInverse` is q⁻¹ mod p. Garner's form of the CRT. */
export function joinResidues(a: bigint, b: bigint, p: bigint, q: bigint, qInverse: bigint): bigint {
  const difference = (a - b) % p
  return b + q * (((difference < 0n ? difference + p : difference) * qInverse) % p)
}
