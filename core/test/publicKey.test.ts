import { checkPrimeSync, generatePrimeSync, webcrypto } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { fromBytes, toBytes } from '../number/bytes.ts'
import { bitLength, gcd, inverse, modPow, primesBelow, rootFloor } from '../number/integers.ts'
import { joinResidues, makePrivateKey, type PrivateKey, proveKey } from '../private/paillier/privateKey.ts'
import '../../kernel/test/setup.ts'
import { kernelArithmetic } from '../../kernel/public.ts'
import { kernel } from '../../kernel/test/harness.ts'
import {
  checkKeyStep,
  keyBits,
  keyCheckSteps,
  proofChallenges,
  proofRoots,
  smallFactorLimit,
  checkKey as wholeCheck,
} from '../protocol/paillier/publicKey.ts'
import { reference } from '../protocol/paillier/reference.ts'
import { keyFingerprint } from '../protocol/scheme.ts'
import { slow } from './dial.ts'
import { sha256 } from './sources.ts'
import { iso } from './vectors.ts'

const bits = 2048
const width = bits / 8
const isoKey = makePrivateKey(iso.p, iso.q, bits)
const isoN = toBytes(isoKey.n, width)
const code = (name: string) => expect.objectContaining({ code: name })
const prime = (length: number): bigint => generatePrimeSync(length, { bigint: true })

/** Two primes as the vault gets them: from an RSA key of the platform. */
async function platformKey(size: 2048 | 3072 | 4096): Promise<PrivateKey> {
  const pair = await webcrypto.subtle.generateKey(
    { name: 'RSA-OAEP', modulusLength: size, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' },
    true,
    ['encrypt', 'decrypt'],
  )
  const { p = '', q = '' } = await webcrypto.subtle.exportKey('jwk', pair.privateKey)
  const integer = (text: string): bigint => fromBytes(Buffer.from(text, 'base64url'))
  return makePrivateKey(integer(p), integer(q), size)
}

/** The first prime from x on. */
function primeFrom(x: bigint): bigint {
  let candidate = x | 1n
  while (!checkPrimeSync(candidate)) candidate += 2n
  return candidate
}

/** A prime p with p^k in the middle of the 2048-bit integers. */
const rootPrime = (k: number): bigint => primeFrom(rootFloor(3n << 2046n, k))

const engines = [reference, kernelArithmetic(kernel())]

/** The check by both engines, which say the same: what they refuse, they refuse alike. */
async function checkKey(n: Uint8Array, proof: Uint8Array, digest: typeof sha256): Promise<void> {
  const [first, second] = await Promise.allSettled(engines.map(({ powers }) => wholeCheck(n, proof, digest, powers)))
  expect(second).toEqual(first)
  if (first?.status === 'rejected') throw first.reason
}

/** Roots of the right form, made by whoever does not have real ones: as many proofs as the length asks for. */
const anyProof = (): Uint8Array => {
  const proof = new Uint8Array(proofRoots * width)
  for (let i = 0; i < proofRoots; i++) proof.set(toBytes(BigInt(i + 2) ** 100n, width), i * width)
  return proof
}

describe('the proof of a key', () => {
  let proof: Uint8Array
  beforeAll(async () => {
    proof = await proveKey(isoKey, sha256)
  })

  it.each(slow ? ([2048, 3072, 4096] as const) : ([2048] as const))(
    'holds for a fresh platform key of %d bits',
    async (size) => {
      const key = await platformKey(size)
      const n = toBytes(key.n, size / 8)
      await expect(checkKey(n, await proveKey(key, sha256), sha256)).resolves.toBeUndefined()
    },
  )

  it('holds for the key of ISO/IEC 18033-6, and its roots are roots', async () => {
    await expect(checkKey(isoN, proof, sha256)).resolves.toBeUndefined()
    const [challenge] = await proofChallenges(isoN, sha256)
    expect(modPow(fromBytes(proof.subarray(0, width)), isoKey.n, isoKey.n)).toBe(challenge)
  })

  it('has challenges that follow from n, each its own', async () => {
    const challenges = await proofChallenges(isoN, sha256)
    expect(challenges).toHaveLength(proofRoots)
    expect(new Set(challenges).size).toBe(proofRoots)
    expect(challenges.every((c) => c >= 0n && c < isoKey.n)).toBe(true)
    expect(await proofChallenges(isoN, sha256)).toEqual(challenges)
    expect(await proofChallenges(toBytes(isoKey.n + 2n, width), sha256)).not.toEqual(challenges)
  })

  it('is refused with two roots swapped, a bit changed, or another length', async () => {
    const swapped = proof.slice()
    swapped.set(proof.subarray(0, width), width)
    swapped.set(proof.subarray(width, 2 * width), 0)
    await expect(checkKey(isoN, swapped, sha256)).rejects.toEqual(code('key/proof'))
    for (const at of [width - 1, proof.length - 1]) {
      const changed = proof.slice()
      changed[at] = (changed[at] as number) ^ 1
      await expect(checkKey(isoN, changed, sha256)).rejects.toEqual(code('key/proof'))
    }
    for (const length of [0, proof.length - width, proof.length - 1]) {
      await expect(checkKey(isoN, proof.subarray(0, length), sha256)).rejects.toEqual(code('key/proof'))
    }
    await expect(checkKey(isoN, new Uint8Array([...proof, 0]), sha256)).rejects.toEqual(code('key/proof'))
  })

  it('is refused with a root of n or more, though it is a root', async () => {
    const index = Array.from({ length: proofRoots }, (_, i) => i).find(
      (i) => bitLength(fromBytes(proof.subarray(i * width, (i + 1) * width)) + isoKey.n) === bits,
    )
    if (index === undefined) throw new Error('no root of this key leaves room for n')
    const raised = proof.slice()
    raised.set(toBytes(fromBytes(proof.subarray(index * width, (index + 1) * width)) + isoKey.n, width), index * width)
    await expect(checkKey(isoN, raised, sha256)).rejects.toMatchObject({ code: 'key/proof', place: { index } })
  })

  it('is checked in short steps: what needs no power in the first, two powers in each of the others', async () => {
    const counts: number[] = []
    const counting: typeof reference.powers = (n, bases, exponent) => {
      counts.push(bases.length / n.length)
      return reference.powers(n, bases, exponent)
    }
    for (let step = 0; step < keyCheckSteps; step++) {
      const before = counts.length
      await checkKeyStep(step, isoN, proof, sha256, counting)
      expect(counts.length - before).toBe(step === 0 ? 0 : 1)
    }
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1 + proofRoots)
    expect(Math.max(...counts)).toBe(2)
  })

  it('of another key is refused', async () => {
    const key = await platformKey(2048)
    await expect(checkKey(toBytes(key.n, width), proof, sha256)).rejects.toEqual(code('key/proof'))
  })
})

