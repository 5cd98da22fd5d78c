import { beforeEach, describe, expect, test } from 'vitest'
import { FileKeys } from '../../../client/owner/fileKeys.ts'
import { secureRandom } from '../../../core/test/sources.ts'
import { type RecordsBlock, verifyRecordsFile } from '../../../files/recordsFile.ts'
import type { CheckReport } from '../../../reader/check.ts'
import { inspect } from '../../../reader/inspect.ts'
import { matchColumns } from '../../../reader/matching.ts'
import { piecesOf } from '../../../reader/source.ts'
import { errorOf } from '../faults.ts'
import type { FileOwner } from '../fileOwner.ts'
import type { SchemeSlice } from '../scheme.ts'
import type { SealingState } from '../sealedState.ts'
import { SealingSlice } from '../sealing.ts'
import { makeStore, type SessionStore } from '../store.ts'
import { key, shippedCard, workersOf } from './partners.ts'

/** A sealed file in the page is handed out whole or not at all, and the state says which. */

const { shipped, card } = shippedCard('salary')
const records = 3000
const rows = Array.from({ length: records }, (_, i) => shipped.rows[i % shipped.rows.length] as Record<string, string>)
const names = card.features.map(({ name }) => name)
const lines = rows.map((row, i) => [`Person ${i}`, ...names.map((name) => row[name])].join(','))
const file = new File([[['Name', ...names].join(','), ...lines].join('\n')], 'people.csv')
const choice = { columns: [0], link: null }

let store: SessionStore
let seen: SealingState[]
let owner: Pick<FileOwner, 'openKey' | 'keeper'>
let slice: SealingSlice

beforeEach(async () => {
  store = makeStore()
  seen = []
  const preview = await inspect(file, {}, false)
  const report = { scorable: records, leftOut: 0, doubts: [] } as unknown as CheckReport
  store.setState({ card, file, preview, matches: matchColumns(card, preview.header), report })
  store.subscribe(({ sealing }) => seen.push(sealing))
  owner = {
    openKey: async () => key,
    keeper: async () => new FileKeys(new Uint8Array(32).fill(3), secureRandom),
  }
  const scheme = { setOfRun: () => null } as unknown as SchemeSlice
  slice = new SealingSlice(store, await workersOf(2), owner as FileOwner, scheme)
})

describe('a file that is sealed in the page', () => {
  test('is handed out whole, and said to be saved only then', async () => {
    const blob = (await slice.save(choice)) as Blob
    const blocks: RecordsBlock[] = []
    const { header } = await verifyRecordsFile(piecesOf(blob as File), (block) => blocks.push(block))
    expect([header.records, header.columns]).toEqual([records, ['Name']])
    expect(blocks.length).toBeGreaterThan(1)
    const told = seen.flatMap((each) => (each.status === 'sealing' ? [each.sealed] : []))
    expect(told).toEqual(told.toSorted((a, b) => a - b))
    expect([told.at(-1), seen.at(-1)]).toEqual([records, { status: 'saved' }])
  })

  test('is nothing where it is stopped, or another one is begun', async () => {
    const firstTold = (): Promise<void> =>
      new Promise((resolve) => {
        const end = store.subscribe(({ sealing }) => {
          if (sealing.status !== 'sealing' || sealing.sealed === 0) return
          end()
          resolve()
        })
      })
    const stopped = slice.save(choice)
    await firstTold()
    slice.stop()
    expect([await stopped, store.getState().sealing]).toEqual([null, { status: 'none' }])
    const first = slice.save(choice)
    await firstTold()
    const second = slice.save(choice)
    expect(await first).toBeNull()
    expect((await second)?.size).toBeGreaterThan(0)
    expect(store.getState().sealing).toEqual({ status: 'saved' })
  })

  test('is nothing where the key is locked, or the file is no longer what was checked', async () => {
    const report = { ...store.getState().report, scorable: records + 1 } as CheckReport
    store.setState({ report })
    expect(await slice.save(choice)).toBeNull()
    expect(seen.at(-1)).toMatchObject({ status: 'failed', error: { code: expect.stringMatching(/^(file|sealed)\//) } })
    owner.openKey = () => Promise.reject(errorOf('key/locked', 'sealedNeedsKey'))
    expect(await slice.save(choice)).toBeNull()
    expect(seen.at(-1)).toMatchObject({ status: 'failed', error: { code: 'key/locked' } })
  })
})
