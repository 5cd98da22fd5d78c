import { describe, expect, test } from 'vitest'
import { equalBytes, fromBytes } from '../../number/bytes.ts'
import { bitLength, modPow } from '../../number/integers.ts'
import { latticeOwnerReference } from '../../private/lattice/reference.ts'
import { fieldBytes, noiseLimit } from '../../protocol/lattice/parameters.ts'
import { largestPrimes } from '../../protocol/lattice/primes.ts'
import { latticeReference } from '../../protocol/lattice/reference.ts'
import { packFields } from '../../protocol/lattice/ring.ts'
import { purposes, Stream } from '../../protocol/lattice/stream.ts'
import {
  bytesOf,
  type Case,
  draws,
  engines,
  messagesOf,
  openBy,
  randomCase,
  scoreBy,
  seal,
  taskOf,
  toy,
} from './support.ts'

describe.each(engines)('the %s module and the reference', (_, owner, scoring) => {
  const widths = [2, 7, 8, 13, 20, 24, 33, 40, 46, 47, 53, 60, 73, 80, 111, 120]
  test.each(widths)(
    'are equal to the byte for slots of %i bits: keys, requests, answers, what they open to',
    (slotBits) => {
      const one = randomCase(64, slotBits, slotBits < 7 ? 1 : 5, 64, slotBits)
      const { parameters, coefficients } = one
      const secret = bytesOf(slotBits + 1)
      const [theirs, ours] = [latticeOwnerReference.key(parameters, secret), owner.key(parameters, secret)]
      expect(ours.maskKey()).toEqual(theirs.maskKey())
      const sealed = seal(theirs, one, 5)
      expect(seal(ours, one, 5)).toEqual(sealed)
      const task = taskOf(one, theirs, sealed, 5, 9)
      const answer = scoreBy(latticeReference, task)
      expect(scoreBy(scoring, task)).toEqual(answer)
      const headBytes = answer.length / 2
      for (const h of [0, 1]) {
        const part = answer.subarray(h * headBytes, (h + 1) * headBytes)
        const opened = openBy(theirs, parameters, coefficients, part)
        expect(openBy(ours, parameters, coefficients, part)).toEqual(opened)
        const length = Math.ceil((slotBits * parameters.slots) / 8)
        const messages = Array.from({ length: coefficients }, (_c, i) =>
          fromBytes(opened.plaintexts.subarray(i * length, (i + 1) * length)),
        )
        expect(opened.spoiled).toBe(-1)
        expect(messages).toEqual(messagesOf(one, h))
      }
    },
  )

  test.each([1, 15, 16, 17, 26, 27, 28, 65])(
    'sum %i inputs of the largest residues and weights without a wrong digit',
    (inputs) => {
      // Primes as large as they come: of these, sums hold sixteen products and not many more.
      const parameters = { ...toy(64, 43, 31), kept: largestPrimes(49, 2), dropped: largestPrimes(49, 4).slice(2) }
      const primes = [...parameters.kept, ...parameters.dropped]
      // Fields p − 1 and the like (what is wrong alike modulo all primes is lost in the drop), and odd weights of so much of the primes that every product has one sign; zeros where an input's
      // number alone would say that sums are reduced.
      const most = 2 * Math.floor(0.19 * (primes[0] as number))
      const draw = draws(inputs)
      for (const zeros of [[], [15, 31, 47], [14, 15, 30, 31]]) {
        const weights = Float64Array.from({ length: inputs }, (_w, j) =>
          zeros.includes(j) ? 0 : most - 2 * draw(8191) - 1,
        )
        const fields = primes.map((p, k) => {
          const bytes = new Uint8Array(fieldBytes([p], 64))
          const width = bitLength(BigInt(p))
          for (let i = 0, bit = 0; i < 64; i++) {
            for (let b = 0; b < width; b++, bit++) {
              if ((BigInt(p - 1 - k) >> BigInt(b)) & 1n)
                bytes[bit >> 3] = (bytes[bit >> 3] as number) | (1 << (bit & 7))
            }
          }
          return bytes
        })
        const polynomial = Buffer.concat(fields)
        const key = latticeOwnerReference.key(parameters, bytesOf(1))
        const task = {
          parameters,
          seed: bytesOf(2),
          coefficients: 64,
          polynomials: Buffer.concat(Array(inputs).fill(polynomial)),
          maskKey: key.maskKey(),
          heads: [{ weights, offset: 0n }],
          randomness: bytesOf(3),
        }
        expect(scoring.firstInvalid(parameters, 64, task.polynomials)).toBe(-1)
        expect(scoreBy(scoring, task)).toEqual(scoreBy(latticeReference, task))
      }
    },
  )

  // Residues are drawn, and fields taken apart, in pieces of 512: of these there are several, and a part of one.
  test.each([
    [64, 64, [31, 32, 33]],
    [1024, 520, [31]],
  ])(
    'draw the same %i residues where half of all draws are refused: the first, the last, and several in a row',
    (degree, coefficients, seeds) => {
      const one = randomCase(degree, 20, 3, coefficients, 91)
      const parameters = {
        ...one.parameters,
        slots: 1,
        kept: primesAbove(2 ** 48, 2),
        dropped: primesAbove(2 ** 47, 4),
      }
      const values = one.values.map((all) => all.slice(0, coefficients))
      const heads = one.heads.map(({ weights }) => ({ weights, offset: 0n }))
      const rare = { ...one, parameters, values, heads }
      const seen = { first: 0, last: 0, row: 0 }
      for (const seed of seeds) {
        for (const [i, prime] of [...parameters.kept, ...parameters.dropped].entries()) {
          const stream = new Stream(bytesOf(seed), parameters, purposes.expand, 0, i)
          const mask = (1n << BigInt(bitLength(BigInt(prime)))) - 1n
          const refused: boolean[] = []
          for (let taken = 0; taken < parameters.degree; taken += refused.at(-1) ? 0 : 1) {
            refused.push((stream.integer(Math.ceil(bitLength(BigInt(prime)) / 8)) & mask) >= BigInt(prime))
          }
          if (refused[0]) seen.first += 1
          if (refused.at(-2)) seen.last += 1
          if (refused.some((each, k) => each && refused[k + 1] && refused[k + 2])) seen.row += 1
        }
        const [theirs, ours] = [latticeOwnerReference.key(parameters, bytesOf(7)), owner.key(parameters, bytesOf(7))]
        const sealed = seal(theirs, rare, seed)
        same(seal(ours, rare, seed), sealed)
        const task = { ...taskOf(rare, theirs, sealed, seed, 9), maskKey: ours.maskKey() }
        same(task.maskKey, theirs.maskKey())
        same(scoreBy(scoring, task), scoreBy(latticeReference, task))
      }
      expect(Math.min(seen.first, seen.last, seen.row)).toBeGreaterThan(0)
    },
  )

  test('score under one key and another by turns, and under one whose bytes were changed where they lie', () => {
    const one = randomCase(64, 46, 3, 64, 21)
    const other = randomCase(64, 33, 3, 64, 22)
    const tasks = [one, one, other].map((each, c) => {
      const key = latticeOwnerReference.key(each.parameters, bytesOf(c))
      return taskOf(each, key, seal(key, each, 30), 30, 40)
    })
    const answers = tasks.map((task) => scoreBy(latticeReference, task))
    for (const i of [0, 0, 1, 0, 2, 2, 0]) {
      same(scoreBy(scoring, tasks[i] as (typeof tasks)[number]), answers[i] as Uint8Array)
    }
    const [first] = tasks as [(typeof tasks)[number]]
    // A bit of its seed, and the lowest of b_0, whose field stays a residue.
    for (const at of [0, 32]) {
      first.maskKey[at] = (first.maskKey[at] as number) ^ 1
      same(scoreBy(scoring, first), scoreBy(latticeReference, first))
    }
  })

  test.each([33, 43, 46, 47, 60])(
    'take p − 1 and refuse p, modulo each prime, at each of eight places (slots of %i bits)',
    (slotBits) => {
      const parameters = toy(64, slotBits, slotBits - 1)
      const primes = [...parameters.kept, ...parameters.dropped]
      primes.forEach((own, i) => {
        for (const place of [0, 1, 2, 3, 4, 5, 6, 7, 63]) {
          const request = (value: number): Uint8Array => {
            const row = (k: number) =>
              Array.from({ length: 64 }, (_, at) => BigInt(k === i && at === place ? value : 0))
            return Buffer.concat(primes.map((p, k) => packFields(row(k), p)))
          }
          expect([own - 1, own].map((value) => scoring.firstInvalid(parameters, 64, request(value)))).toEqual([-1, 0])
        }
      })
    },
  )

  test('refuse the same fields: p and above, first, last and between', () => {
    const one = randomCase(64, 46, 3, 64, 77)
    const { parameters } = one
    const key = latticeOwnerReference.key(parameters, bytesOf(1))
    const sealed = seal(key, one, 5)
    const size = sealed.length / 3
    for (const at of [0, size - 14, size, 2 * size + 100, 3 * size - 14]) {
      const bad = sealed.slice()
      bad.fill(0xff, at, at + 14)
      const index = latticeReference.firstInvalid(parameters, 64, bad)
      expect(scoring.firstInvalid(parameters, 64, bad)).toBe(index)
      expect(index).toBe(Math.floor(at / size))
    }
  })

  test.each([64, 72, 128, 256])('give nothing of a coefficient at or beyond the %i that were sent', (coefficients) => {
    const one = randomCase(256, 46, 3, coefficients, coefficients)
    const key = owner.key(one.parameters, bytesOf(1))
    const answer = scoreBy(scoring, taskOf(one, key, seal(key, one, 5), 5, 9))
    const { kept } = one.parameters
    expect(answer.length).toBe(2 * (fieldBytes(kept, 256) + fieldBytes(kept, coefficients)))
    const opened = openBy(key, one.parameters, coefficients, answer.subarray(0, answer.length / 2))
    expect(opened.spoiled).toBe(-1)
  })

  test('let go of a key: later use is an error, and its memory is overwritten', () => {
    const one = randomCase(64, 46, 2, 64, 8)
    const key = owner.key(one.parameters, bytesOf(1))
    key.dispose()
    expect(() => key.maskKey()).toThrow(expect.objectContaining({ code: 'key/locked' }))
    expect(() => seal(key, one, 5)).toThrow(expect.objectContaining({ code: 'key/locked' }))
  })
})

