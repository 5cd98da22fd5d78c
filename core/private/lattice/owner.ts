import { unforeseen } from '../../errors.ts'
import { fail } from '../../faults.ts'
import { seedBytes } from '../../protocol/lattice/arithmetic.ts'
import { coefficientsFor, fieldBytes, type Parameters } from '../../protocol/lattice/parameters.ts'
import { blankCoefficients } from '../../protocol/lattice/sample.ts'
import { type LatticeScheme, lattice } from '../../protocol/lattice/scheme.ts'
import { mixedKey, purposes, Stream } from '../../protocol/lattice/stream.ts'
import type { ModelShape, ParameterSet } from '../../protocol/scheme.ts'
import type { EncryptTask, OwnerEngine, OwnerKey, OwnerScheme } from '../owner.ts'
import type { LatticeKey, LatticeOwnerArithmetic } from './arithmetic.ts'

/**
 * The lattice scheme for a key's owner, by an engine of its arithmetic. A secret is 32 random bytes, from which, with the
 * parameters, everything else of a key follows.
 */
export function latticeOwner(arithmetic: LatticeOwnerArithmetic, scheme: LatticeScheme = lattice): OwnerEngine {
  return {
    owner: latticeSecrets(arithmetic, scheme),
    table: null,
    key: (set, secret) => new LatticeOwnerKey(arithmetic, scheme, set, secret),
  }
}

/** Its public key is made by an engine, since that is arithmetic too. */
export function latticeSecrets(arithmetic: LatticeOwnerArithmetic, scheme: LatticeScheme = lattice): OwnerScheme {
  return {
    scheme,
    secretBytes: () => seedBytes,
    generate: async (_, { random }) => Uint8Array.from(random(seedBytes)),
    checkSecret(_, secret) {
      if (secret.length !== seedBytes) fail('key/invalid', 'secretSize', { bytes: seedBytes })
    },
    publicKey(set, secret) {
      const key = arithmetic.key(scheme.parametersOf(set), secret)
      try {
        return key.maskKey()
      } finally {
        key.dispose()
      }
    },
    prove: async () => new Uint8Array(0),
  }
}

class LatticeOwnerKey implements OwnerKey {
  readonly set: ParameterSet
  readonly ahead = null
  readonly #parameters: Parameters
  readonly #secret: Uint8Array
  readonly #scheme: LatticeScheme
  #key: LatticeKey | null
  #opened = new Uint8Array(0)

  constructor(arithmetic: LatticeOwnerArithmetic, scheme: LatticeScheme, set: ParameterSet, secret: Uint8Array) {
    this.set = set
    this.#scheme = scheme
    this.#parameters = scheme.parametersOf(set)
    this.#secret = secret.slice()
    this.#key = arithmetic.key(this.#parameters, secret)
  }

  encrypt({ shape, records, integers, capacity, random, to }: EncryptTask): Uint8Array<ArrayBuffer> {
    const key = this.#open()
    const maxima = shape.inputs.map(({ max }) => max)
    if (integers.length !== maxima.length * capacity || records > capacity) {
      unforeseen('a block of other than its integers')
    }
    // A seed is used for one request, ever; so are the errors.
    const seed = Uint8Array.from(random(seedBytes))
    const { coefficients, filled } = this.#places(seed, records)
    const { slots, kept, dropped } = this.#parameters
    const place = (j: number, rows: Float64Array): void => {
      for (let r = 0; r < slots; r++) {
        const row = rows.subarray(r * coefficients, (r + 1) * coefficients)
        for (let i = 0, at = j * capacity + r; i * slots + r < records; i++, at += slots) {
          row[filled[i] as number] = integers[at] as number
        }
      }
    }
    const errorSeed = Uint8Array.from(random(seedBytes))
    const length = seedBytes + maxima.length * fieldBytes([...kept, ...dropped], coefficients)
    const bytes = to ?? new Uint8Array(length)
    if (bytes.length !== length) unforeseen('room for other than the ciphertexts')
    bytes.set(seed)
    key.encrypt({ seed, errorSeed, coefficients, maxima, place }, bytes.subarray(seedBytes))
    errorSeed.fill(0)
    return bytes
  }

