import { PrivateKey as ReferenceKey, PublicKey as ReferencePublicKey } from 'paillier-bigint'
import { fromBytes } from '../bytes.ts'
import { fail } from '../errors.ts'
import { inverse, modPow } from '../integers.ts'
import { type RandomBytes, uniformBelow } from '../random.ts'
import { batch, items } from '../twin.ts'
import type { OwnerArithmetic, PrivateArithmetic, ResidueTable } from './arithmetic.ts'
import { joinResidues } from './key.ts'

/**
 * The BigInt twin, private half. Opening is `paillier-bigint`'s own decryption; sealing draws residues modulo p²
 * and q² from a table and joins them.
 *
 * Why a table is enough (leftover hash lemma, Impagliazzo, Levin and Luby 1989): modulo p² the n-th residues are the
 * p-th powers, a cyclic group G of p − 1 elements. With D independent uniform bases b_i of G and digits α_i uniform
 * in [0, 2^w), two samples ∏ b_i^α_i collide with probability (1 + 2^(1−D) + |G|·2^(−D·w)) / |G| up to small terms,
 * so D ≥ 130 and D·w ≥ |p| + 128 put a sample within 2^−64 of uniform, for almost every choice of bases.
 */
export const ownerTwin: OwnerArithmetic = {
  engine: 'twin',
  privateKey: (p, q) => new PrivateTwin(fromBytes(p), fromBytes(q), 16 * p.length),
}

const windowBits = 8
const leastBases = 130

class PrivateTwin implements PrivateArithmetic {
  readonly bits: number
  readonly #p: bigint
  readonly #q: bigint
  readonly #n: bigint
  readonly #n2: bigint
  readonly #pp: bigint
  readonly #qq: bigint
  readonly #qqInverse: bigint
  readonly #reference: ReferenceKey
  #powers: { p: bigint[][]; q: bigint[][] } | null = null

  constructor(p: bigint, q: bigint, bits: number) {
    this.bits = bits
    this.#p = p
    this.#q = q
    this.#n = p * q
    this.#n2 = this.#n ** 2n
    this.#pp = p * p
    this.#qq = q * q
    this.#qqInverse = inverse(this.#qq, this.#pp) ?? fail('key/invalid', 'The primes are not distinct.')
    const lambda = (p - 1n) * (q - 1n)
    const mu = inverse(lambda, this.#n) ?? fail('key/invalid', 'The primes do not make a Paillier key.')
    this.#reference = new ReferenceKey(lambda, mu, new ReferencePublicKey(this.#n, this.#n + 1n), p, q)
  }

  makeTable(random: RandomBytes): ResidueTable {
    const bases = Math.max(leastBases, Math.ceil((this.bits / 2 + 128) / windowBits))
    const ofPrime = (prime: bigint): bigint[] =>
      Array.from({ length: bases }, () => modPow(uniformBelow(prime, random), prime, prime * prime))
    // The bases alone: whoever uses the table makes their small powers anew.
    const entries = batch([...ofPrime(this.#p), ...ofPrime(this.#q)], this.bits / 8)
    return { engine: 'twin', windowBits, entries }
  }

  useTable(table: ResidueTable): void {
    if (table.engine !== 'twin') fail('internal', 'The table is another engine’s.')
    const bases = items(table.entries, this.bits / 8)
    const half = bases.length / 2
    this.#powers = {
      p: bases.slice(0, half).map((base) => powersOf(base, 2 ** table.windowBits, this.#pp)),
      q: bases.slice(half).map((base) => powersOf(base, 2 ** table.windowBits, this.#qq)),
    }
  }

  residues(count: number, random: RandomBytes): Uint8Array<ArrayBuffer> {
    const residues = Array.from({ length: count }, () => {
      const powers = this.#powers
      const a = powers ? sample(powers.p, this.#pp, random) : modPow(uniformBelow(this.#p, random), this.#p, this.#pp)
      const b = powers ? sample(powers.q, this.#qq, random) : modPow(uniformBelow(this.#q, random), this.#q, this.#qq)
      return joinResidues(a, b, this.#pp, this.#qq, this.#qqInverse)
    })
    return batch(residues, this.bits / 4)
  }

  seal(plaintexts: Uint8Array, residues: Uint8Array): Uint8Array<ArrayBuffer> {
    const messages = items(plaintexts, this.bits / 8)
    const rhos = items(residues, this.bits / 4)
    if (messages.length !== rhos.length) fail('internal', 'Sealing needs one residue per plaintext.')
    return batch(
      messages.map((m, i) => ((1n + m * this.#n) * (rhos[i] as bigint)) % this.#n2),
      this.bits / 4,
    )
  }

  open(ciphertexts: Uint8Array): Uint8Array<ArrayBuffer> {
    const plaintexts = items(ciphertexts, this.bits / 4).map((c, i) => {
      if (c === 0n || c >= this.#n2 || c % this.#p === 0n || c % this.#q === 0n) {
        fail('result/ciphertext', 'A returned ciphertext is out of range.', { index: i })
      }
      return this.#reference.decrypt(c)
    })
    return batch(plaintexts, this.bits / 8)
  }
}

/** base^0 … base^(count − 1) mod m. */
function powersOf(base: bigint, count: number, m: bigint): bigint[] {
  const powers = [1n]
  for (let v = 1; v < count; v++) powers.push(((powers[v - 1] as bigint) * base) % m)
  return powers
}

/** One random digit per base; with eight-bit windows a digit is a byte. */
function sample(powers: readonly bigint[][], m: bigint, random: RandomBytes): bigint {
  const digits = random(powers.length)
  let product = 1n
  powers.forEach((table, i) => {
    product = (product * (table[digits[i] as number] as bigint)) % m
  })
  return product
}
