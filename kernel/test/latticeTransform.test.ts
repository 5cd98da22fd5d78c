import './setup.ts'
import { describe, expect, test } from 'vitest'
import { inverse, mod } from '../../core/number/integers.ts'
import type { Parameters } from '../../core/protocol/lattice/parameters.ts'
import { largestPrimes } from '../../core/protocol/lattice/primes.ts'
import { fromValues, toValues } from '../../core/protocol/lattice/ring.ts'
import { draws } from '../../core/test/lattice/support.ts'
import { type LatticeModule, loadLattice, loadPlainLattice } from '../lattice/loader.ts'
import { centred, type Modulus, Workspace } from '../lattice/workspace.ts'

/**
 * The arithmetic of residues where its sums are as large as they come: against BigInt, and against the bounds that are
 * written beside it (`kernel/lattice/README.md`). Primes are the largest that the ring takes, and a smaller one.
 */

const modules = [
  ['fused', loadLattice() as LatticeModule],
  ['plain', loadPlainLattice() as LatticeModule],
] as const
const degree = 16_384
/** Factors that are tried for one that is worst. */
const tried = 400
const primes = [...largestPrimes(49, 1), ...largestPrimes(40, 1)]
const parameters = { degree, slotBits: 20, weightBits: 19, kept: primes, dropped: [] } as unknown as Parameters

function workspace(module: LatticeModule) {
  const work = new Workspace(module)
  const moduli = work.use(parameters)
  const [x, y] = [work.doubles(degree), work.doubles(degree)]
  const read = (at: number) => new Float64Array(work.memory.buffer, at, degree)
  return { work, moduli, x, y, read }
}

const residuesOf = (values: ArrayLike<number>, p: number) =>
  Array.from(values, (value) => mod(BigInt(value), BigInt(p)))
const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0)

/** Signs that change every so many places, for each power of two, and signs of no order. */
function signPatterns(): readonly ((i: number) => number)[] {
  const draw = draws(5)
  const random = Array.from({ length: degree }, () => 2 * draw(2) - 1)
  const periods = [1, 2, 4, 64, degree / 4, degree / 2, degree]
  return [
    ...periods.map((period) => (i: number) => (Math.floor(i / period) % 2 === 0 ? 1 : -1)),
    (i) => random[i] as number,
  ]
}

/**
 * Coefficients whose products at every level on the way to one value have the sign of what they are added to and are as
 * large as any that is found: about p/2, and more where q is rounded away from the nearest multiple.
 */
function steepest({ p, inverse: inverted, forward }: Modulus, work: Workspace, sign: 1 | -1): Float64Array {
  const values = new Float64Array(degree)
  values[0] = (sign * (p + 1)) / 2
  const mark = work.mark()
  const [from, factor, to] = [work.doubles(tried), work.doubles(tried), work.doubles(tried)]
  for (let blocks = 1, at = degree / 2; at >= 1; blocks *= 2, at /= 2) {
    const w = new Float64Array(work.memory.buffer, forward, degree)[blocks] as number
    const reciprocal = inverse(mod(BigInt(w), BigInt(p)), BigInt(p)) as bigint
    const candidates = Array.from({ length: tried }, (_, k) =>
      centred(reciprocal * BigInt(sign * Math.round(p * (0.46 + (0.1 * k) / tried))), p),
    )
    work.writeDoubles(from, candidates)
    work.writeDoubles(factor, Array(tried).fill(w))
    work.functions.product(to, from, factor, tried, p, inverted)
    const products = new Float64Array(work.memory.buffer, to, tried).map((product) => sign * product)
    values[at] = candidates[products.indexOf(Math.max(...products))] as number
  }
  work.release(mark)
  return values
}

