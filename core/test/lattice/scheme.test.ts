import { describe, expect, test } from 'vitest'
import { fromBytes } from '../../number/bytes.ts'
import { bitLength, inverse, mod, modPow, productOf } from '../../number/integers.ts'
import { latticeOwnerReference } from '../../private/lattice/reference.ts'
import {
  bitsOf,
  errorBound,
  fieldBytes,
  hiddenRecords,
  hidingBits,
  leastBlanks,
  mostModulusBits,
  noiseLimit,
  parametersFor,
  weightBitsOf,
} from '../../protocol/lattice/parameters.ts'
import { primesOf } from '../../protocol/lattice/primes.ts'
import { latticeReference, scaleOf, unswitched } from '../../protocol/lattice/reference.ts'
import { fromValues, multiply, toValues } from '../../protocol/lattice/ring.ts'
import { binomial, expand, flood, ternary } from '../../protocol/lattice/sample.ts'
import { lattice } from '../../protocol/lattice/scheme.ts'
import { purposes, Stream } from '../../protocol/lattice/stream.ts'
import { offsetOf } from '../../protocol/scoring.ts'
import { reduced } from './lll.ts'
import { bytesOf, type Case, draws, engines, messagesOf, seal, taskOf, toy } from './support.ts'

/** A case of random weights within R, random values within X, and a constant that leaves every slot positive. */
function randomCase(degree: number, slotBits: number, inputs: number, coefficients: number, name: number): Case {
  const draw = draws(name)
  // Half of a slot's range for Σ|W|·X, shared evenly.
  const share = 2 ** Math.max(0, slotBits - 2 - Math.ceil(Math.log2(inputs + 1)))
  const maxima = Array.from({ length: inputs }, (_, j) => Math.max(1, Math.min(2 ** (1 + (j % 18)) - 1, share)))
  const shape = { slotBits, inputs: maxima.map((max) => ({ max })) as never, heads: [{}, {}] as never }
  const parameters = toy(degree, slotBits, weightBitsOf(shape))
  const most = maxima.map((max) => Math.max(1, Math.min(2 ** 52, Math.floor(share / max))))
  const heads = [0, 1].map((h) => {
    const weights = Float64Array.from(most, (bound, j) =>
      j % 5 === 3 ? 0 : (draw(2) === 0 ? 1 : -1) * draw(bound + 1),
    )
    return {
      weights,
      offset: offsetOf({ weights, constant: BigInt(draw(share)) * BigInt(1 - 2 * h) }, slotBits, parameters.slots),
    }
  })
  const values = maxima.map((max) =>
    Float64Array.from({ length: parameters.slots * coefficients }, () => draw(max + 1)),
  )
  return { parameters, coefficients, maxima, heads, values }
}

