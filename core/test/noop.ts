import { unforeseen } from '../errors.ts'
import { fail } from '../faults.ts'
import { fromBytes } from '../number/bytes.ts'
import { mod } from '../number/integers.ts'
import type { OwnerArithmetic, PrivateArithmetic } from '../private/paillier/arithmetic.ts'
import type { Arithmetic, PublicArithmetic, ScoreTask } from '../protocol/paillier/arithmetic.ts'
import { batch, items, reference } from '../protocol/paillier/reference.ts'

/**
 * The scheme that encrypts nothing, with the interface of those that do: a ciphertext is its plaintext, L/4 bytes
 * wide, and a residue is zero. The whole path runs in microseconds on it. For tests alone.
 */
export const noop: Arithmetic & OwnerArithmetic = {
  engine: 'reference',
  hasMaskTables: false,
  tableAtOnce: false,
  publicKey: (n) => new Identity(fromBytes(n), 8 * n.length),
  powers: reference.powers,
  privateKey: (p, q) => new Identity(fromBytes(p) * fromBytes(q), 16 * p.length),
}

class Identity implements PublicArithmetic, PrivateArithmetic {
  readonly bits: number
  readonly #n: bigint

  constructor(n: bigint, bits: number) {
    this.bits = bits
    this.#n = n
  }

  firstInvalid(ciphertexts: Uint8Array): number {
    return items(ciphertexts, this.bits / 4).findIndex((c) => c >= this.#n)
  }

  masks(count: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array((count * this.bits) / 4)
  }

  prepareMasks(): boolean {
    return true
  }

  useMaskMemory(): void {}

  score({ ciphertexts, blocks, weights, offsets, masks }: ScoreTask): Uint8Array<ArrayBuffer> {
    const all = items(ciphertexts, this.bits / 4)
    const inputs = all.length / blocks
    if (masks.length !== (blocks * weights.length * this.bits) / 4) {
      unforeseen('other than one mask per block and head')
    }
    const sums: bigint[] = []
    for (let b = 0; b < blocks; b++) {
      weights.forEach((head, h) => {
        let sum = fromBytes(offsets[h] as Uint8Array)
        head.forEach((weight, j) => {
          sum += BigInt(weight) * (all[b * inputs + j] as bigint)
        })
        sums.push(mod(sum, this.#n))
      })
    }
    return batch(sums, this.bits / 4)
  }

  makeTable() {
    return { engine: 'reference', windowBits: 8, entries: new Uint8Array() } as const
  }

  useTable(): void {}

  dispose(): void {}

  residues(count: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array((count * this.bits) / 4)
  }

  encrypt(plaintexts: Uint8Array, residues: Uint8Array): Uint8Array<ArrayBuffer> {
    const messages = items(plaintexts, this.bits / 8)
    if (residues.length !== 2 * plaintexts.length) unforeseen('other than one residue per plaintext')
    if (messages.some((m) => m >= this.#n)) unforeseen('a plaintext that is not below n')
    return batch(messages, this.bits / 4)
  }

  decrypt(ciphertexts: Uint8Array): Uint8Array<ArrayBuffer> {
    const plaintexts = items(ciphertexts, this.bits / 4)
    const bad = plaintexts.findIndex((c) => c >= this.#n)
    if (bad >= 0) fail('result/ciphertext', 'returnedCiphertext', {}, { index: bad })
    return batch(plaintexts, this.bits / 8)
  }
}
