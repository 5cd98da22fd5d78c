import { createHash, randomBytes } from 'node:crypto'
import { lattice } from '../../core/protocol/lattice/scheme.ts'
import type { Layout, ParameterSet } from '../../core/protocol/scheme.ts'
import { encodeChunk } from '../../core/protocol/wire.ts'
import type { Target } from './target.ts'

const chunkBytes = 4_000_000

/** Keys and chunks of the lattice scheme that are nobody's: residues of 0 are as much work as others. */
export class LatticeShape {
  readonly #target: Target
  readonly #set: ParameterSet
  readonly #layout: Layout

  constructor(target: Target) {
    const set = lattice.setsFor(target.wholeCard).at(-1)
    const layout = set && lattice.layout(set, target.wholeCard)
    if (!set || !layout) throw new Error('The model has no parameters of the lattice scheme.')
    this.#target = target
    this.#set = set
    this.#layout = layout
  }

  /** A new one each time, by its seed. */
  key() {
    const bytes = new Uint8Array(lattice.publicKeyBytes(this.#set))
    bytes.set(randomBytes(32))
    const fingerprint = createHash('sha256').update(bytes).digest()
    return { bytes, fingerprint, path: `/v1/keys/${fingerprint.toString('hex')}?set=${this.#set.id}` }
  }

  /** `spoiled`: the last field is no residue. */
  chunk(key: Uint8Array, spoiled: boolean): Uint8Array {
    const layout = this.#layout
    let records = layout.mostRecords
    while (records > layout.blockRecords && layout.requestBytes(records) > chunkBytes) records -= layout.blockRecords
    const ciphertexts = new Uint8Array(layout.requestBytes(records))
    if (spoiled) ciphertexts.fill(0xff, -8)
    const { card } = this.#target
    return encodeChunk({ card, key, run: randomBytes(16), chunk: 0, records, ciphertexts })
  }
}
