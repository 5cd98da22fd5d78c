import './setup.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, fromBytes, toBytes } from '../../core/number/bytes.ts'
import { basesOfMasks } from '../../core/protocol/paillier/arithmetic.ts'
import { reference } from '../../core/protocol/paillier/reference.ts'
import { kernelArithmetic } from '../public.ts'
import { planWeights, sparseDigits } from '../weights.ts'
import { kernel, power, primePair, random, randomBits } from './harness.ts'

const arithmetic = kernelArithmetic(kernel())

function key(bits: number) {
  const [p, q] = primePair(bits / 2).map(fromBytes) as [bigint, bigint]
  const n = p * q
  return { p, q, n, engines: [arithmetic, reference].map((engine) => engine.publicKey(toBytes(n, bits / 8))) }
}

/** The same bytes again and again: for comparing what draws from them. */
function replay(seed: bigint) {
  let state = seed
  return (count: number) => {
    const bytes = new Uint8Array(count)
    for (let i = 0; i < count; i++) {
      state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n)
      bytes[i] = Number(state >> 56n)
    }
    return bytes
  }
}

const sizes = process.env.SLOW ? [64, 128, 256, 512, 1024, 2048, 3072, 4096] : [64, 128, 512, 1024]

describe.each(sizes)('n of %i bits', (bits) => {
  const { p, q, n, engines } = key(bits)
  const [ours, theirs] = engines as [(typeof engines)[0], (typeof engines)[0]]
  const width = bits / 4
  const n2 = n * n
  const unit = () => {
    for (;;) {
      const c = randomBits(2 * bits) % n2
      if (c % p !== 0n && c % q !== 0n) return c
    }
  }

  test('firstInvalid finds the first of every kind, anywhere', () => {
    const good = Array.from({ length: 200 }, () => toBytes(unit(), width))
    expect(ours.firstInvalid(concat(good))).toBe(-1)
    expect(ours.firstInvalid(new Uint8Array(0))).toBe(-1)
    for (const bad of [0n, n2, n2 - n, p, q * q, p * (q - 1n), (1n << BigInt(2 * bits)) - 1n]) {
      for (const at of [0, 1, 63, 64, 131, 199]) {
        const batch = [...good]
        batch[at] = toBytes(bad, width)
        if (at < 150) batch[at + 20] = toBytes(at % 2 ? p : 0n, width)
        expect(ours.firstInvalid(concat(batch))).toBe(at)
        if (at < 2) expect(theirs.firstInvalid(concat(batch))).toBe(at)
      }
    }
    expect(ours.firstInvalid(concat([toBytes(1n, width), toBytes(n2 - 1n, width)]))).toBe(-1)
    for (const engine of engines)
      expect(() => engine.firstInvalid(new Uint8Array(width + 1))).toThrowError(/broken items/)
  })

  test('masks by exponentiation are the reference’s, from the same randomness', () => {
    for (const count of [0, 1, 2, 3]) {
      expect(ours.masks(count, replay(BigInt(count)))).toEqual(theirs.masks(count, replay(BigInt(count))))
    }
  })

  test('powers modulo n are the reference’s, for any number of bases and any exponent', () => {
    const bases = [0n, 1n, 2n, n - 1n, p, q * (p - 1n), ...Array.from({ length: 5 }, () => randomBits(bits) % n)]
    for (const exponent of [1n, 2n, 3n, 31n, 32n, 64n, randomBits(bits), n - 1n, n]) {
      for (const count of [0, 1, 2, bases.length]) {
        const batch = concat(bases.slice(0, count).map((base) => toBytes(base, bits / 8)))
        const [ours, theirs] = [arithmetic, reference].map((engine) =>
          engine.powers(toBytes(n, bits / 8), batch, toBytes(exponent, bits / 8)),
        )
        expect(ours).toEqual(theirs)
      }
    }
    expect(() => arithmetic.powers(toBytes(n, bits / 8), new Uint8Array(1), Uint8Array.of(3))).toThrowError(
      /broken items/,
    )
  })

  test('scores are the reference’s, for any weights, heads and number of blocks', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 5 }),
      fc.constantFrom(0, 1, 2, 20, 38, 53),
      (inputs, heads, blocks, magnitude) => {
        const limit = 2 ** magnitude
        const weight = () => Math.round((Math.random() * 2 - 1) * (limit - 1)) || 0
        const weights = Array.from({ length: heads }, () => Float64Array.from({ length: inputs }, weight))
        const task = {
          blocks,
          weights,
          ciphertexts: concat(Array.from({ length: blocks * inputs }, () => toBytes(unit(), width))),
          offsets: weights.map(() => toBytes(randomBits(bits) % n, bits / 8)),
          masks: concat(Array.from({ length: blocks * heads }, () => toBytes(unit(), width))),
        }
        if (blocks > 0) expect(ours.score(task)).toEqual(theirs.score(task))
      },
    )
    fc.assert(property, { numRuns: process.env.SLOW ? 100 : bits > 512 ? 5 : 25 })
  })
})

