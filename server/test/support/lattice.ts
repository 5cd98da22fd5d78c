import { randomBytes } from 'node:crypto'
import '../../../kernel/test/setup.ts'
import { openAnswer, sealRecords } from '../../../client/owner/seal.ts'
import type { Card } from '../../../core/card/card.ts'
import { makeEncoder } from '../../../core/card/encode.ts'
import { latticeOwner } from '../../../core/private/lattice/owner.ts'
import type { OwnerKey } from '../../../core/private/owner.ts'
import { lattice } from '../../../core/protocol/lattice/scheme.ts'
import { latticeScoring } from '../../../core/protocol/lattice/scoring.ts'
import type { ParameterSet } from '../../../core/protocol/scheme.ts'
import { layoutOf } from '../../../core/protocol/schemes.ts'
import { type Chunk, decodeChunk, encodeChunk } from '../../../core/protocol/wire.ts'
import { type LatticeModule, loadLattice } from '../../../kernel/lattice/loader.ts'
import { latticeOwnerArithmetic } from '../../../kernel/lattice/private.ts'
import { latticeArithmetic } from '../../../kernel/lattice/public.ts'
import { sha256Hex } from '../../digest.ts'

/** A client of the lattice scheme, and the engine that a server scores its chunks with. */

const module = loadLattice() as LatticeModule
export const latticeEngine = latticeScoring(latticeArithmetic(module))
const engine = latticeOwner(latticeOwnerArithmetic(module))

export class LatticeClient {
  readonly set: ParameterSet
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly fingerprint: string
  readonly #key: OwnerKey

  constructor(card: Card, set = lattice.setsFor(card)[0]) {
    this.set = set as ParameterSet
    const secret = randomBytes(32)
    this.#key = engine.key(this.set, secret)
    this.publicKey = engine.owner.publicKey(this.set, secret)
    this.fingerprint = sha256Hex(this.publicKey)
  }

  seal(card: Card, records: readonly (readonly string[])[], run = randomBytes(16), chunk = 0): Chunk {
    const { blockRecords } = layoutOf(this.set.id, card)
    const capacity = Math.ceil(records.length / blockRecords) * blockRecords
    const encoder = makeEncoder(card)
    const integers = new Float64Array(card.inputs.length * capacity)
    records.forEach((cells, r) => {
      const problems = encoder.encode(cells, integers, capacity, r)
      if (problems.length > 0) throw new Error(`a test's record has ${problems[0]?.code}`)
    })
    const header = { card, fingerprint: this.fingerprint, run }
    const block = { chunk, records: records.length, capacity, integers }
    return decodeChunk(sealRecords(this.#key, header, block, new Uint8Array(0), randomBytes))
  }

  open(card: Card, answer: Chunk): number[][] {
    const { run, records, chunk } = answer
    const header = { card, fingerprint: this.fingerprint, run }
    const predictors = openAnswer(this.#key, header, { chunk, records }, encodeChunk(answer))
    const heads = card.heads.length
    return Array.from({ length: records }, (_, r) => Array.from(predictors.subarray(r * heads, (r + 1) * heads)))
  }

  keyRequest(publicKey: Uint8Array = this.publicKey): RequestInit {
    return {
      method: 'PUT',
      headers: { 'Content-Type': 'application/octet-stream' },
      body: new Uint8Array(publicKey),
    }
  }

  get address(): string {
    return `/v1/keys/${this.fingerprint}?set=${this.set.id}`
  }
}
