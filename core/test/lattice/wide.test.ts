import { expect, test } from 'vitest'
import { latticeOwner } from '../../private/lattice/owner.ts'
import { lattice } from '../../protocol/lattice/scheme.ts'
import { latticeScoring } from '../../protocol/lattice/scoring.ts'
import { readPredictors } from '../../protocol/open.ts'
import type { Layout, ModelShape } from '../../protocol/scheme.ts'
import { integerPredictor } from '../../protocol/scoring.ts'
import { secureRandom } from '../sources.ts'
import { draws, engines } from './support.ts'

/** Models of every width at full size: what is opened is what the plain model says, to the last digit, or there is no set. */

const [, owner, scoring] = engines[0]

test.each([
  [20, 1, 1],
  [20, 40, 3],
  [28, 5, 100],
  [33, 8, 20],
  [46, 22, 10],
  [60, 300, 2],
  [80, 120, 1],
  [110, 30, 2],
  [120, 22, 2],
  [64, 2000, 1],
] as const)('slots of %i bits, %i inputs, %i heads', (slotBits, inputs, heads) => {
  const draw = draws(slotBits + inputs + heads)
  // Σ|W|·X + |C| < 2^(T−1), with weights up to 2^53; every eleventh input is always zero and has a huge weight all the same.
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
  const sets = lattice.setsFor(shape)
  if (slotBits < 73) expect(sets.length).toBeGreaterThan(0)
  for (const set of sets) {
    const layout = lattice.layout(set, shape) as Layout
    const records = 2 * layout.slots + 1
    const capacity = 3 * layout.slots
    const integers = new Float64Array(inputs * capacity)
    maxima.forEach((max, j) => {
      for (let r = 0; r < records; r++) integers[j * capacity + r] = r === 0 ? max : draw(max + 1)
    })
    const secret = secureRandom(32)
    const engine = latticeOwner(owner)
    const key = engine.key(set, secret)
    const server = latticeScoring(scoring).key(set, engine.owner.publicKey(set, secret))
    const none = new Uint8Array(0)
    const ciphertexts = key.encrypt({ shape, records, integers, capacity, items: none, random: secureRandom })
    const answer = server.score({ shape, heads: models, records, ciphertexts, items: none, random: secureRandom })
    const plaintexts = key.decrypt(shape, answer, records)
    const read = new Float64Array(layout.slots)
    models.forEach((head, h) => {
      for (let i = 0; i * layout.slots < records; i++) {
        const at = (i * heads + h) * layout.plaintextBytes
        const count = Math.min(layout.slots, records - i * layout.slots)
        const card = { slotBits, scaleBits: 0 } as never
        readPredictors(card, plaintexts.subarray(at, at + layout.plaintextBytes), layout.slots, count, {}, read, 0)
        for (let r = 0; r < count; r++) {
          const x = maxima.map((_, j) => integers[j * capacity + i * layout.slots + r] as number)
          expect(read[r]).toBe(Number(integerPredictor(head, x)))
        }
      }
    })
    key.dispose()
  }
})