/** The whole check of a key that comes without a proof. */
async function checkUnproven(n: Uint8Array): Promise<number> {
  let powers = 0
  for (let step = 0; step < keyCheckSteps; step++) {
    await checkKeyStep(step, n, null, sha256, (of, bases, exponent) => {
      powers += bases.length / of.length
      return reference.powers(of, bases, exponent)
    })
  }
  return powers
}

describe('a key without a proof', () => {
  it('is checked for all that it shows, with a single power', async () => {
    expect(await checkUnproven(isoN)).toBe(1)
    await expect(checkUnproven(toBytes(isoKey.n - 1n, width))).rejects.toEqual(code('key/even'))
    await expect(checkUnproven(isoN.subarray(1))).rejects.toEqual(code('key/size'))
  })
})

describe('a modulus that no mask could rely on', () => {
  it('p·q with p dividing q − 1, with the best proof there is: roots modulo p, where they exist', async () => {
    const p = prime(1000)
    // The first prime 2·k·p + 1 that makes n 2048 bits long.
    let q = 2n * p * ((3n << 2046n) / (2n * p * p)) + 1n
    while (!checkPrimeSync(q)) q += 2n * p
    const n = p * q
    expect(bitLength(n)).toBe(bits)
    expect(gcd(n, (p - 1n) * (q - 1n))).toBe(p)
    const challenges = await proofChallenges(toBytes(n, width), sha256)
    const proof = new Uint8Array(proofRoots * width)
    const exponent = inverse(n, p - 1n) as bigint
    challenges.forEach((challenge, i) => {
      const root = joinResidues(modPow(challenge, exponent, p), challenge % q, p, q, inverse(q, p) as bigint)
      proof.set(toBytes(root, width), i * width)
    })
    await expect(checkKey(toBytes(n, width), proof, sha256)).rejects.toEqual(code('key/proof'))
  })

  it('p²·q', async () => {
    const p = rootPrime(3)
    const n = p ** 2n * primeFrom(p + 2n)
    await expect(checkKey(toBytes(n, width), anyProof(), sha256)).rejects.toEqual(code('key/proof'))
  })

  it('a prime, with a proof that holds', async () => {
    const n = prime(bits)
    const challenges = await proofChallenges(toBytes(n, width), sha256)
    const proof = new Uint8Array(proofRoots * width)
    challenges.forEach((challenge, i) => {
      const root = modPow(challenge, inverse(n, n - 1n) as bigint, n)
      expect(modPow(root, n, n)).toBe(challenge)
      proof.set(toBytes(root, width), i * width)
    })
    await expect(checkKey(toBytes(n, width), proof, sha256)).rejects.toEqual(code('key/prime'))
    await expect(checkUnproven(toBytes(n, width))).rejects.toEqual(code('key/prime'))
  })

  it.each([2, 3, 5, 7, 13])('a power of %d', async (k) => {
    const n = rootPrime(k) ** BigInt(k)
    await expect(checkKey(toBytes(n, width), anyProof(), sha256)).rejects.toEqual(code('key/power'))
  })

  it('the square of a product', async () => {
    const p = rootPrime(4)
    const n = (p * primeFrom(p + 2n)) ** 2n
    await expect(checkKey(toBytes(n, width), anyProof(), sha256)).rejects.toEqual(code('key/power'))
  })

  it('an even one', async () => {
    await expect(checkKey(toBytes(isoKey.n - 1n, width), anyProof(), sha256)).rejects.toEqual(code('key/even'))
  })

  it.each([3n, 5n, 6373n, 1_048_573n])('one with the factor %d', async (factor) => {
    const n = factor * (((3n << 2046n) / factor) | 1n)
    await expect(checkKey(toBytes(n, width), anyProof(), sha256)).rejects.toEqual(code('key/small-factor'))
  })

  it('the first prime above 2^20 is the first factor that is not small', async () => {
    expect(smallFactorLimit).toBe(2 ** 20)
    const [p = 0n] = primesBelow(2 ** 20 + 100)
      .filter((each) => each > smallFactorLimit)
      .map(BigInt)
    const q = prime(2028)
    const n = p * q
    expect([p, bitLength(n), gcd(n, (p - 1n) * (q - 1n))]).toEqual([1_048_583n, bits, 1n])
    const proof = await proveKey({ bits, p, q, n }, sha256)
    await expect(checkKey(toBytes(n, width), proof, sha256)).resolves.toBeUndefined()
  })

  it.each([
    ['1024 bits', toBytes((1n << 1023n) | 1n, 128)],
    ['2047 bits', toBytes((1n << 2046n) | 1n, 256)],
    ['2049 bits', toBytes((1n << 2048n) | 1n, 257)],
    ['2048 bits in 384 bytes', toBytes((1n << 2047n) | 1n, 384)],
    ['8192 bits', toBytes((1n << 8191n) | 1n, 1024)],
    ['no bytes', new Uint8Array()],
  ])('one of the wrong size: %s', async (_, n) => {
    expect(() => keyBits(n)).toThrow(code('key/size'))
    await expect(checkKey(n, anyProof(), sha256)).rejects.toEqual(code('key/size'))
  })
})

