import { latticeOwner } from '../../private/lattice/owner.ts'
import { lattice } from '../../protocol/lattice/scheme.ts'
import { latticeScoring } from '../../protocol/lattice/scoring.ts'
import { readPredictors } from '../../protocol/open.ts'
import type { Layout, ModelShape, ParameterSet } from '../../protocol/scheme.ts'
import type { Head } from '../../protocol/scoring.ts'
import { secureRandom } from '../sources.ts'
import { draws, engines } from './support.ts'

/** Models of any width, and what comes back of records that were sealed, scored and opened at full size. */

const [, owner, scoring] = engines[0]
const none = new Uint8Array(0)

export interface WideModel {
  readonly shape: ModelShape
  readonly heads: readonly Head[]
  readonly maxima: readonly number[]
}

/** Σ|W|·X + |C| < 2^(T−1), with weights up to 2^53; every eleventh input is always zero and has a huge weight all the same. */
export function wideModel(slotBits: number, inputs: number, heads: number): WideModel {
  const draw = draws(slotBits + inputs + heads)
  const share = 2 ** (slotBits - 2 - Math.ceil(Math.log2(inputs + 1)))
  const maxima = Array.from({ length: inputs }, (_, j) =>
    j % 11 === 10 ? 0 : Math.max(1, Math.min(2 ** ((7 * j) % 31), share)),
  )
  const shape = {
    slotBits,
    inputs: maxima.map((max) => ({ max })),
    heads: Array(heads).fill({}),
  } as unknown as ModelShape
  const models = Array.from({ length: heads }, () => ({
    weights: Float64Array.from(maxima, (max) => {
      if (max === 0) return 2 ** 52 + draw(1000)
      return (draw(2) === 0 ? 1 : -1) * draw(Math.max(1, Math.min(2 ** 53, Math.floor(share / max))))
    }),
    constant: BigInt(draw(Math.min(2 ** 53, share))) - BigInt(Math.min(2 ** 52, share / 2)),
  }))
  return { shape, heads: models, maxima }
}

/** Records whose first has every input at its end, input by input. */
export function wideRecords({ maxima }: WideModel, records: number, capacity: number, name: number): Float64Array {
  const integers = new Float64Array(maxima.length * capacity)
  let state = name | 1
  const next = (): number => {
    // Good enough to differ; exact, and fast for millions.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  maxima.forEach((max, j) => {
    for (let r = 0; r < records; r++) integers[j * capacity + r] = r === 0 ? max : Math.floor(next() * (max + 1))
  })
  return integers
}

/** The integer predictors of records under a set with a key made for them, head by head. */
export function predictorsUnder(
  set: ParameterSet,
  { shape, heads }: WideModel,
  integers: Float64Array,
  records: number,
  capacity: number,
): Float64Array[] {
  const layout = lattice.layout(set, shape) as Layout
  const secret = secureRandom(32)
  const engine = latticeOwner(owner)
  const key = engine.key(set, secret)
  const server = latticeScoring(scoring).key(set, engine.owner.publicKey(set, secret))
  const ciphertexts = key.encrypt({ shape, records, integers, capacity, items: none, random: secureRandom })
  const answer = server.score({ shape, heads, records, ciphertexts, items: none, random: secureRandom })
  const plaintexts = key.decrypt(shape, answer, records)
  key.dispose()
  const card = { slotBits: shape.slotBits, scaleBits: 0 } as never
  const read = new Float64Array(layout.slots)
  return heads.map((_, h) => {
    const all = new Float64Array(records)
    for (let i = 0; i * layout.slots < records; i++) {
      const at = (i * heads.length + h) * layout.plaintextBytes
      const count = Math.min(layout.slots, records - i * layout.slots)
      readPredictors(card, plaintexts.subarray(at, at + layout.plaintextBytes), layout.slots, count, {}, read, 0)
      all.set(read.subarray(0, count), i * layout.slots)
    }
    return all
  })
}
