import { describe, expect, test } from 'vitest'
import { layoutOf } from '../../core/protocol/schemes.ts'
import { shipped } from '../../core/test/shipped.ts'
import { chunkSlots } from '../chunks.ts'
import { reachOf } from '../reach.ts'

/** How far a server's hour reaches for a run. */

const card = { ...shipped('salary').model.card, hash: 'c'.repeat(64) }
const limits = { recordsPerChunk: 65_536, bodyBytes: 8 * 2 ** 20 }
const set = 'paillier-3072'
const shape = (records: number) => ({ card, limits, lanes: 6, records })

describe('the reach of an hour', () => {
  test('is all of a run whose slots are left, and nothing less than a chunk beyond', () => {
    const records = 20_000
    const { slots, now } = reachOf({ left: 10 ** 9, perHour: 10 ** 9 }, set, shape(records))
    expect(now).toBe(records)
    expect(slots).toBeGreaterThan(records)
    expect(slots % layoutOf(set, card).slots).toBe(0)
    expect(reachOf({ left: slots, perHour: slots }, set, shape(records)).now).toBe(records)
    const less = reachOf({ left: slots - 1, perHour: slots }, set, shape(records))
    expect(less.now).toBeLessThan(records)
    expect(less.now).toBeGreaterThan(0)
    expect(less.perHour).toBe(records)
    const chunk = chunkSlots(card, set, limits, 6, records)
    expect(reachOf({ left: chunk - 1, perHour: slots }, set, shape(records)).now).toBe(0)
    expect(reachOf({ left: chunk, perHour: slots }, set, shape(records)).now).toBeLessThan(chunk)
  })

  test('counts a block as full, whatever the last one holds', () => {
    const { slots } = layoutOf(set, card)
    expect(reachOf({ left: 1, perHour: 1 }, set, shape(1))).toEqual({ slots, now: 0, perHour: 0 })
    expect(reachOf({ left: slots, perHour: slots }, set, shape(1)).now).toBe(1)
  })
})
