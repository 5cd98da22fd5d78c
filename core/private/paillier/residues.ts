import { modPow } from '../../number/integers.ts'
import { type RandomBytes, uniformBelow } from '../../number/random.ts'

/**
 * Uniform p-th residues modulo p², by table. For the order of the group they are a parameter: the tests draw from
 * groups small enough to count.
 *
 * Why a table is enough (leftover hash lemma, Impagliazzo, Levin and Luby 1989): modulo p² the n-th residues are the
 * p-th powers, a cyclic group G of p − 1 elements. With D independent uniform bases b_i of G and digits α_i uniform
 * in [0, 2^w), two samples ∏ b_i^α_i collide with probability (1 + 2^(1−D) + |G|·2^(−D·w)) / |G| up to small terms,
 * so D ≥ 130 and D·w ≥ |p| + 128 put a sample within 2^−64 of uniform, for almost every choice of bases.
 */

/** w: a digit is a byte. */
export const windowBits = 8
const leastBases = 130

/** D, for a prime of `primeBits`. */
export function basesFor(primeBits: number): number {
  return Math.max(leastBases, Math.ceil((primeBits + 128) / windowBits))
}

/** `count` independent, uniform p-th residues modulo p². Secret. */
export function residueBases(p: bigint, count: number, random: RandomBytes): bigint[] {
  return Array.from({ length: count }, () => uniformResidue(p, random))
}

/** One uniform p-th residue modulo p², by exponentiation. */
export function uniformResidue(p: bigint, random: RandomBytes): bigint {
  return modPow(uniformBelow(p, random), p, p * p)
}

/** Per base, its powers base^0 … base^(2^w − 1) modulo m. */
export function powerTable(bases: readonly bigint[], m: bigint): bigint[][] {
  return bases.map((base) => {
    const powers = [1n]
    for (let v = 1; v < 2 ** windowBits; v++) powers.push(((powers[v - 1] as bigint) * base) % m)
    return powers
  })
}

/** ∏ b_i^α_i modulo m, with one random byte α_i per base. */
export function tableSample(table: readonly (readonly bigint[])[], m: bigint, random: RandomBytes): bigint {
  const digits = random(table.length)
  let product = 1n
  table.forEach((powers, i) => {
    product = (product * (powers[digits[i] as number] as bigint)) % m
  })
  return product
}