describe('exactness', () => {
  test.each([8192, 16384])(
    'an answer of degree %i has noise within the limit, with room for what the bound allows',
    (degree) => {
      expect(noiseLimit(degree)).toBeGreaterThanOrEqual(2 ** 13 + (degree + 1) / 2)
      expect(noiseLimit(degree)).toBeLessThan(2 ** 15)
    },
  )

  test('at the ends: all values 0, all values X, and an answer whose noise is one unit of P too large is refused', () => {
    const base = randomCase(64, 46, 4, 64, 11)
    const { parameters } = base
    const [, ours, scoring] = engines[0]
    const key = ours.key(parameters, bytesOf(4))
    for (const fill of [() => 0, (max: number) => max]) {
      const values = base.maxima.map((max) => new Float64Array(parameters.slots * 64).fill(fill(max)))
      const one = { ...base, values }
      const answer = scoreBy(scoring, taskOf(one, key, seal(key, one, 5), 5, 9))
      const half = answer.length / 2
      expect(openBy(key, parameters, 64, answer.subarray(0, half)).spoiled).toBe(-1)
    }
    // B moved by 2^15 at one coefficient: no honest noise is as large.
    const answer = scoreBy(scoring, taskOf(base, key, seal(key, base, 5), 5, 9))
    for (const engine of [key, latticeOwnerReference.key(parameters, bytesOf(4))]) {
      const moved = addTo(answer.slice(0, answer.length / 2), parameters, 64, 3, 2n ** 15n - 1n)
      expect(openBy(engine, parameters, 64, moved).spoiled).toBe(3)
    }
  })
})

