import { unforeseen } from '../../errors.ts'
import { fail } from '../../faults.ts'
import { concat, fromBytes, toBytes } from '../../number/bytes.ts'
import type { RandomBytes } from '../../number/random.ts'
import { packInto } from '../../protocol/pack.ts'
import type { KeySize } from '../../protocol/paillier/layout.ts'
import { paillier } from '../../protocol/paillier/scheme.ts'
import type { Layout, ModelShape, ParameterSet } from '../../protocol/scheme.ts'
import type { EncryptTask, OwnerAhead, OwnerEngine, OwnerKey, OwnerScheme, OwnerTable } from '../owner.ts'
import type { OwnerArithmetic, PrivateArithmetic, ResidueTable } from './arithmetic.ts'
import { isPrime } from './prime.ts'
import { makePrivateKey, type PrivateKey, proveKey } from './privateKey.ts'

/** Paillier for a key's owner. A secret is p ‖ q, L/16 bytes each, big-endian. */
export const paillierSecrets: OwnerScheme = {
  scheme: paillier,
  secretBytes: ({ bits }) => bits / 8,
  async generate(set, { primes }) {
    const { bits, p, q } = makePrivateKey(...(await primes(set.bits)), set.bits as KeySize)
    return concat([toBytes(p, bits / 16), toBytes(q, bits / 16)])
  },
  checkSecret(set, secret, random: RandomBytes) {
    const { p, q } = keyOf(set, secret)
    if (!isPrime(p, random) || !isPrime(q, random)) fail('key/invalid', 'primeFactors')
  },
  publicKey: (set, secret) => toBytes(keyOf(set, secret).n, set.bits / 8),
  prove: (set, secret, sha256) => proveKey(keyOf(set, secret), sha256),
}

/** Throws `key/invalid` for primes that make no key. */
function keyOf({ bits }: ParameterSet, secret: Uint8Array): PrivateKey {
  if (secret.length !== bits / 8) fail('key/invalid', 'primeSizes')
  const half = secret.length / 2
  return makePrivateKey(fromBytes(secret.subarray(0, half)), fromBytes(secret.subarray(half)), bits as KeySize)
}

/** Paillier by an engine of its private arithmetic: what is made ahead are residues, drawn from a table of their bases. */
export function paillierOwner(arithmetic: OwnerArithmetic): OwnerEngine {
  return {
    owner: paillierSecrets,
    table: arithmetic.tableAtOnce ? 'at once' : 'later',
    key: (set, secret) => {
      const half = secret.length / 2
      return new PaillierOwnerKey(set, arithmetic.privateKey(secret.subarray(0, half), secret.subarray(half)))
    },
  }
}

class PaillierOwnerKey implements OwnerKey {
  readonly set: ParameterSet
  readonly ahead: OwnerAhead
  #arithmetic: PrivateArithmetic | null

  constructor(set: ParameterSet, arithmetic: PrivateArithmetic) {
    this.set = set
    this.#arithmetic = arithmetic
    this.ahead = {
      itemBytes: set.bits / 4,
      make: (count, random) => this.#open().residues(count, random),
      makeTable: (random) => this.#open().makeTable(random),
      useTable: (table: OwnerTable) => this.#open().useTable(table as ResidueTable),
    }
  }

  encrypt({ shape, records, integers, capacity, items, to }: EncryptTask): Uint8Array<ArrayBuffer> {
    const { slots, plaintextBytes } = this.#layout(shape)
    const inputs = shape.inputs.length
    const blocks = Math.ceil(records / slots)
    if (integers.length !== inputs * capacity || records > capacity) {
      unforeseen('a block of other than its integers')
    }
    const plaintexts = new Uint8Array(blocks * inputs * plaintextBytes)
    for (let b = 0; b < blocks; b++) {
      for (let j = 0; j < inputs; j++) {
        const from = j * capacity + b * slots
        const values = integers.subarray(from, Math.min(from + slots, (j + 1) * capacity))
        const at = (b * inputs + j) * plaintextBytes
        packInto(values, shape.slotBits, plaintexts.subarray(at, at + plaintextBytes))
      }
    }
    const ciphertexts = this.#open().encrypt(plaintexts, items)
    if (to === undefined) return ciphertexts
    if (to.length !== ciphertexts.length) unforeseen('room for other than the ciphertexts')
    to.set(ciphertexts)
    return to
  }

  decrypt(shape: ModelShape, ciphertexts: Uint8Array, records: number): Uint8Array<ArrayBuffer> {
    if (ciphertexts.length !== this.#layout(shape).answerBytes(records)) {
      unforeseen('an answer of other than its ciphertexts')
    }
    return this.#open().decrypt(ciphertexts)
  }

  dispose(): void {
    this.#arithmetic?.dispose()
    this.#arithmetic = null
  }

  #open(): PrivateArithmetic {
    return this.#arithmetic ?? fail('key/locked', 'keyLetGo')
  }

  #layout(shape: ModelShape): Layout {
    return paillier.layout(this.set, shape) ?? fail('model/budget', 'recordFitsNot', { bits: this.set.bits })
  }
}
