import { latticeOwner } from '../../core/private/lattice/owner.ts'
import { lattice } from '../../core/protocol/lattice/scheme.ts'
import { latticeScoring } from '../../core/protocol/lattice/scoring.ts'
import { readPredictors } from '../../core/protocol/open.ts'
import type { Layout, ModelShape, ParameterSet } from '../../core/protocol/scheme.ts'
import type { LatticeModule } from '../../kernel/lattice/loader.ts'
import { latticeOwnerArithmetic } from '../../kernel/lattice/private.ts'
import { latticeArithmetic } from '../../kernel/lattice/public.ts'
import { inputsOf, integerPredictor, type Material, random, valueAt } from '../material.ts'
import type { Participant } from '../operations.ts'

/** Records at once: of a small file, a sample, a usual chunk, and as many as a polynomial holds. */
export const latticeRecords = [1000, 4039, 20_000, null] as const

/**
 * The lattice scheme by its kernel: a ciphertext is one input's polynomial. Scoring has its mask and its division in it, so
 * it compares with scoring and masking of the others; nothing is made ahead. At 8192 a coefficient carries one record, which
 * is what tells the scheme's packing from the kernel's speed.
 */
export function latticeParticipants(material: Material, module: LatticeModule | null): Participant[] {
  if (module === null) return []
  const shape = shapeOfMaterial(material)
  return lattice.setsFor(shape).flatMap((set) => {
    const layout = lattice.layout(set, shape)
    const sizes = layout ? latticeRecords.map((records) => records ?? layout.mostRecords) : []
    return sizes
      .filter((records) => records <= (layout?.mostRecords ?? 0))
      .map((records) => participant(material, module, set, records))
      .concat(severalHeads(layout).map((heads) => participant(material, module, set, headsRecords, heads)))
  })
}

/** Heads of a model of several, and so many records at once for them: the larger set alone, whose answers they make long. */
const headCounts = [10, 100] as const
const headsRecords = 20_000

function severalHeads(layout: Layout | null): readonly number[] {
  return (layout?.mostRecords ?? 0) < headsRecords ? [] : headCounts
}

function shapeOfMaterial({ slotBits, limits }: Material, heads = 1): ModelShape {
  const inputs = limits.map((max, column) => ({ column, kind: 'value', max }) as const)
  return { slotBits, inputs, heads: Array(heads).fill({ name: 'score' }) as unknown as ModelShape['heads'] }
}

function participant(
  material: Material,
  module: LatticeModule,
  set: ParameterSet,
  records: number,
  headCount = 1,
): Participant {
  const shape = shapeOfMaterial(material, headCount)
  const layout = lattice.layout(set, shape) as Layout
  const { key, server } = keyOf(module, set)
  const inputs = inputsOf(material)
  const capacity = Math.ceil(records / layout.blockRecords) * layout.blockRecords
  const integers = new Float64Array(inputs * capacity)
  for (let j = 0; j < inputs; j++)
    for (let r = 0; r < records; r++) integers[j * capacity + r] = valueAt(material, r, j)
  const none = new Uint8Array(0)
  // Every head is masked by itself, so that all of them may as well be the one there is.
  const head = { weights: Float64Array.from(material.weights), constant: BigInt(material.constant) }
  const heads = Array.from({ length: headCount }, () => head)
  // Who seals is given the room: a page's request is made where it is sent from.
  const room = new Uint8Array(layout.requestBytes(records))
  const seal = (to = room) => key.encrypt({ shape, records, integers, capacity, items: none, random, to })
  const score = (ciphertexts: Uint8Array) => server.score({ shape, heads, records, ciphertexts, items: none, random })
  const sealed = seal(room.slice())
  const answer = score(sealed)
  const areRight = (plaintexts: Uint8Array): boolean => {
    const values = new Float64Array(layout.slots)
    const { plaintextBytes, slots } = layout
    for (let i = 0; i * slots < records; i++) {
      const count = Math.min(slots, records - i * slots)
      const card = { slotBits: material.slotBits, scaleBits: material.scaleBits } as never
      const right = Array.from({ length: count }, (_, r) => rightPredictor(material, i * slots + r))
      for (let h = 0; h < headCount; h++) {
        const at = (i * headCount + h) * plaintextBytes
        readPredictors(card, plaintexts.subarray(at, at + plaintextBytes), slots, count, {}, values, 0)
        if (right.some((predictor, r) => values[r] !== predictor)) return false
      }
    }
    return true
  }
  const opens = (bytes: Uint8Array): boolean => areRight(key.decrypt(shape, bytes, records))
  return {
    name: `lattice ${set.bits}, ${layout.slots} a coefficient, ${records} at once${headCount > 1 ? `, ${headCount} heads` : ''}`,
    valuesPerCiphertext: records,
    bytesUp: sealed.length / inputs,
    bytesDown: answer.length,
    masksInScoring: true,
    preparations: {},
    operations: {
      seal: { items: inputs, run: () => seal(), right: (bytes) => opens(score(bytes as Uint8Array)) },
      open: {
        items: 1,
        run: () => key.decrypt(shape, answer, records),
        right: (bytes) => areRight(bytes as Uint8Array),
      },
      scoreBlock: { items: 1, run: () => score(sealed), right: (bytes) => opens(bytes as Uint8Array) },
      check: { items: inputs, run: () => server.firstInvalid(shape, records, sealed), right: (index) => index === -1 },
    },
  }
}

function keyOf(module: LatticeModule, set: ParameterSet) {
  const owner = latticeOwner(latticeOwnerArithmetic(module))
  const secret = random(32)
  const server = latticeScoring(latticeArithmetic(module)).key(set, owner.owner.publicKey(set, secret))
  return { key: owner.key(set, secret), server }
}

const rightPredictor = (material: Material, record: number): number =>
  Number(integerPredictor(material, record)) / 2 ** material.scaleBits
