import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Card } from '../../../core/card/card.ts'
import type { FileFormat } from '../../../reader/format.ts'
import { inspect } from '../../../reader/inspect.ts'
import { FileSlice } from '../file.ts'
import { keptValuesPlace } from '../keptPlace.ts'
import { makeStore } from '../store.ts'
import type { Workers } from '../workers.ts'
import { shippedCard } from './partners.ts'

const { card: plain } = shippedCard('salary')
const names = plain.features.map(({ name }) => name)
/** A card whose second feature is a word. */
const withLevels = (...levels: string[]) =>
  ({
    ...plain,
    features: plain.features.map((each, i) => (i === 1 ? { name: each.name, type: 'category', levels } : each)),
  }) as unknown as Card
const card = withLevels('own', 'others')
const file = () => new File([`${names.join()}\n24,astronaut,6,1\n`], 'a.csv')
const said = { feature: 1, kind: 'levels', pairs: [['astronaut', 'others']] }

let stored: Map<string, string>
beforeEach(() => {
  stored = new Map()
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, text: string) => stored.set(name, text),
    removeItem: (name: string) => stored.delete(name),
  })
})
afterEach(() => vi.unstubAllGlobals())

/** A visit: what was kept is all that it has of earlier ones. */
function visit(own: Card = card) {
  const store = makeStore()
  store.setState({ card: own })
  const reader = {
    inspect: (source: Blob, chosen: Partial<FileFormat>) => inspect(source, chosen),
    suggestColumns: async () => [],
    check: async () => ({ rows: 1 }),
  }
  const workers = {
    reader: {
      call: (use: (remote: typeof reader, listen: (of: unknown) => unknown) => unknown) => use(reader, (of) => of),
    },
  } as unknown as Workers
  const slice = new FileSlice(store, workers, { onFile: () => {}, onChange: () => {}, onChecked: () => {} })
  const repairs = () => store.getState().repairs
  return { store, slice, repairs }
}

const isStored = (is: boolean) => vi.waitFor(() => expect(stored.has(keptValuesPlace)).toBe(is))

async function sayIt() {
  const { slice } = visit()
  await slice.open(file())
  slice.readEvery(1, 'astronaut', 'others')
  await isStored(true)
}

test('what a word means is known in the next visit, and said to be of an earlier file', async () => {
  await sayIt()
  expect(stored.get(keptValuesPlace)).toBe(JSON.stringify([['salary', [[names[1], 'astronaut', 'others']]]]))
  const next = visit()
  await next.slice.open(file())
  expect(next.repairs()).toEqual([said])
  expect(next.store.getState().keptRepairs).toEqual([said])
  // What is said now stands, and is what the visit after that one knows.
  next.slice.undoRepair(0)
  next.slice.readEvery(1, 'astronaut', 'own')
  await vi.waitFor(() => expect(stored.get(keptValuesPlace)).toContain('"own"'))
  const last = visit()
  await last.slice.open(file())
  expect(last.repairs()).toEqual([{ ...said, pairs: [['astronaut', 'own']] }])
})

test.each([
  ['undone', (slice: FileSlice) => slice.undoRepair(0)],
  ['forgotten', (slice: FileSlice) => slice.forgetValues()],
])('it is %s at a press, in this file and the next', async (_, back) => {
  await sayIt()
  const { slice, repairs } = visit()
  await slice.open(file())
  back(slice)
  expect(repairs()).toEqual([])
  // With the press: the tab may be closed at once.
  expect(stored.has(keptValuesPlace)).toBe(false)
  await slice.open(file())
  expect(repairs()).toEqual([])
})

test('a value that the model no longer has, and a word that is a value now, are not read so', async () => {
  await sayIt()
  for (const changed of [withLevels('own', 'rest'), withLevels('own', 'others', 'astronaut'), plain]) {
    const { slice, repairs } = visit(changed)
    await slice.open(file())
    expect(repairs()).toEqual([])
  }
})

test('what empty cells count as is of this tab alone', async () => {
  const { slice, store } = visit()
  await slice.open(file())
  slice.readEvery(1, '', 'others')
  await slice.open(file())
  expect(store.getState().keptRepairs).toHaveLength(1)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([...stored]).toEqual([])
})

test.each(['nonsense', '7', '[["salary"]]', '[["salary",[[1]]]]', '{"a":1}', '[["salary",[null]]]'])(
  'what somebody else stored there (%s) changes nothing',
  async (text) => {
    stored.set(keptValuesPlace, text)
    const { slice, repairs } = visit()
    await slice.open(file())
    expect(repairs()).toEqual([])
  },
)