describe('parameters', () => {
  test('are within the limits, by the primes themselves, for every width of slot and weights, or none', () => {
    let none = 0
    for (const degree of [8192, 16384] as const) {
      for (let slotBits = 2; slotBits <= 200; slotBits += slotBits < 60 ? 1 : 7) {
        for (const weightBits of [0, Math.floor(slotBits / 2), slotBits - 1].filter((bits) => bits < 64)) {
          const found = parametersFor(degree, slotBits, weightBits)
          if (found === null) {
            none++
            continue
          }
          const { kept, dropped, slots, floodBits } = found
          const primes = [...kept, ...dropped]
          expect(new Set(primes).size).toBe(primes.length)
          expect(primes.every((p) => p % (2 * degree) === 1 && p < 2 ** 49)).toBe(true)
          const logarithms = primes.reduce((sum, p) => sum + Math.log2(p), 0)
          expect(Math.abs(logarithms - bitsOf(primes))).toBeLessThan(1e-9)
          expect(logarithms).toBeLessThanOrEqual(mostModulusBits[degree])
          const [q, p] = [productOf(kept.map(BigInt)), productOf(dropped.map(BigInt))]
          // The message and its noise fit q; the flood and the errors fit P·2^13.
          expect(q > 2n ** BigInt(slotBits * slots + 16) + 2n ** 15n).toBe(true)
          expect(3n * 2n ** BigInt(floodBits) + errorBound(degree, weightBits) <= p * 2n ** 13n).toBe(true)
          // 1.6·√n·B_E/F is the distance of n answered coefficients, in total.
          const distance =
            Math.log2(1.6) +
            Math.log2(hiddenRecords / slots) / 2 +
            Math.log2(Number(errorBound(degree, weightBits))) -
            Math.log2(3) -
            floodBits
          expect(distance).toBeLessThanOrEqual(-hidingBits + 1e-9)
        }
      }
    }
    expect(none).toBeGreaterThan(0)
    expect(mostModulusBits).toEqual({ 8192: 187, 16384: 372 })
  })

  test('bound the weights by what the card says: an input that is always zero counts for nothing', () => {
    const of = (slotBits: number, ...maxima: number[]) =>
      weightBitsOf({ slotBits, inputs: maxima.map((max) => ({ max })) as never })
    expect(of(28, 0, 10, 10, 1)).toBe(27)
    expect(of(28, 1000, 1000)).toBe(27 - 9)
    expect(of(120, ...Array<number>(22).fill(1))).toBe(53 + 5)
    expect(of(20, 0, 0)).toBe(0)
    // Σ|W|·X < 2^(T−1) whatever the weights: so Σ|W| ≤ 2^R.
    const draw = draws(3)
    for (let i = 0; i < 300; i++) {
      const maxima = Array.from({ length: 1 + draw(30) }, () => 1 + draw(2 ** draw(20)))
      const weights = maxima.map(() => draw(2 ** 40))
      const sum = weights.reduce((total, weight, j) => total + BigInt(weight) * BigInt(maxima[j] as number), 0n)
      const all = weights.reduce((total, weight) => total + BigInt(weight), 0n)
      expect(all <= 2n ** BigInt(of(1 + bitLength(sum), ...maxima))).toBe(true)
    }
  })

  test('an id has one spelling, and names what it says or nothing', () => {
    const [set] = lattice.setsFor({ slotBits: 46, inputs: [{ max: 1 }] as never, heads: [{}] as never })
    expect(lattice.parameterSet(set?.id as string)).toEqual(set)
    for (const id of [
      '',
      'lattice',
      'lattice-8192-46',
      'lattice-8192-046-45',
      'lattice-8192-46-46',
      'lattice-4096-46-45',
      `${set?.id} `,
    ]) {
      expect(lattice.parameterSet(id)).toBeNull()
    }
  })
})

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
      const answer = latticeReference.score(task)
      expect(scoring.score(task)).toEqual(answer)
      const headBytes = answer.length / 2
      for (const h of [0, 1]) {
        const part = answer.subarray(h * headBytes, (h + 1) * headBytes)
        const opened = theirs.decrypt(coefficients, part)
        expect(ours.decrypt(coefficients, part)).toEqual(opened)
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
      const parameters = { ...toy(64, 43, 31), kept: primesOf(49, 2), dropped: primesOf(49, 4).slice(2) }
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
        expect(scoring.score(task)).toEqual(latticeReference.score(task))
      }
    },
  )

  test('draw the same residues where half of all draws are refused: the first, the last, and several in a row', () => {
    const one = randomCase(64, 20, 3, 64, 91)
    const parameters = { ...one.parameters, slots: 1, kept: primesAbove(2 ** 48, 2), dropped: primesAbove(2 ** 47, 4) }
    const values = one.values.map((all) => all.slice(0, 64))
    const heads = one.heads.map(({ weights }) => ({ weights, offset: 0n }))
    const rare = { ...one, parameters, values, heads }
    const seen = { first: 0, last: 0, row: 0 }
    for (const seed of [31, 32, 33]) {
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
      expect(seal(ours, rare, seed)).toEqual(sealed)
      const task = { ...taskOf(rare, theirs, sealed, seed, 9), maskKey: ours.maskKey() }
      expect(task.maskKey).toEqual(theirs.maskKey())
      expect(scoring.score(task)).toEqual(latticeReference.score(task))
    }
    expect(Math.min(seen.first, seen.last, seen.row)).toBeGreaterThan(0)
  })

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
    const answer = scoring.score(taskOf(one, key, seal(key, one, 5), 5, 9))
    const { kept } = one.parameters
    expect(answer.length).toBe(2 * (fieldBytes(kept, 256) + fieldBytes(kept, coefficients)))
    const opened = key.decrypt(coefficients, answer.subarray(0, answer.length / 2))
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
      const answer = scoring.score(taskOf(one, key, seal(key, one, 5), 5, 9))
      const half = answer.length / 2
      expect(key.decrypt(64, answer.subarray(0, half)).spoiled).toBe(-1)
    }
    // B moved by 2^15 at one coefficient: no honest noise is as large.
    const answer = scoring.score(taskOf(base, key, seal(key, base, 5), 5, 9))
    for (const engine of [key, latticeOwnerReference.key(parameters, bytesOf(4))]) {
      const moved = addTo(answer.slice(0, answer.length / 2), parameters, 64, 3, 2n ** 15n - 1n)
      expect(engine.decrypt(64, moved).spoiled).toBe(3)
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

describe('what masks an answer', () => {
  const one = randomCase(64, 46, 3, 64, 21)
  const { parameters } = one
  const key = latticeOwnerReference.key(parameters, bytesOf(4))
  const task = taskOf(one, key, seal(key, one, 5), 5, 9)
  const head = one.heads[0] as Case['heads'][number]

  test('is another for every answer, head, and set; A and B are of one and the same randomness', () => {
    const first = unswitched(task, head, 0)
    expect(unswitched(task, head, 0)).toEqual(first)
    for (const other of [unswitched({ ...task, randomness: bytesOf(10) }, head, 0), unswitched(task, head, 1)]) {
      const same = other.a.flat().filter((value, i) => value === first.a.flat()[i]).length
      expect(same).toBeLessThan(8)
    }
  })

  test('without u the weights follow from A by linear algebra, and with it they do not', () => {
    const [prime] = parameters.kept as [number]
    // Per root and modulo one prime Σ W_j·a_j is three unknowns; A is their sum where nothing masks it.
    const rows = one.maxima.map((_, j) => expand(parameters, bytesOf(5), purposes.expand, j, 0))
    const weights = Array.from(head.weights, BigInt)
    const unmasked = rows[0]?.map((_, k) => weights.reduce((sum, w, j) => sum + w * (rows[j]?.[k] as bigint), 0n)) ?? []
    const masked = toValues(unswitched(task, head, 0).a[0] as bigint[], prime)
    const found = (values: readonly bigint[]) =>
      solve(
        rows.map((row) => row.slice(0, 3)),
        values.slice(0, 3),
        BigInt(prime),
      )
    const modulo = weights.map((w) => mod(w, BigInt(prime)))
    expect(found(unmasked.map((value) => mod(value, BigInt(prime))))).toEqual(modulo)
    expect(found(masked)).not.toEqual(modulo)
    // What is masked satisfies no other three equations either.
    const again = solve(
      rows.map((row) => row.slice(3, 6)),
      masked.slice(3, 6),
      BigInt(prime),
    )
    expect(again).not.toEqual(found(masked))
  })

  test('a server that padded a request would give its weights to an honest client: one coefficient and LLL find them', () => {
    const primes = [...parameters.kept, ...parameters.dropped]
    const s = ternary(new Stream(bytesOf(4), parameters, purposes.secret), parameters.degree)
    /** (a_j·s)_0 modulo Q: what a client knows of a coefficient that it did not seal. */
    const known = one.maxima.map((_, j) =>
      centredModulo(
        primes.map(
          (p, i) => multiply(fromValues(expand(parameters, bytesOf(5), purposes.expand, j, i), p), s, p)[0] as bigint,
        ),
        primes,
      ),
    )
    const find = (phase: bigint): string => {
      const flood = 1n << BigInt(parameters.floodBits + 2)
      const scale = flood >> BigInt(one.parameters.weightBits)
      const unit = (j: number) => known.map((_, k) => (k === j ? scale : 0n))
      const basis = [
        ...known.map((c, j) => [...unit(j), c, 0n]),
        [...known.map(() => 0n), productOf(primes.map(BigInt)), 0n],
        [...known.map(() => 0n), phase, flood],
      ]
      const row = reduced(basis).find((each) => each.at(-1) === flood || each.at(-1) === -flood) ?? []
      const sign = row.at(-1) === flood ? -1n : 1n
      return known.map((_, j) => (sign * (row[j] ?? 0n)) / scale).join()
    }
    const weights = Array.from(head.weights, BigInt).join()
    // The mutant: coefficients that nobody sealed count as zero, and are answered.
    const padded = { ...task, polynomials: new Uint8Array(task.polynomials.length) }
    const [leak] = noiseOf(padded, parameters, head, [head.offset])
    expect(find(leak as bigint)).toBe(weights)
    const [honest] = noiseOf(task, parameters, head, messagesOf(one, 0).slice(0, 1))
    expect(find(honest as bigint)).not.toBe(weights)
  })

  // SLOW=1 takes ten thousand; each is one request, under a seed of its own, of one and the same key and model.
  const answers = (process.env.SLOW ?? '') === '' ? 100 : 10_000
  test(`nor do the weights follow from ${answers} answers: without u each gives them again, with it no two say the same`, () => {
    const [prime] = parameters.kept as [number]
    const p = BigInt(prime)
    const weights = Array.from(head.weights, BigInt)
    const right = weights.map((w) => mod(w, p)).join()
    /** How often the solution that most answers agree on was found, and whether that or any other is the weights. */
    const ask = (masked: boolean) => {
      const found = new Map<string, number>()
      for (let i = 0; i < answers; i++) {
        const asked = { ...task, seed: bytesOf(300 + i), randomness: bytesOf(50_000 + i) }
        const rows = one.maxima.map((_, j) => expand(parameters, asked.seed, purposes.expand, j, 0))
        const bare = (k: number) =>
          mod(
            weights.reduce((sum, w, j) => sum + w * (rows[j]?.[k] as bigint), 0n),
            p,
          )
        const a = masked ? toValues(unswitched(asked, head, 0).a[0] as bigint[], prime) : [0, 1, 2].map(bare)
        const solution = solve(
          rows.map((row) => row.slice(0, 3)),
          a.slice(0, 3),
          p,
        ).join()
        found.set(solution, (found.get(solution) ?? 0) + 1)
      }
      return { agreed: Math.max(...found.values()), right: found.get(right) ?? 0 }
    }
    expect(ask(false)).toEqual({ agreed: answers, right: answers })
    expect(ask(true)).toEqual({ agreed: 1, right: 0 })
  }, 3_600_000)

  test('the flood is a sum of three uniforms of its width: all limbs, spread, ends and law', () => {
    const bits = parameters.floodBits
    const count = 30_000
    const drawn = flood(new Stream(bytesOf(6), parameters, purposes.flood, 0), bits, count)
    const width = 2n ** BigInt(bits)
    const scaled = drawn.map((f) => Number((f * 2n ** 40n) / width) / 2 ** 40)
    expect(Math.max(...scaled)).toBeLessThan(3)
    expect(Math.min(...scaled)).toBeGreaterThanOrEqual(-3)
    const mean = scaled.reduce((sum, f) => sum + f, 0) / count
    const deviation = Math.sqrt(scaled.reduce((sum, f) => sum + (f - mean) ** 2, 0) / count)
    // Three uniforms on [−1, 1) have variance 1.
    expect(Math.abs(mean)).toBeLessThan(0.03)
    expect(deviation).toBeGreaterThan(0.98)
    expect(deviation).toBeLessThan(1.02)
    // Kolmogorov and Smirnov against their law; one uniform of the same deviation would be 0.05 away.
    const sorted = [...scaled].sort((x, y) => x - y)
    const gap = Math.max(...sorted.map((f, i) => Math.abs(threeUniforms(f) - (i + 0.5) / count)))
    expect(gap).toBeLessThan(1.95 / Math.sqrt(count))
    // Every limb of 16 bits is as often odd as even, and takes many values.
    for (let shift = 0; shift + 16 <= bits; shift += 16) {
      const limbs = drawn.map((f) => Number(((f + 4n * width) >> BigInt(shift)) & 0xffffn))
      const odd = limbs.filter((limb) => limb % 2 === 1).length
      expect(Math.abs(odd / count - 0.5)).toBeLessThan(0.02)
      expect(new Set(limbs).size).toBeGreaterThan(20_000)
    }
  })

  test('before the drop the errors drown: without the flood they give the weights, with it nothing is left of them', () => {
    // E = B + A·s − Δ·M is what the key's owner sees; the part that is Σ W_j·e_j is known where the flood is not there.
    const tiny = { ...parameters, floodBits: 0 }
    const lowered = { ...one, parameters: tiny }
    const owner = latticeOwnerReference.key(tiny, bytesOf(4))
    const short = taskOf(lowered, owner, seal(owner, lowered, 5), 5, 9)
    const shown = (of: typeof task, params: typeof parameters) => noiseOf(of, params, head, messagesOf(one, 0))
    const small = shown(short, tiny).map(Number)
    const errors = one.maxima.map((_, j) => binomial(new Stream(bytesOf(6), tiny, purposes.error, j), 64).map(Number))
    // Σ W_j·e_j is by far the largest part of what is not drowned.
    const expected = errors[0]?.map((_, i) =>
      one.maxima.reduce((sum, _m, j) => sum + Number(head.weights[j]) * (errors[j]?.[i] as number), 0),
    )
    expect(correlation(small, expected as number[])).toBeGreaterThan(0.999)
    const drowned = shown(task, parameters).map(Number)
    expect(Math.abs(correlation(drowned, expected as number[]))).toBeLessThan(0.5)
  })
})

/** The least primes of the ring's kind above a power of two: nearly half of what is drawn for them is not below them. */
function primesAbove(power: number, count: number): number[] {
  const primes: number[] = []
  for (let candidate = power + 1; primes.length < count; candidate += 2 ** 15) {
    const n = BigInt(candidate)
    if ([2n, 3n, 5n, 7n].every((base) => modPow(base, n - 1n, n) === 1n)) primes.push(candidate)
  }
  return primes
}

/** The integer nearest to zero that has these residues. */
function centredModulo(residues: readonly bigint[], primes: readonly number[]): bigint {
  const product = productOf(primes.map(BigInt))
  let sum = 0n
  primes.forEach((p, i) => {
    const others = product / BigInt(p)
    sum += mod((residues[i] as bigint) * (inverse(others, BigInt(p)) as bigint), BigInt(p)) * others
  })
  const value = mod(sum, product)
  return 2n * value > product ? value - product : value
}

/** B + A·s − Δ·M modulo Q, centred: the noise before the drop, as a key's owner who had A and B before it would see it. */
function noiseOf(
  task: Parameters<typeof unswitched>[0],
  parameters: Case['parameters'],
  head: Case['heads'][number],
  messages: readonly bigint[],
): bigint[] {
  const primes = [...parameters.kept, ...parameters.dropped]
  const { a, b } = unswitched(task, head, 0)
  const s = ternary(new Stream(bytesOf(4), parameters, purposes.secret), parameters.degree)
  const phases = primes.map((p, i) =>
    multiply(a[i] as bigint[], s, p).map((value, k) => value + ((b[i]?.[k] ?? 0n) as bigint)),
  )
  const scale = scaleOf(parameters)
  return messages.map((message, k) =>
    centredModulo(
      primes.map((p, i) => mod((phases[i]?.[k] as bigint) - scale * message, BigInt(p))),
      primes,
    ),
  )
}

function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (all: readonly number[]) => all.reduce((sum, value) => sum + value, 0) / all.length
  const [mx, my] = [mean(x), mean(y)]
  const sum = (of: (i: number) => number) => x.reduce((total, _, i) => total + of(i), 0)
  const covariance = sum((i) => ((x[i] as number) - mx) * ((y[i] as number) - my))
  return covariance / Math.sqrt(sum((i) => ((x[i] as number) - mx) ** 2) * sum((i) => ((y[i] as number) - my) ** 2))
}

