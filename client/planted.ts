import type { Card } from '../core/card/card.ts'
import { unmetExpectation } from '../core/card/expectation.ts'
import type { KnownRecord } from '../core/card/knownRecords.ts'
import type { Layout } from '../core/protocol/scheme.ts'
import type { EncodedBlock } from './block.ts'
import { fail } from './faults.ts'
import { keyedDraws } from './keyedDraws.ts'

/**
 * Records with known answers among a run's own, in slots that only the client knows: a server that answers otherwise than
 * by its model is caught as soon as one of them comes out wrong. They are the card's verification records where it has
 * any. Else they are made of the chunk's own: a copy must come out like its original, and two records that were mixed of
 * two others must add up to what those do, since a score is an affine function of the record.
 */

/** One record in so many is planted. */
const oneIn = 64
/** In a chunk with fewer slots than this one planted record would cost more than 3 % of them. */
const fewest = 32

export type PlantedKind = 'verification' | 'consistency'

/** A block with planted records in it, and what knows them again. */
export interface PlantedBlock {
  /** What is sealed: `records` counts the planted ones, `rows` does not. */
  readonly block: EncodedBlock
  /** The places of the planted records, ascending. */
  readonly places: readonly number[]
  /** The predictors of the run's own records. Throws `result/integrity` where a planted record's are wrong. */
  read(predictors: Float64Array): Float64Array
}

/** How many of a chunk's slots are reserved for planted records. */
export function reservedSlots(slots: number): number {
  return slots < fewest ? 0 : Math.max(1, Math.round(slots / oneIn))
}

/**
 * How many planted records go with so many of a chunk: where they leave no room in the last block, none. A request that is
 * made as a whole is a little longer for them.
 */
export function plantedWith(records: number, { apart, blockRecords }: Blocks): number {
  const room = Math.ceil(records / blockRecords) * blockRecords - records
  return Math.min(apart ? room : Number.POSITIVE_INFINITY, Math.max(1, Math.round(records / oneIn)))
}

/**
 * The probability that a server is caught which answers `wrong` of `slots` slots wrongly, when `planted` of them, anywhere,
 * are planted: 1 − Π (slots − wrong − i) / (slots − i), i < planted.
 */
export function catchRate(planted: number, slots: number, wrong: number): number {
  let missed = 1
  for (let i = 0; i < planted; i++) missed *= Math.max(0, slots - wrong - i) / (slots - i)
  return 1 - missed
}

/** What of a layout says where there is room. */
type Blocks = Pick<Layout, 'apart' | 'blockRecords'>

/** Encodes the card's known records here. What encodes comes only where nobody gives them, encoded elsewhere. */
export async function encodeKnown(card: Card): Promise<readonly KnownRecord[]> {
  const { knownRecords } = await import('../core/card/knownRecords.ts')
  return knownRecords(card)
}

/** Plants records in the chunks of runs with one card. */
export class Planter {
  readonly kind: PlantedKind
  readonly #card: Card
  readonly #blocks: Blocks
  readonly #known: readonly KnownRecord[]

  /** `known` are the card's (`core/card/knownRecords.ts`). */
  constructor(card: Card, blocks: Blocks, known: readonly KnownRecord[]) {
    this.#card = card
    this.#blocks = blocks
    this.#known = known
    this.kind = this.#known.length > 0 ? 'verification' : 'consistency'
  }

