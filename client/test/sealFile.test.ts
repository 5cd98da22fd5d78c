import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { blockShape, type RecordsHeader } from '../../files/recordsHeader.ts'
import { parseModelFile } from '../../model/modelFile.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { runSetFor } from '../schemeChoice.ts'
import { fileCapacity, usualLimits } from '../sealFile.ts'

const shipped = (id: string) =>
  reviewModel(parseModelFile(readFileSync(new URL(`../../server/models/${id}.json`, import.meta.url), 'utf8')), sha256)
const cards = [(await shipped('salary')).card, (await shipped('credit-default')).card]

/** A header of so many records, with what goes along. */
function headerOf(
  card: RecordsHeader['card'],
  set: string,
  records: number,
  along: Pick<RecordsHeader, 'tokens' | 'columns'>,
) {
  const capacity = fileCapacity(card, set, records, along)
  return { card, key: { set }, records, capacity, ...along } as RecordsHeader
}

describe('a block of a file', () => {
  test.each([0, 1, 2, 11, 20, 200])('can be read whatever goes along: %i columns', (count) => {
    const columns = Array<string>(count).fill('Name')
    for (const card of cards) {
      for (const records of [1, 1000, 12_000, 65_000, 1_000_000]) {
        const lattice = runSetFor({ card, limits: usualLimits, lanes: 1, records })
        for (const set of ['paillier-2048', 'paillier-3072', ...(lattice ? [lattice.id] : [])]) {
          for (const tokens of [false, true]) {
            const header = headerOf(card, set, records, { tokens, columns })
            expect(header.capacity).toBeGreaterThan(0)
            const { blocks, layout, mostBytes } = blockShape(header)
            expect(blocks).toBe(Math.ceil(records / header.capacity))
            const most = Math.min(header.capacity + 1, layout.mostRecords)
            expect(mostBytes).toBeGreaterThan(Math.max(layout.requestBytes(most), layout.answerBytes(most)))
          }
        }
      }
    }
  })

  test('has as many records as a chunk where nothing goes along', () => {
    for (const card of cards) {
      const alone = fileCapacity(card, 'paillier-3072', 65_000, { tokens: false, columns: [] })
      expect(fileCapacity(card, 'paillier-3072', 65_000, { tokens: true, columns: ['Name'] })).toBe(alone)
    }
  })
})
