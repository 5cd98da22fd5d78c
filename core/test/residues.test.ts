import { describe, expect, it } from 'vitest'
import { fromBytes, toBytes } from '../number/bytes.ts'
import { gcd, modPow } from '../number/integers.ts'
import { uniformBelow } from '../number/random.ts'
import { ownerReference } from '../private/paillier/reference.ts'
import {
  basesFor,
  powerTable,
  residueBases,
  tableSample,
  uniformResidue,
  windowBits,
} from '../private/paillier/residues.ts'
import { items, reference } from '../protocol/paillier/reference.ts'
import { runs } from './dial.ts'
import { seededRandom } from './sources.ts'

/**
 * How far counts are from uniform over `cells`, in standard deviations of chi-square: about N(0, 1) when they are.
 * The sources are seeded, so a test that passes once always does.
 */
function deviation(counts: ReadonlyMap<string, number>, cells: number, samples: number): number {
  const expected = samples / cells
  let chi = (cells - counts.size) * expected
  for (const count of counts.values()) chi += (count - expected) ** 2 / expected
  return (chi - (cells - 1)) / Math.sqrt(2 * (cells - 1))
}

function count(samples: Iterable<bigint>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const sample of samples) counts.set(String(sample), (counts.get(String(sample)) ?? 0) + 1)
  return counts
}

const limit = 5
const many = runs(20000).numRuns

/** The p-th residues modulo p²: p − 1 of them. */
const group = (p: bigint): Set<string> =>
  new Set(Array.from({ length: Number(p) - 1 }, (_, i) => String(modPow(BigInt(i + 1), p, p * p))))

describe.each([11n, 23n, 101n])('on the toy group modulo %d²', (p) => {
  const m = p * p
  const cells = Number(p) - 1

  it('a table sample is a uniform p-th residue', () => {
    const random = seededRandom(`table ${p}`)
    const table = powerTable(residueBases(p, basesFor(8), random), m)
    const counts = count(Array.from({ length: many }, () => tableSample(table, m, random)))
    expect(new Set(counts.keys())).toEqual(group(p))
    expect(Math.abs(deviation(counts, cells, many))).toBeLessThan(limit)
  })

  it('so is a single one by exponentiation', () => {
    const random = seededRandom(`power ${p}`)
    const counts = count(Array.from({ length: many }, () => uniformResidue(p, random)))
    expect(new Set(counts.keys())).toEqual(group(p))
    expect(Math.abs(deviation(counts, cells, many))).toBeLessThan(limit)
  })

  it('a table of one base, or of digits that are not uniform, is seen not to be', () => {
    const random = seededRandom(`bad ${p}`)
    // The square of a residue generates at most half of the group.
    const [base = 0n] = residueBases(p, 1, random)
    const one = powerTable([(base * base) % m], m)
    const counts = count(Array.from({ length: many }, () => tableSample(one, m, random)))
    expect(deviation(counts, cells, many)).toBeGreaterThan(10 * limit)
    const short = powerTable(residueBases(p, 2, random), m)
    const biased = count(
      Array.from({ length: many }, () => tableSample(short, m, (length) => random(length).map((byte) => byte & 1))),
    )
    expect(deviation(biased, cells, many)).toBeGreaterThan(10 * limit)
  })
})

describe('on the toy key n = 191 · 193', () => {
  const [p, q] = [191n, 193n]
  const n = p * q

  it.each(['with its table', 'without'])(
    'the owner’s residues are uniform modulo p², modulo q², and together: %s',
    (way) => {
      const random = seededRandom(`owner ${way}`)
      const owner = ownerReference.privateKey(toBytes(p, 1), toBytes(q, 1))
      if (way === 'with its table') owner.useTable(owner.makeTable(random))
      const residues = items(owner.residues(many, random), 4)
      expect(residues.every((r) => r < n * n && modPow(r, (p - 1n) * (q - 1n), n * n) === 1n)).toBe(true)
      expect(Math.abs(deviation(count(residues.map((r) => r % (p * p))), 190, many))).toBeLessThan(limit)
      expect(Math.abs(deviation(count(residues.map((r) => r % (q * q))), 192, many))).toBeLessThan(limit)
      // Together: the classes of the 10th part of each group, which a residue raised to 19 and to 24 falls into.
      const joint = residues.map((r) => modPow(r, 19n, p * p) * 100000n + modPow(r, 24n, q * q))
      expect(Math.abs(deviation(count(joint), 80, many))).toBeLessThan(limit)
    },
  )

  it('the server’s masks are uniform n-th residues modulo n²', () => {
    const random = seededRandom('masks')
    const small = 11n * 17n
    const masks = items(reference.publicKey(toBytes(small, 1)).masks(many, random), 2)
    // With a real key no one ever meets a multiple of p or q; here every seventh number is one.
    const units = masks.filter((mask) => gcd(mask, small) === 1n)
    expect(Math.abs(deviation(count(units), 160, units.length))).toBeLessThan(limit)
  })
})

describe('a table sample', () => {
  it('is ∏ b_i^α_i with the random bytes, all eight bits of each, as digits', () => {
    const p = 65537n
    const m = p * p
    const bases = residueBases(p, 3, seededRandom('digits'))
    const table = powerTable(bases, m)
    for (const digits of [
      [0, 0, 0],
      [1, 2, 3],
      [255, 128, 127],
      [254, 255, 64],
    ]) {
      const product = bases.reduce((x, base, i) => (x * modPow(base, BigInt(digits[i] as number), m)) % m, 1n)
      expect(tableSample(table, m, () => Uint8Array.from(digits))).toBe(product)
    }
  })
})

describe('sizes', () => {
  it.each([
    [1024, 144],
    [1536, 208],
    [2048, 272],
  ])('a prime of %d bits takes %d bases, which is at least 130 and |p| + 128 bits of digits', (bits, bases) => {
    expect(basesFor(bits)).toBe(bases)
    expect(bases).toBeGreaterThanOrEqual(130)
    expect(bases * windowBits).toBeGreaterThanOrEqual(bits + 128)
  })

  it('a table is as wide as its bases; another engine’s is refused', () => {
    const owner = ownerReference.privateKey(toBytes(191n, 1), toBytes(193n, 1))
    const table = owner.makeTable(seededRandom('sizes'))
    expect(table.entries.length).toBe(2 * basesFor(8) * 2)
    expect(() => owner.useTable({ ...table, engine: 'kernel' })).toThrow(expect.objectContaining({ code: 'internal' }))
    expect(() => owner.useTable({ ...table, windowBits: 4 })).toThrow(expect.objectContaining({ code: 'internal' }))
  })
})

describe('uniformBelow', () => {
  it.each([2n, 3n, 16n, 100n, 257n])('is uniform in [1, %d)', (below) => {
    const random = seededRandom(`below ${below}`)
    const counts = count(Array.from({ length: many }, () => uniformBelow(below, random)))
    expect(counts.size).toBe(Number(below) - 1)
    expect([...counts.keys()].every((key) => BigInt(key) >= 1n && BigInt(key) < below)).toBe(true)
    if (below > 2n) expect(Math.abs(deviation(counts, Number(below) - 1, many))).toBeLessThan(limit)
  })

  it('draws again what falls outside', () => {
    const draws = [Uint8Array.of(0), Uint8Array.of(0xff), Uint8Array.of(0x50)]
    expect(uniformBelow(100n, () => draws.shift() as Uint8Array)).toBe(fromBytes(Uint8Array.of(0x50)) >> 1n)
    expect(draws).toHaveLength(0)
  })
})