  /** Plants records in one chunk: the same ones in the same places whenever `seed`, 32 secret bytes, is the same. */
  async plant(seed: Uint8Array<ArrayBuffer>, chunk: number, block: EncodedBlock): Promise<PlantedBlock> {
    const { records } = block
    const count = plantedWith(records, this.#blocks)
    const total = records + count
    const { blockRecords } = this.#blocks
    const capacity = Math.ceil(total / blockRecords) * blockRecords
    const inputs = this.#card.inputs.length
    const { below, bits } = await keyedDraws(seed, chunk, 4 * count, count * inputs)
    const places = distinct(count, total, below)
    const planted =
      this.#known.length > 0 ? this.#chooseKnown(count, below) : mixtures(block, inputs, count, below, bits)
    const integers = interleave(block, inputs, capacity, places, planted)
    return {
      block: { ...block, integers, capacity, records: total },
      places,
      read: (predictors) => readPlanted(this.#card, predictors, places, planted),
    }
  }

  #chooseKnown(count: number, below: (limit: number) => number): Planted[] {
    return Array.from({ length: count }, () => {
      const { integers, index } = this.#known[below(this.#known.length)] as KnownRecord
      return { integers, expects: { kind: 'known', index } }
    })
  }
}

/** A record that is planted, and what its predictors must be; `of` are places among the chunk's own records. */
interface Planted {
  readonly integers: Float64Array
  readonly expects:
    | { readonly kind: 'known'; readonly index: number }
    | { readonly kind: 'copy'; readonly of: number }
    /** Together with the planted record `other` it adds up to what two records do. */
    | { readonly kind: 'half'; readonly other: number; readonly of: readonly [number, number] }
}

/** Of two records a and b: one that has each input of a or of b, one that has the others, and copies for what is left. */
function mixtures(
  block: EncodedBlock,
  inputs: number,
  count: number,
  below: (limit: number) => number,
  bits: (at: number) => boolean,
): Planted[] {
  const { records, capacity } = block
  const own = (record: number): Float64Array =>
    Float64Array.from({ length: inputs }, (_, j) => block.integers[j * capacity + record] as number)
  const planted: Planted[] = []
  while (count - planted.length >= 2 && records >= 2) {
    const [a, b] = distinct(2, records, below) as [number, number]
    const [ofA, ofB] = [own(a), own(b)]
    const at = planted.length
    const fromA = (j: number): boolean => bits(at * inputs + j)
    const half = (other: number, first: Float64Array, second: Float64Array): Planted => ({
      integers: first.map((x, j) => (fromA(j) ? x : (second[j] as number))),
      expects: { kind: 'half', other, of: [a, b] },
    })
    planted.push(half(at + 1, ofA, ofB), half(at, ofB, ofA))
  }
  while (planted.length < count) {
    const of = below(records)
    planted.push({ integers: own(of), expects: { kind: 'copy', of } })
  }
  return planted
}

/** `count` different numbers below `limit`, ascending (Floyd's way). */
function distinct(count: number, limit: number, below: (limit: number) => number): number[] {
  const chosen = new Set<number>()
  for (let i = limit - count; i < limit; i++) {
    const candidate = below(i + 1)
    chosen.add(chosen.has(candidate) ? i : candidate)
  }
  return [...chosen].sort((a, b) => a - b)
}

/** The block's own records in their order, with the planted ones at their places. */
function interleave(
  { integers, capacity: from, records }: EncodedBlock,
  inputs: number,
  capacity: number,
  places: readonly number[],
  planted: readonly Planted[],
): Float64Array {
  const all = new Float64Array(inputs * capacity)
  for (let j = 0; j < inputs; j++) {
    let own = 0
    places.forEach((place, i) => {
      // Before this place stand i planted records.
      all.set(integers.subarray(j * from + own, j * from + place - i), j * capacity + own + i)
      own = place - i
      all[j * capacity + place] = (planted[i] as Planted).integers[j] as number
    })
    all.set(integers.subarray(j * from + own, j * from + records), j * capacity + own + places.length)
  }
  return all
}

/** Takes the planted records' predictors out, and holds each against what it must be. */
function readPlanted(
  card: Card,
  predictors: Float64Array,
  places: readonly number[],
  planted: readonly Planted[],
): Float64Array {
  const heads = card.heads.length
  const own = new Float64Array(predictors.length - places.length * heads)
  let from = 0
  places.forEach((place, i) => {
    own.set(predictors.subarray(from * heads, place * heads), (from - i) * heads)
    from = place + 1
  })
  own.set(predictors.subarray(from * heads), (from - places.length) * heads)

  const at = (all: Float64Array, record: number) => Array.from(all.subarray(record * heads, (record + 1) * heads))
  const ofPlanted = (i: number): number[] => at(predictors, places[i] as number)
  const agree = planted.every(({ expects }, i) => {
    if (expects.kind === 'copy') return same(ofPlanted(i), at(own, expects.of))
    if (expects.kind === 'half') {
      const [a, b] = expects.of
      return addUp(ofPlanted(i), ofPlanted(expects.other), at(own, a), at(own, b))
    }
    const expected = card.verification[expects.index]
    return expected !== undefined && unmetExpectation(card, ofPlanted(i), expected) === null
  })
  if (!agree) fail('result/integrity', 'plantedDisagrees')
  return own
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, h) => value === b[h])
}

/** Whether p + q = a + b, up to the rounding of four integers to doubles. */
function addUp(p: readonly number[], q: readonly number[], a: readonly number[], b: readonly number[]): boolean {
  return p.every((ph, h) => {
    const [qh, ah, bh] = [q[h] as number, a[h] as number, b[h] as number]
    const room = 4 * Number.EPSILON * (Math.abs(ph) + Math.abs(qh) + Math.abs(ah) + Math.abs(bh))
    return Math.abs(ph + qh - ah - bh) <= room
  })
}