/** B of an answer with `by` added to one coefficient, modulo every kept prime. */
function addTo(
  answer: Uint8Array,
  { kept, degree }: Case['parameters'],
  coefficients: number,
  at: number,
  by: bigint,
): Uint8Array {
  let offset = fieldBytes(kept, degree)
  for (const p of kept) {
    const width = bitLength(BigInt(p))
    const from = offset * 8 + at * width
    let value = 0n
    for (let b = 0; b < width; b++)
      value |= BigInt(((answer[(from + b) >> 3] as number) >> ((from + b) & 7)) & 1) << BigInt(b)
    const next = (value + by) % BigInt(p)
    for (let b = 0; b < width; b++) {
      const [byte, bit] = [(from + b) >> 3, (from + b) & 7]
      const set = Number((next >> BigInt(b)) & 1n)
      answer[byte] = ((answer[byte] as number) & ~(1 << bit)) | (set << bit)
    }
    offset += fieldBytes([p], coefficients)
  }
  return answer
}

describe('a key belongs to one parameter set', () => {
  test('the same 32 bytes give unrelated secrets, seeds and errors under another', () => {
    const secret = bytesOf(1)
    const [a, b] = [toy(64, 46, 45), toy(64, 46, 44)]
    const keys = [a, b].map((parameters) => latticeOwnerReference.key(parameters, secret).maskKey())
    expect((keys[0] as Uint8Array).subarray(0, 32)).not.toEqual((keys[1] as Uint8Array).subarray(0, 32))
    const streams = [a, b].map((parameters) => latticeOwnerReference.key(parameters, secret))
    expect(streams[0]?.maskKey()).not.toEqual(streams[1]?.maskKey())
  })
})

/** Whether long bytes are equal: where they are not, to show how takes longer than to make them. */
function same(ours: Uint8Array, theirs: Uint8Array): void {
  expect(equalBytes(ours, theirs)).toBe(true)
}

/** The least primes of the ring's kind above a power of two: nearly half of what is drawn for them is not below them. */
function primesAbove(power: number, count: number): number[] {
  const primes: number[] = []
  for (let candidate = power + 1; primes.length < count; candidate += 2 ** 15) {
    const n = BigInt(candidate)
    if ([2n, 3n, 5n, 7n].every((base) => modPow(base, n - 1n, n) === 1n)) primes.push(candidate)
  }
  return primes
}
