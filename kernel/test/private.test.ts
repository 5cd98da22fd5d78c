import './setup.ts'
import { PrivateKey, PublicKey } from 'paillier-bigint'
import { describe, expect, test } from 'vitest'
import { concat, fromBytes, toBytes } from '../../core/number/bytes.ts'
import { ownerReference } from '../../core/private/paillier/reference.ts'
import { type KernelOwner, kernelOwnerArithmetic } from '../private.ts'
import { kernel, power, primePair, random, randomBits } from './harness.ts'

/** Small tables, so that a test is quick; one test makes a full one. */
const owners = kernelOwnerArithmetic(kernel(), { tableBytes: 2 ** 22 })

interface Subject {
  readonly owner: KernelOwner
  readonly p: Uint8Array
  readonly q: Uint8Array
  readonly n: bigint
  readonly width: number
}

function subject(bits: number): Subject {
  const [p, q] = primePair(bits / 2)
  return { owner: owners.privateKey(p, q), p, q, n: fromBytes(p) * fromBytes(q), width: bits / 4 }
}

const bits = process.env.SLOW ? [64, 128, 256, 512, 1024, 2048, 3072, 4096] : [64, 128, 512, 1024, 2048]

describe.each(bits)('the owner of a key of %i bits', (size) => {
  const { owner, p, q, n, width } = subject(size)
  const reference = ownerReference.privateKey(p, q)
  const phi = (fromBytes(p) - 1n) * (fromBytes(q) - 1n)
  const edges = [0n, 1n, n - 1n, n >> 1n, randomBits(size) % n]
  const plaintexts = concat(edges.map((m) => toBytes(m, size / 8)))
  const encrypt = (m: bigint, r = randomBits(2 * size)) => ((1n + m * n) * power(r, n, n * n)) % (n * n)

  test('residues are n-th residues, all different', () => {
    const residues = owner.residues(35, random)
    const seen = new Set<bigint>()
    for (let i = 0; i < 35; i++) {
      const rho = fromBytes(residues.subarray(i * width, (i + 1) * width))
      expect(rho < n * n).toBe(true)
      if (i < 5 || size < 512) expect(power(rho, phi, n * n)).toBe(1n)
      seen.add(rho)
    }
    expect(seen.size).toBe(35)
  })

  test('where a base has several rows, each is the one before it to the power 2^w', () => {
    const other = owners.privateKey(p, q)
    const { windowBits } = other.makeTable(random)
    const rows = 2 * Math.ceil((size / 2 + 128) / windowBits / 2)
    const only = (digit: number) =>
      fromBytes(other.residues(1, (count) => new Uint8Array(count).fill(1, 2 * digit, 2 * digit + 2)))
    for (let row = 130; row < rows; row += 97) {
      expect(only(row - 130)).not.toBe(1n)
      expect(only(row)).toBe(power(only(row - 130), 2n ** BigInt(windowBits), n * n))
    }
    expect(rows > 130).toBe(size >= 2048)
  })

  test('encrypt equals the reference, at the corners of both arguments', () => {
    const residues = concat([1n, n * n - 1n, n, n + 1n, randomBits(2 * size) % (n * n)].map((r) => toBytes(r, width)))
    expect(owner.encrypt(plaintexts, residues)).toEqual(reference.encrypt(plaintexts, residues))
    expect(owner.encrypt(new Uint8Array(0), new Uint8Array(0))).toEqual(new Uint8Array(0))
    const one = owner.encrypt(plaintexts.subarray(0, size / 8), residues.subarray(width, 2 * width))
    expect(one).toEqual(reference.encrypt(plaintexts.subarray(0, size / 8), residues.subarray(width, 2 * width)))
  })

  test('decrypt equals the reference, and inverts encrypt', () => {
    const ciphertexts = concat([
      ...edges.map((m) => toBytes(encrypt(m), width)),
      toBytes(1n, width),
      toBytes(n * n - 1n, width),
    ])
    expect(owner.decrypt(ciphertexts)).toEqual(reference.decrypt(ciphertexts))
    expect(owner.decrypt(owner.encrypt(plaintexts, owner.residues(edges.length, random)))).toEqual(plaintexts)
  })

  test('a ciphertext that is not a unit is refused by both, by its index', () => {
    const good = toBytes(encrypt(5n), width)
    for (const bad of [0n, n * n, fromBytes(p), fromBytes(q) * 3n, n, (1n << BigInt(2 * size)) - 1n]) {
      const batch = concat([good, good, toBytes(bad, width), good])
      for (const engine of [owner, reference]) {
        expect(() => engine.decrypt(batch)).toThrowError(
          expect.objectContaining({ code: 'result/ciphertext', place: { index: 2 } }),
        )
      }
    }
  })

  test('shapes that do not fit are refused by both', () => {
    for (const engine of [owner, reference]) {
      const internal = expect.objectContaining({ code: 'internal' })
      expect(() => engine.decrypt(new Uint8Array(width + 1))).toThrowError(internal)
      expect(() => engine.encrypt(plaintexts, new Uint8Array(width))).toThrowError(internal)
      expect(() => engine.encrypt(new Uint8Array(3), new Uint8Array(width))).toThrowError(internal)
    }
  })

  test('sealed here opens in paillier-bigint, and the other way round', () => {
    const publicKey = new PublicKey(n, n + 1n)
    const lambda = phi
    const mu = power(lambda % n, phi - 1n, n)
    const reference = new PrivateKey(lambda, mu, publicKey, fromBytes(p), fromBytes(q))
    const sealed = owner.encrypt(plaintexts, owner.residues(edges.length, random))
    edges.forEach((m, i) => {
      expect(reference.decrypt(fromBytes(sealed.subarray(i * width, (i + 1) * width)))).toBe(m)
    })
    const r = randomBits(size) % n
    const theirs = concat(edges.map((m) => toBytes(publicKey.encrypt(m, r), width)))
    expect(owner.decrypt(theirs)).toEqual(plaintexts)
  })
})

