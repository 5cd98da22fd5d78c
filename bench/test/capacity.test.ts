import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { layoutOf } from '../../core/protocol/schemes.ts'
import { compileModel } from '../../model/compile.ts'
import { parseModelFile } from '../../model/modelFile.ts'
import { givenOf, planTable, volumes } from '../capacity/paper.ts'
import { planOf } from '../capacity/plan.ts'

const paper = readFileSync(new URL('../../deploy/capacity.md', import.meta.url), 'utf8')
const given = givenOf(paper)

test('what the paper plans follows from what it says was measured, and is assumed', () => {
  expect(given.units.map(({ scheme }) => scheme)).toEqual(['paillier-2048', 'paillier-3072', 'lattice'])
  expect(paper).toContain(planTable(given, volumes))
})

test('a record’s bytes are those of the protocol, and of the records that clients plant', () => {
  const text = readFileSync(new URL('../../server/models/credit-default.json', import.meta.url), 'utf8')
  const { card } = compileModel(parseModelFile(text))
  for (const { scheme, up, down, recordsPerChunk } of given.units.filter(({ scheme: name }) => name !== 'lattice')) {
    const layout = layoutOf(scheme, card)
    const records = Math.ceil(recordsPerChunk / layout.blockRecords) * layout.blockRecords
    for (const [told, bytes] of [
      [up, layout.requestBytes(records) / records],
      [down, layout.answerBytes(records) / records],
    ] as const) {
      expect(told / bytes).toBeGreaterThan(1)
      expect(told / bytes).toBeLessThan(1.15)
    }
  }
})

test('machines, money and bytes are in their units', () => {
  const unit = {
    scheme: 'any',
    record: 100,
    key: 1000,
    stored: 100,
    up: 250,
    down: 10,
    kept: 300,
    recordsPerChunk: 1000,
  }
  const store = { redis: 100, server: 100 }
  // A billion records: 10^5 s of records, 10^4 s of keys and 100 s of asking the store; a day has 43,200 s to spend.
  const live = planOf(unit, store, false, 1e9, given.assumed)
  expect(live).toMatchObject({ cores: 3, machines: 1, up: 250, down: 10, disk: 0 })
  expect(live.compute).toBeCloseTo(3 * 24 * given.assumed.coreHour)
  expect(live.network).toBeCloseTo(10 * given.assumed.gigabyteOut)
  expect([live.chunksPerSecond, live.redis]).toEqual([1e6 / 86_400, 100 / 86_400])
  const stored = planOf(unit, store, true, 1e9, given.assumed)
  expect(stored.cores).toBe(5)
  expect(stored.disk).toBeCloseTo((300 * 7 * given.assumed.gigabyteMonth) / 30)
})
