import { fail } from '../../faults.ts'
import { fromBytes } from '../../number/bytes.ts'
import type { Sha256 } from '../../number/digest.ts'
import { gcd, modPow, primesBelow, productOf, rootFloor } from '../../number/integers.ts'
import { leastFactorBits } from './arithmetic.ts'
import { type KeySize, keySizes } from './layout.ts'

/**
 * Public keys, and why a server may rely on one it did not make.
 *
 * A mask r^n hides the weights only when n-th powers are as many as they should be, that is when
 * gcd(n, φ(n)) = 1. The client proves it without giving n's factors away: Goldberg, Reyzin, Sagga and Baldimtsi,
 * "Efficient Noninteractive Certification of RSA Moduli and Beyond" (eprint 2018/057), section 3.
 * n has no prime factor below α, and the client returns the n-th roots modulo n of m challenges that only a hash
 * chooses. If gcd(n, φ(n)) ≠ 1, a random unit has an n-th root with probability at most 1/α, so m roots leave
 * α^−m. The paper's α = 6370 and m = 11 make 2^−139. Our α is 2^20, because it also bounds how many primes n may have,
 * which masks by table need to know ({@link leastFactorBits}); with as many roots that leaves 2^−220.
 */

export const proofRoots = 11
export const smallFactorLimit = 2 ** leastFactorBits

let smallPrimes: bigint | null = null

/** Whether a prime below {@link smallFactorLimit} divides n: one gcd with the product of them all, which is made once. */
function hasSmallFactor(n: bigint): boolean {
  smallPrimes ??= productOf(primesBelow(smallFactorLimit).map(BigInt))
  return gcd(n, smallPrimes % n) !== 1n
}

/** L for n's bytes: throws `key/size` unless n has exactly 2048, 3072 or 4096 bits in exactly L/8 bytes. */
export function keyBits(n: Uint8Array): KeySize {
  const bits = keySizes.find((size) => size === 8 * n.length && (n[0] ?? 0) >= 0x80)
  return bits ?? fail('key/size', 'keySize', { sizes: keySizes })
}

/**
 * The challenges of the proof: `proofRoots` integers in [0, n), each from SHA-256 in counter mode over
 * "blindscore key proof 1" ‖ index ‖ block ‖ n, with 128 bits more than n so that reducing leaves no bias.
 */
export async function proofChallenges(n: Uint8Array, sha256: Sha256): Promise<bigint[]> {
  const modulus = fromBytes(n)
  const label = Uint8Array.from('blindscore key proof 1', (c) => c.charCodeAt(0))
  const blocks = Math.ceil((n.length + 16) / 32)
  return Promise.all(
    Array.from({ length: proofRoots }, async (_, i) => {
      const stream = new Uint8Array(32 * blocks)
      for (let block = 0; block < blocks; block++) {
        const message = new Uint8Array(label.length + 2 + n.length)
        message.set(label)
        message.set([i, block], label.length)
        message.set(n, label.length + 2)
        stream.set(await sha256(message), 32 * block)
      }
      return fromBytes(stream.subarray(0, n.length + 16)) % modulus
    }),
  )
}

/**
 * Checks a client's n and its proof (`proofRoots` integers of L/8 bytes one after the other). Resolves when the key
 * is fit for masks; rejects with `key/size`, `key/even`, `key/small-factor`, `key/power`, `key/prime` or `key/proof`.
 * Cheap checks come first; the whole takes some 0.4 s at 3072 bits, once per key.
 */
export async function checkKey(n: Uint8Array, proof: Uint8Array, sha256: Sha256): Promise<void> {
  const bits = keyBits(n)
  const modulus = fromBytes(n)
  if (modulus % 2n === 0n) fail('key/even', 'modulusEven')
  if (hasSmallFactor(modulus)) fail('key/small-factor', 'modulusFactor', { limit: smallFactorLimit })
  if (isPower(modulus, bits)) fail('key/power', 'modulusPower')
  if (proof.length !== proofRoots * n.length) fail('key/proof', 'proofSize', { roots: proofRoots, bytes: n.length })
  // A prime passes the roots below, and every n-th power modulo its square hides nothing.
  if (modPow(2n, modulus - 1n, modulus) === 1n) fail('key/prime', 'modulusPrime')
  const challenges = await proofChallenges(n, sha256)
  challenges.forEach((challenge, i) => {
    const root = fromBytes(proof.subarray(i * n.length, (i + 1) * n.length))
    if (root >= modulus || modPow(root, modulus, modulus) !== challenge) {
      fail('key/proof', 'proofFails', {}, { index: i })
    }
  })
}

/** Whether n = a^k for some k ≥ 2. Without small factors a has more than 20 bits, which bounds k. */
function isPower(n: bigint, bits: number): boolean {
  const most = Math.ceil(bits / leastFactorBits)
  return primesBelow(most + 1).some((k) => {
    const root = rootFloor(n, k)
    return root ** BigInt(k) === n
  })
}
