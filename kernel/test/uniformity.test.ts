import './setup.ts'
import { expect, test } from 'vitest'
import { fromBytes } from '../../core/number/bytes.ts'
import { kernelOwnerArithmetic } from '../private.ts'
import { kernelArithmetic } from '../public.ts'
import { kernel, power, random } from './harness.ts'

/*
 * On groups small enough to count: every n-th residue modulo n² as often as any other. The statistic of k equally likely
 * cells has mean k - 1 and variance 2(k - 1); six deviations either way is an error in a thousand million.
 */
function expectUniform(counts: Map<string, number>, cells: number, total: number): void {
  const expected = total / cells
  let statistic = (cells - counts.size) * expected
  for (const count of counts.values()) statistic += (count - expected) ** 2 / expected
  const deviation = Math.sqrt(2 * (cells - 1))
  expect(counts.size).toBeLessThanOrEqual(cells)
  expect(Math.abs(statistic - (cells - 1))).toBeLessThan(6 * deviation)
}

const rounds = process.env.SLOW ? 400 : 20

test.each([
  [181, 191],
  [251, 241],
  [193, 227],
])('residues of p = %i, q = %i are uniform, alone and together', (p, q) => {
  const n2 = (p * q) ** 2
  const owner = kernelOwnerArithmetic(kernel()).privateKey(Uint8Array.of(p), Uint8Array.of(q))
  const [byP, byQ, together] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()]
  const count = 1000
  for (let round = 0; round < rounds; round++) {
    const residues = owner.residues(count, random)
    for (let i = 0; i < count; i++) {
      const rho = Number(fromBytes(residues.subarray(4 * i, 4 * i + 4)))
      expect(rho).toBeLessThan(n2)
      tally(byP, rho % p ** 2)
      tally(byQ, rho % q ** 2)
      // A coarser cell than the residue itself: 1,000 cells of the index, so that each is expected often.
      tally(together, `${(rho % p) % 30},${(rho % q) % 30}`)
    }
  }
  expectUniform(byP, p - 1, rounds * count)
  expectUniform(byQ, q - 1, rounds * count)
  for (const cell of byP.keys()) expect(power(BigInt(cell), BigInt(p - 1), BigInt(p) ** 2n)).toBe(1n)
  expectIndependent(together, p, q, rounds * count)
})

/** The pair's cells have unequal, known sizes: (values of each part) / (p − 1)(q − 1). */
function expectIndependent(counts: Map<string, number>, p: number, q: number, total: number): void {
  const sizes = (prime: number) => {
    const of = new Array<number>(30).fill(0)
    for (let v = 1; v < prime; v++) of[v % 30] = (of[v % 30] as number) + 1
    return of
  }
  const [rows, columns] = [sizes(p), sizes(q)]
  let statistic = 0
  rows.forEach((row, i) => {
    columns.forEach((column, j) => {
      const expected = (total * row * column) / ((p - 1) * (q - 1))
      statistic += ((counts.get(`${i},${j}`) ?? 0) - expected) ** 2 / expected
    })
  })
  expect(Math.abs(statistic - 899)).toBeLessThan(6 * Math.sqrt(2 * 899))
}

test('masks are uniform, by exponentiation and by table', () => {
  const [p, q] = [181, 191]
  const n = p * q
  const key = kernelArithmetic(kernel()).publicKey(Uint8Array.of(n >> 8, n & 255))
  // On a toy, r below n may share a factor with it: here only units are drawn.
  const units = (count: number) => {
    for (;;) {
      const bytes = random(count)
      const r = (bytes[0] as number) * 256 + (bytes[1] as number)
      if (count !== 2 || (r < n && r % p !== 0 && r % q !== 0)) return bytes
    }
  }
  for (const prepared of [false, true]) {
    if (prepared) key.prepareMasks(units)
    const counts = new Map<string, number>()
    const total = rounds * 500
    const masks = key.masks(total, prepared ? random : units)
    for (let i = 0; i < total; i++) tally(counts, Number(fromBytes(masks.subarray(4 * i, 4 * i + 4))) % p ** 2)
    expectUniform(counts, p - 1, total)
  }
})

function tally(counts: Map<string, number>, cell: number | string): void {
  counts.set(`${cell}`, (counts.get(`${cell}`) ?? 0) + 1)
}