describe.each(modules)('the %s module', (_, module) => {
  const { work, moduli, x, y, read } = workspace(module)
  const { functions } = work

  test('transforms without a wrong digit where every level adds as much as it can', () => {
    for (const modulus of moduli) {
      const { p, inverse: inverted, forward } = modulus
      const steep = [1, -1].map((sign) => steepest(modulus, work, sign as 1 | -1))
      const full = signPatterns().map((sign) =>
        Float64Array.from({ length: degree }, (_v, i) => (sign(i) * (p + 1)) / 2),
      )
      for (const [k, values] of [...steep, ...full].entries()) {
        work.writeDoubles(x, values)
        functions.forward(x, forward, degree, p, inverted)
        const got = read(x).slice()
        if (k < 2) expect(Math.abs(got[0] as number)).toBeGreaterThan(7.49 * p)
        expect(largest(got)).toBeLessThan(16 * p)
        expect(differ(residuesOf(got, p), toValues(residuesOf(values, p), p))).toBe(-1)
      }
    }
  })

  test('transforms back from values as large as 4·p, of signs that add up at one level or another', () => {
    for (const { p, inverse: inverted, backward } of moduli) {
      for (const sign of signPatterns()) {
        const values = Float64Array.from({ length: degree }, (_v, i) => sign(i) * (4 * p - (i % 3)))
        work.writeDoubles(x, values)
        functions.backward(x, backward, degree, p, inverted)
        const got = read(x).slice()
        expect(largest(got)).toBeLessThanOrEqual(4 * p)
        const expected = fromValues(residuesOf(values, p), p).map((value) => (value * BigInt(degree)) % BigInt(p))
        expect(differ(residuesOf(got, p), expected)).toBe(-1)
      }
    }
  })

  test('multiplies, adds, centres and divides at the ends of what its sums may be', () => {
    for (const { p, inverse: inverted } of moduli) {
      const half = (p - 1) / 2
      const most = Math.min(16 * p, 2 ** 53) - 1
      const ends = [0, 1, half, half + 1, p - 1, p, 4 * p, 15 * half, most - p, most - 1, most].flatMap((end) => [
        end,
        -end,
      ])
      const factors = [1, half, half - 1, Math.floor(p / 3), 2 ** 24].flatMap((end) => [end, -end])
      const pairs = ends.flatMap((a) => factors.map((w) => [a, w] as const))
      const count = Math.ceil(pairs.length / 8) * 8
      const [as, ws] = [0, 1].map((at) =>
        Float64Array.from({ length: count }, (_v, i) => pairs[i % pairs.length]?.[at] ?? 0),
      ) as [Float64Array, Float64Array]
      const big = (values: Float64Array) => Array.from(values, BigInt)
      const check = (got: Float64Array, exact: readonly bigint[], bound: number) => {
        expect(largest(got)).toBeLessThanOrEqual(bound)
        expect(
          differ(
            residuesOf(got, p),
            exact.map((value) => mod(value, BigInt(p))),
          ),
        ).toBe(-1)
      }
      const [a, w] = [big(as), big(ws)]
      const products = a.map((value, i) => value * (w[i] as bigint))
      const done = (act: () => void, at = x) => {
        work.writeDoubles(x, as)
        work.writeDoubles(y, ws)
        act()
        return read(at).slice(0, count)
      }
      check(
        done(() => functions.product(x, x, y, count, p, inverted)),
        products,
        2 * p,
      )
      check(
        done(() => functions.addProduct(y, x, y, count, p, inverted), y),
        products.map((product, i) => product + (w[i] as bigint)),
        2.5 * p,
      )
      check(
        done(() => functions.centreAll(x, count, p, inverted)),
        a,
        half + 1,
      )
      const c = -half
      check(
        done(() => functions.addScaled(y, x, c, count, p, inverted), y),
        a.map((value, i) => (w[i] as bigint) + value * BigInt(c)),
        2.5 * p,
      )
      // A residue below 16·p less a centred rest, as in the drop.
      const near = as.map((value) => Math.sign(value) * Math.min(Math.abs(value), most - half))
      const rests = ws.map((value, i) =>
        Math.abs(value) <= half ? -Math.sign(near[i] as number) * Math.abs(value) : 0,
      )
      work.writeDoubles(x, near)
      work.writeDoubles(y, rests)
      functions.divided(x, y, half, count, p, inverted)
      const quotients = big(near).map((value, i) => (value - BigInt(rests[i] as number)) * BigInt(half))
      check(read(x).slice(0, count), quotients, half + 1)
    }
  })
})

/** The first place where they differ, or −1: to show them takes longer than to compute them. */
function differ(ours: readonly bigint[], theirs: readonly bigint[]): number {
  return ours.findIndex((value, i) => value !== theirs[i])
}
