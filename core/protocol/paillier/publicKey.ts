import { fail } from '../../faults.ts'
import { concat, fromBytes, toBytes } from '../../number/bytes.ts'
import type { Sha256 } from '../../number/digest.ts'
import { gcd, primesBelow, productOf, rootFloor } from '../../number/integers.ts'
import { type Arithmetic, leastFactorBits } from './arithmetic.ts'
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

/** Of so many: each is well below 2^20 bits, and there are engines whose integers have no more (SpiderMonkey's). */
const productCount = 4
let products: readonly bigint[] | null = null

/** The primes below {@link smallFactorLimit}, multiplied in a few products, which take a tenth of a second to make, once a thread. */
export function productsOfSmallPrimes(): readonly bigint[] {
  if (products === null) {
    const primes = primesBelow(smallFactorLimit).map(BigInt)
    const each = Math.ceil(primes.length / productCount)
    products = Array.from({ length: productCount }, (_, i) => productOf(primes.slice(i * each, (i + 1) * each)))
  }
  return products
}

/** Whether a prime below {@link smallFactorLimit} divides n: one gcd with each product of them. */
function hasSmallFactor(n: bigint): boolean {
  return productsOfSmallPrimes().some((product) => gcd(n, product % n) !== 1n)
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
export function proofChallenges(n: Uint8Array, sha256: Sha256): Promise<bigint[]> {
  return Promise.all(Array.from({ length: proofRoots }, (_, i) => proofChallenge(n, i, sha256)))
}

async function proofChallenge(n: Uint8Array, i: number, sha256: Sha256): Promise<bigint> {
  const label = Uint8Array.from('blindscore key proof 1', (c) => c.charCodeAt(0))
  const blocks = Math.ceil((n.length + 16) / 32)
  const stream = new Uint8Array(32 * blocks)
  for (let block = 0; block < blocks; block++) {
    const message = new Uint8Array(label.length + 2 + n.length)
    message.set(label)
    message.set([i, block], label.length)
    message.set(n, label.length + 2)
    stream.set(await sha256(message), 32 * block)
  }
  return fromBytes(stream.subarray(0, n.length + 16)) % fromBytes(n)
}

/** The powers that one step computes: an engine may have two of them for the price of one. */
const powersPerStep = 2
/** What is raised to the n-th power: 2, and the proof's roots. */
const powersOfCheck = 1 + proofRoots
export const keyCheckSteps = 1 + Math.ceil(powersOfCheck / powersPerStep)

/**
 * Checks a client's n and its proof (`proofRoots` integers of L/8 bytes one after the other), in `keyCheckSteps` steps,
 * so that whoever computes them may do other work between. All of them resolve when the key is fit for masks; the first
 * that does not rejects with `key/size`, `key/even`, `key/small-factor`, `key/power`, `key/prime` or `key/proof`. A key that
 * comes without a proof is checked for all the others.
 * Cheap ones come first.
 */
export async function checkKeyStep(
  step: number,
  n: Uint8Array,
  proof: Uint8Array | null,
  sha256: Sha256,
  powers: Arithmetic['powers'],
): Promise<void> {
  if (step === 0) return checkForm(n, proof)
  const from = (step - 1) * powersPerStep
  const all = proof === null ? 1 : powersOfCheck
  const raised = Array.from({ length: Math.max(0, Math.min(powersPerStep, all - from)) }, (_, k) => from + k - 1)
  const two = toBytes(2n, n.length)
  const bases = raised.map((root) => (root < 0 ? two : (rootBelow(proof, root, n) ?? two)))
  const results = powers(n, concat(bases), n)
  for (const [k, root] of raised.entries()) {
    const power = fromBytes(results.subarray(k * n.length, (k + 1) * n.length))
    if (root < 0) {
      // 2^n = 2 exactly if 2^(n-1) = 1. A prime n would do for masks, and is no key: it tells its φ, so all can open.
      if (power === 2n) fail('key/prime', 'modulusPrime')
    } else if (rootBelow(proof, root, n) === null || power !== (await proofChallenge(n, root, sha256))) {
      fail('key/proof', 'proofFails', {}, { index: root })
    }
  }
}

/** All steps of a check, one after the other: 0.09 s at 3072 bits by the kernel, 0.46 s by the reference. */
export async function checkKey(
  n: Uint8Array,
  proof: Uint8Array,
  sha256: Sha256,
  powers: Arithmetic['powers'],
): Promise<void> {
  for (let step = 0; step < keyCheckSteps; step++) await checkKeyStep(step, n, proof, sha256, powers)
}

/** What is seen of a key without a power. */
function checkForm(n: Uint8Array, proof: Uint8Array | null): void {
  const bits = keyBits(n)
  const modulus = fromBytes(n)
  if (modulus % 2n === 0n) fail('key/even', 'modulusEven')
  if (hasSmallFactor(modulus)) fail('key/small-factor', 'modulusFactor', { limit: smallFactorLimit })
  if (isPower(modulus, bits)) fail('key/power', 'modulusPower')
  if (proof !== null && proof.length !== proofRoots * n.length)
    fail('key/proof', 'proofSize', { roots: proofRoots, bytes: n.length })
}

/** The root of that index; null when it is not below n. */
function rootBelow(proof: Uint8Array | null, index: number, n: Uint8Array): Uint8Array | null {
  const root = proof?.subarray(index * n.length, (index + 1) * n.length)
  return root !== undefined && fromBytes(root) < fromBytes(n) ? root : null
}

/** Whether n = a^k for some k ≥ 2. Without small factors a has more than 20 bits, which bounds k. */
function isPower(n: bigint, bits: number): boolean {
  const most = Math.ceil(bits / leastFactorBits)
  return primesBelow(most + 1).some((k) => {
    const root = rootFloor(n, k)
    return root ** BigInt(k) === n
  })
}