/** P(X + Y + Z ≤ t) for three uniforms on [−1, 1): Irwin and Hall's. */
function threeUniforms(t: number): number {
  const x = (t + 3) / 2
  if (x <= 0) return 0
  if (x >= 3) return 1
  const choose = [1, 3, 3, 1]
  let sum = 0
  for (let k = 0; k <= Math.floor(x); k++) sum += (k % 2 === 0 ? 1 : -1) * (choose[k] as number) * (x - k) ** 3
  return sum / 6
}

/** Solves Σ_j x_j·rows[j][k] = values[k] modulo a prime, by elimination; as many equations as unknowns. */
function solve(rows: readonly (readonly bigint[])[], values: readonly bigint[], p: bigint): bigint[] {
  const n = rows.length
  const m = values.map((value, k) => [...rows.map((row) => row[k] as bigint), value])
  for (let c = 0; c < n; c++) {
    const pivot = m.findIndex((row, r) => r >= c && row[c] !== 0n)
    ;[m[c], m[pivot]] = [m[pivot] as bigint[], m[c] as bigint[]]
    const by = inverse(m[c]?.[c] as bigint, p) as bigint
    m[c] = (m[c] as bigint[]).map((value) => mod(value * by, p))
    for (let r = 0; r < n; r++) {
      if (r === c) continue
      const factor = m[r]?.[c] as bigint
      m[r] = (m[r] as bigint[]).map((value, k) => mod(value - factor * (m[c]?.[k] as bigint), p))
    }
  }
  return m.map((row) => row[n] as bigint)
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

test('of a request at least forty coefficients are blank', () => {
  expect(leastBlanks).toBe(40)
})