describe('tables', () => {
  const { owner, p, q, n, width } = subject(256)

  test('another holder of the key uses a shared table where it is, until all have left', () => {
    const table = owner.makeTable(random)
    expect(table.entries.buffer).toBeInstanceOf(SharedArrayBuffer)
    const others = Array.from({ length: 17 }, () => owners.privateKey(p, q))
    for (const other of others) {
      other.useTable(table)
      const rho = fromBytes(other.residues(1, random))
      expect(power(rho, (fromBytes(p) - 1n) * (fromBytes(q) - 1n), n * n)).toBe(1n)
    }
    const plaintext = toBytes(7n, 32)
    for (const other of others) {
      expect(other.decrypt(other.encrypt(plaintext, owner.residues(1, random)))).toEqual(plaintext)
      expect(table.entries.some((byte) => byte !== 0)).toBe(true)
      other.dispose()
    }
    expect(owner.residues(3, random).length).toBe(3 * width)
    owner.dispose()
    expect(table.entries.every((byte) => byte === 0)).toBe(true)
  })

  test('a table that is not shared is copied', () => {
    const alone = kernelOwnerArithmetic(kernel(), { tableBytes: 2 ** 20, shared: false })
    const maker = alone.privateKey(p, q)
    const table = structuredClone(maker.makeTable(random))
    const user = alone.privateKey(p, q)
    user.useTable(table)
    const plaintext = toBytes(9n, 32)
    expect(maker.decrypt(user.encrypt(plaintext, user.residues(1, random)))).toEqual(plaintext)
    expect(() => user.useTable({ engine: 'reference', windowBits: 8, entries: table.entries })).toThrowError(
      /another engine/,
    )
  })

  test('a disposed key is locked, and nothing of it stays', () => {
    const { owner: gone } = subject(256)
    const plaintext = toBytes(3n, 32)
    gone.encrypt(plaintext, gone.residues(1, random))
    gone.dispose()
    gone.dispose()
    expect(() => gone.decrypt(new Uint8Array(64))).toThrowError(expect.objectContaining({ code: 'key/locked' }))
    expect(() => gone.residues(1, random)).toThrowError(expect.objectContaining({ code: 'key/locked' }))
  })

  test('equal primes are refused', () => {
    expect(() => owners.privateKey(p, p)).toThrowError(expect.objectContaining({ code: 'key/invalid' }))
    expect(() => ownerReference.privateKey(p, p)).toThrowError(expect.objectContaining({ code: 'key/invalid' }))
  })
})