describe('a private key', () => {
  it.each([
    ['equal primes', iso.p, iso.p],
    ['primes of unequal length', prime(1023), iso.q],
    ['a product that is too short', (1n << 1023n) + 1155n, (1n << 1023n) + 4875n],
  ])('is refused for %s', (_, p, q) => {
    expect(() => makePrivateKey(p, q, bits)).toThrow(code('key/invalid'))
  })

  it('is refused where n and φ(n) share a factor', () => {
    // p + 1 is no prime, but the factor that p shares with (p + 1) − 1 is what the check must see.
    expect(() => makePrivateKey(iso.p, iso.p + 1n, bits)).toThrow(code('key/invalid'))
  })

  it('is named by the SHA-256 of n', async () => {
    expect(await keyFingerprint(isoN, sha256)).toEqual(await sha256(isoN))
  })
})

describe('joinResidues', () => {
  it('gives the one x in [0, p·q) with both residues, for every pair of a small case', () => {
    const [p, q] = [11n, 13n]
    const seen = new Set<bigint>()
    for (let a = 0n; a < p; a++) {
      for (let b = 0n; b < q; b++) {
        const x = joinResidues(a, b, p, q, inverse(q, p) as bigint)
        expect([x % p, x % q]).toEqual([a, b])
        expect(x >= 0n && x < p * q).toBe(true)
        seen.add(x)
      }
    }
    expect(seen.size).toBe(143)
  })
})