  decrypt(shape: ModelShape, ciphertexts: Uint8Array, records: number): Uint8Array<ArrayBuffer> {
    const key = this.#open()
    const layout = this.#scheme.layout(this.set, shape)
    if (layout === null || ciphertexts.length !== layout.answerBytes(records)) {
      unforeseen('an answer of other than its ciphertexts')
    }
    const { coefficients, filled, blanks } = this.#places(ciphertexts.subarray(0, seedBytes), records)
    const { kept, degree } = this.#parameters
    const headBytes = fieldBytes(kept, degree) + fieldBytes(kept, coefficients)
    const heads = shape.heads.length
    const size = layout.plaintextBytes
    const plaintexts = new Uint8Array(filled.length * heads * size)
    const opened = this.#room(coefficients * size)
    try {
      for (let h = 0; h < heads; h++) {
        const from = seedBytes + h * headBytes
        const spoiled = key.decrypt(coefficients, ciphertexts.subarray(from, from + headBytes), opened)
        if (spoiled >= 0) fail('result/ciphertext', 'returnedCiphertext', {}, { index: h })
        checkBlanks(blanks.map((blank) => opened.subarray(blank * size, (blank + 1) * size)))
        if (heads === 1) gatherRuns(opened, filled, size, plaintexts)
        else gather(opened, filled, size, plaintexts.subarray(h * size), heads * size)
      }
      return plaintexts
    } finally {
      opened.fill(0)
    }
  }

  /** Bytes for what is opened, the same ones each time. */
  #room(bytes: number): Uint8Array {
    if (this.#opened.length < bytes) this.#opened = new Uint8Array(bytes)
    return this.#opened.subarray(0, bytes)
  }

  dispose(): void {
    this.#secret.fill(0)
    this.#key?.dispose()
    this.#key = null
  }

  #open(): LatticeKey {
    return this.#key ?? fail('key/locked', 'keyLetGo')
  }

  /** Which coefficients of a request hold records, in their order, and which are blank: known to the key alone. */
  #places(seed: Uint8Array, records: number) {
    const coefficients = coefficientsFor(this.#parameters, records)
    const count = coefficients - Math.ceil(records / this.#parameters.slots)
    // The seed comes back from a server, so it only ever meets a key of this purpose.
    const key = new Stream(this.#secret, this.#parameters, purposes.blanks).bytes(32)
    const stream = new Stream(mixedKey(key, seed), this.#parameters, purposes.blanks)
    const blanks = blankCoefficients(stream, coefficients, count)
    const isBlank = new Uint8Array(coefficients)
    for (const blank of blanks) isBlank[blank] = 1
    const filled = new Uint32Array(coefficients - count)
    for (let i = 0, next = 0; i < coefficients; i++) if (isBlank[i] === 0) filled[next++] = i
    return { coefficients, filled, blanks }
  }
}

/** Puts the items at `places`, `size` bytes each, `apart` bytes from each other. A view for each would take longer. */
function gather(items: Uint8Array, places: Uint32Array, size: number, to: Uint8Array, apart: number): void {
  for (let i = 0; i < places.length; i++) {
    const from = (places[i] as number) * size
    for (let byte = 0; byte < size; byte++) to[i * apart + byte] = items[from + byte] as number
  }
}

/** Puts them next to each other: those that were so before, which are most, at once. */
function gatherRuns(items: Uint8Array, places: Uint32Array, size: number, to: Uint8Array): void {
  for (let i = 0; i < places.length; ) {
    const first = places[i] as number
    let length = 1
    while (places[i + length] === first + length) length++
    to.set(items.subarray(first * size, (first + length) * size), i * size)
    i += length
  }
}

/**
 * All blanks hold zeros, so all of them open to the same: the constant of their head. An answer in which something else was
 * done to a polynomial as a whole shows here, since nobody but the key's owner knows where they are.
 */
function checkBlanks(blanks: readonly Uint8Array[]): void {
  const [first, ...others] = blanks
  for (const other of others) {
    if (!other.every((byte, i) => byte === first?.[i])) fail('result/integrity', 'integrity', { what: 'blanks' })
  }
}
