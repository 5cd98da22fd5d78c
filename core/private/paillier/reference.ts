import { PrivateKey as ReferenceKey, PublicKey as ReferencePublicKey } from 'paillier-bigint'
import { unforeseen } from '../../errors.ts'
import { fail } from '../../faults.ts'
import { fromBytes } from '../../number/bytes.ts'
import { inverse } from '../../number/integers.ts'
import type { RandomBytes } from '../../number/random.ts'
import { batch, items } from '../../protocol/paillier/reference.ts'
import type { OwnerArithmetic, PrivateArithmetic, ResidueTable } from './arithmetic.ts'
import { joinResidues } from './privateKey.ts'
import { basesFor, powerTable, residueBases, tableSample, uniformResidue, windowBits } from './residues.ts'

/**
 * The BigInt reference, private half. Decryption is `paillier-bigint`'s own; encryption draws residues modulo p²
 * and q² from a table (`residues.ts`) and joins them.
 */
export const ownerReference: OwnerArithmetic = {
  engine: 'reference',
  tableAtOnce: false,
  privateKey: (p, q) => new PrivateReference(fromBytes(p), fromBytes(q), 16 * p.length),
}

class PrivateReference implements PrivateArithmetic {
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
    this.#qqInverse = inverse(this.#qq, this.#pp) ?? fail('key/invalid', 'primesNotDistinct')
    const lambda = (p - 1n) * (q - 1n)
    const mu = inverse(lambda, this.#n) ?? fail('key/invalid', 'primesMakeNoKey')
    this.#reference = new ReferenceKey(lambda, mu, new ReferencePublicKey(this.#n, this.#n + 1n), p, q)
  }

  makeTable(random: RandomBytes): ResidueTable {
    const count = basesFor(this.bits / 2)
    // The bases alone: whoever uses the table makes their small powers anew.
    const bases = [...residueBases(this.#p, count, random), ...residueBases(this.#q, count, random)]
    const entries = batch(bases, this.bits / 8)
    return { engine: 'reference', windowBits, entries }
  }

  useTable(table: ResidueTable): void {
    if (table.engine !== 'reference' || table.windowBits !== windowBits) unforeseen('a table of another engine')
    const bases = items(table.entries, this.bits / 8)
    const half = bases.length / 2
    this.#powers = {
      p: powerTable(bases.slice(0, half), this.#pp),
      q: powerTable(bases.slice(half), this.#qq),
    }
  }

  residues(count: number, random: RandomBytes): Uint8Array<ArrayBuffer> {
    const residues = Array.from({ length: count }, () => {
      const powers = this.#powers
      const a = powers ? tableSample(powers.p, this.#pp, random) : uniformResidue(this.#p, random)
      const b = powers ? tableSample(powers.q, this.#qq, random) : uniformResidue(this.#q, random)
      return joinResidues(a, b, this.#pp, this.#qq, this.#qqInverse)
    })
    return batch(residues, this.bits / 4)
  }

  encrypt(plaintexts: Uint8Array, residues: Uint8Array): Uint8Array<ArrayBuffer> {
    const messages = items(plaintexts, this.bits / 8)
    const rhos = items(residues, this.bits / 4)
    if (messages.length !== rhos.length) unforeseen('other than one residue per plaintext')
    return batch(
      messages.map((m, i) => ((1n + m * this.#n) * (rhos[i] as bigint)) % this.#n2),
      this.bits / 4,
    )
  }

  decrypt(ciphertexts: Uint8Array): Uint8Array<ArrayBuffer> {
    const plaintexts = items(ciphertexts, this.bits / 4).map((c, i) => {
      if (c === 0n || c >= this.#n2 || c % this.#p === 0n || c % this.#q === 0n) {
        fail('result/ciphertext', 'returnedCiphertext', {}, { index: i })
      }
      return this.#reference.decrypt(c)
    })
    return batch(plaintexts, this.bits / 8)
  }

  /** BigInts cannot be overwritten; the table can at least be let go of. */
  dispose(): void {
    this.#powers = null
  }
}