test('many inputs go through buckets, and score as the reference does', () => {
  const { n, engines } = key(128)
  const inputs = 300
  const weights = [0, 1].map(() =>
    Float64Array.from({ length: inputs }, () => Math.round((Math.random() - 0.5) * 2 ** 38)),
  )
  const task = {
    blocks: 3,
    weights,
    ciphertexts: concat(Array.from({ length: 3 * inputs }, () => toBytes(randomBits(256) % (n * n), 32))),
    offsets: [toBytes(0n, 16), toBytes(n - 1n, 16)],
    masks: concat(Array.from({ length: 6 }, () => toBytes(randomBits(256) % (n * n), 32))),
  }
  const [ours, theirs] = engines.map((engine) => engine.score(task))
  expect(ours).toEqual(theirs)
})

test('extreme weights: largest, powers of two, all of one sign, all zero', () => {
  const { n, engines } = key(64)
  const top = 2 ** 53 - 1
  for (const head of [[top], [-top], [top, -top, 1], [2 ** 52, -(2 ** 52)], [0, 0], [-1, -2, -3], [1, 1], [0, -0, 5]]) {
    const task = {
      blocks: 2,
      weights: [Float64Array.from(head)],
      ciphertexts: concat(Array.from({ length: 2 * head.length }, () => toBytes(randomBits(100) | 1n, 16))),
      offsets: [toBytes(n >> 1n, 8)],
      masks: concat([toBytes(3n, 16), toBytes(5n, 16)]),
    }
    const [ours, theirs] = engines.map((engine) => engine.score(task))
    expect(ours).toEqual(theirs)
  }
})

test('a product that cannot be inverted is refused by both', () => {
  const { p, engines } = key(128)
  for (const engine of engines) {
    const score = () =>
      engine.score({
        blocks: 1,
        weights: [Float64Array.of(-3)],
        ciphertexts: toBytes(p, 32),
        offsets: [new Uint8Array(16)],
        masks: toBytes(1n, 32),
      })
    expect(score).toThrowError(expect.objectContaining({ code: 'request/ciphertext' }))
  }
})

test('masks by table are n-th residues, all different, for any count; keys may alternate', () => {
  const keys = [key(128), key(256)]
  for (const { engines } of keys) engines[0]?.prepareMasks(random)
  for (const count of [1, 2, 67, 129]) {
    for (const { n, p, q, engines } of keys) {
      const masks = engines[0]?.masks(count, random) as Uint8Array
      const width = masks.length / count
      const values = Array.from({ length: count }, (_, i) => fromBytes(masks.subarray(i * width, (i + 1) * width)))
      expect(new Set(values).size).toBe(count)
      for (const value of values) {
        expect(value < n * n).toBe(true)
        expect(power(value, (p - 1n) * (q - 1n), n * n)).toBe(1n)
      }
    }
  }
})

test('a table of masks can be made in steps, and masks be drawn meanwhile', () => {
  const { n } = key(128)
  const engine = arithmetic.publicKey(toBytes(n, 16))
  let steps = 0
  while (!engine.prepareMasks(random, 3)) {
    steps++
    expect(engine.masks(1, random).length).toBe(32)
  }
  expect(steps).toBeGreaterThan(20)
  expect(engine.masks(3, random).length).toBe(96)
})

test('where a base has several rows, each is the one before it to the power 2^w', () => {
  const { n } = key(256)
  const engine = arithmetic.publicKey(toBytes(n, 32))
  // 12 primes may divide n: 142 bases. In the narrowest memory a digit has two bits, and 384 bits take 192 of them.
  const [bases, digits] = [142, 192]
  engine.useMaskMemory(new SharedArrayBuffer(1024 + digits * 4 * 16 * 6))
  expect(engine.prepareMasks(random)).toBe(true)
  const only = (digit: number) => {
    const mask = engine.masks(1, (count) => new Uint8Array(count).fill(1, 2 * digit, 2 * digit + 1))
    return fromBytes(mask)
  }
  for (let base = 0; base < digits - bases; base++) {
    expect(only(base)).not.toBe(1n)
    expect(only(base + bases)).toBe(power(only(base), 4n, n * n))
  }
})

describe('a table of masks in memory that is shared', () => {
  const size = 4 * 2 ** 20
  /** Another thread: an instance of the module of its own. */
  const thread = (n: bigint) => kernelArithmetic(kernel()).publicKey(toBytes(n, 16))
  const areResidues = (masks: Uint8Array, { n, p, q }: { n: bigint; p: bigint; q: bigint }) => {
    for (let at = 0; at < masks.length; at += 32) {
      const mask = fromBytes(masks.subarray(at, at + 32))
      if (power(mask, (p - 1n) * (q - 1n), n * n) !== 1n) return false
    }
    return true
  }

  test('is made by any of the threads, in turn, and used by all', () => {
    const own = key(128)
    const memory = new SharedArrayBuffer(size)
    const threads = [thread(own.n), thread(own.n), thread(own.n)]
    for (const each of threads) each.useMaskMemory(memory)
    let turn = 0
    while (!threads[turn % 2]?.prepareMasks(random, 10)) turn++
    expect(turn).toBeGreaterThan(4)
    const [first, second, third] = threads.map((each) => each.masks(5, replay(1n)))
    expect(second).toEqual(first)
    expect(third).toEqual(first)
    expect(areResidues(first as Uint8Array, own)).toBe(true)
    // The same randomness makes another mask where there is no table.
    expect(own.engines[0]?.masks(5, replay(1n))).not.toEqual(first)
    for (const each of threads) expect(each.prepareMasks(random, 1)).toBe(true)
  })

  test('that held another key’s table gives no mask of that, and begins anew', () => {
    const [one, other] = [key(128), key(128)]
    const memory = new SharedArrayBuffer(size)
    const first = thread(one.n)
    first.useMaskMemory(memory)
    expect(first.prepareMasks(random)).toBe(true)
    const second = thread(other.n)
    second.useMaskMemory(memory)
    expect(second.masks(3, replay(2n))).toEqual(other.engines[1]?.masks(3, replay(2n)))
    expect(second.prepareMasks(random, 1)).toBe(false)
    // What the first key draws now is made without a table.
    expect(first.masks(3, replay(3n))).toEqual(one.engines[1]?.masks(3, replay(3n)))
    expect(second.prepareMasks(random)).toBe(true)
    expect(areResidues(second.masks(9, random), other)).toBe(true)
  })

  test('is made of masks that were made before, the same wherever it is made of them', () => {
    const { n, engines } = key(128)
    const [bases, width] = [basesOfMasks(128), 32]
    const given = engines[0]?.masks(bases, random) as Uint8Array
    const threads = [thread(n), thread(n)]
    for (const each of threads) each.useMaskMemory(new SharedArrayBuffer(size))
    expect(threads[0]?.prepareMasks(random, 10, given)).toBe(false)
    for (const each of threads) expect(each.prepareMasks(random, bases, given)).toBe(true)
    const [one, other] = threads.map((each) => each.masks(67, replay(5n)))
    expect(other).toEqual(one)
    // A mask of a single digit that is 1 is the base itself.
    for (let base = 0; base < bases; base++) {
      const mask = threads[0]?.masks(1, (count) => new Uint8Array(count).fill(1, 2 * base, 2 * base + 1))
      expect(mask).toEqual(given.slice(base * width, (base + 1) * width))
    }
    const third = thread(n)
    third.useMaskMemory(new SharedArrayBuffer(size))
    const refused = expect.objectContaining({ code: 'internal' })
    expect(() => third.prepareMasks(random, 1, given.subarray(width))).toThrowError(refused)
  })

  test('is let go, and refuses memory that is too small', () => {
    const { n, engines } = key(128)
    const engine = thread(n)
    engine.useMaskMemory(new SharedArrayBuffer(size))
    expect(engine.prepareMasks(random)).toBe(true)
    engine.useMaskMemory(null)
    expect(engine.masks(2, replay(4n))).toEqual(engines[1]?.masks(2, replay(4n)))
    expect(() => engine.useMaskMemory(new SharedArrayBuffer(4096))).toThrowError(
      expect.objectContaining({ code: 'internal' }),
    )
  })
})

test('digits spell their weight', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 53 - 1 }), fc.integer({ min: 2, max: 6 }), (magnitude, width) => {
      const value = sparseDigits(magnitude, width).reduceRight((sum, digit) => sum * 2n + BigInt(digit), 0n)
      expect(value).toBe(BigInt(magnitude))
    }),
  )
})

test('a plan never reads a register before it is written', () => {
  const weights = [0, 1, 2].map(() =>
    Float64Array.from({ length: 40 }, () => Math.round((Math.random() - 0.5) * 2 ** 40)),
  )
  const { program } = planWeights(weights, 40)
  const written = new Set(Array.from({ length: 40 }, (_, j) => j))
  for (let i = 0; i < program.steps.length; i += 3) {
    const [to, left, right] = program.steps.subarray(i, i + 3) as unknown as [number, number, number]
    expect(written.has(left) && written.has(right)).toBe(true)
    written.add(to)
    expect(to).toBeLessThan(program.registers)
  }
})
