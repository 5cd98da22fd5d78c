import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FileFormat } from '../../../reader/format.ts'
import { inspect } from '../../../reader/inspect.ts'
import { noColumn } from '../../../reader/plan.ts'
import { FileSlice } from '../file.ts'
import { keptPlace } from '../keptPlace.ts'
import { planOf } from '../questions.ts'
import { makeStore } from '../store.ts'
import type { Workers } from '../workers.ts'
import { shippedCard } from './partners.ts'

const { card, shipped } = shippedCard('salary')
const names = card.features.map(({ name }) => name)
const age = names.indexOf('age')
const rows = shipped.rows.slice(0, 3).map((row) => names.map((name) => row[name]).join(','))

/** A file whose column of ages has another name. */
const called = (name: string, more: readonly string[] = rows) =>
  new File([[names.map((each) => (each === 'age' ? name : each)).join(','), ...more].join('\n')], 'a.csv')

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
function visit() {
  const store = makeStore()
  store.setState({ card })
  const reader = {
    inspect: (file: Blob, chosen: Partial<FileFormat>) => inspect(file, chosen),
    suggestColumns: async () => [],
    check: async () => ({ rows: 3 }),
  }
  const workers = {
    reader: {
      call: (use: (remote: typeof reader, listen: (of: unknown) => unknown) => unknown) => use(reader, (of) => of),
    },
  } as unknown as Workers
  const file = new FileSlice(store, workers, { onFile: () => {}, onChange: () => {}, onChecked: () => {} })
  const match = () => {
    const { matches, preview } = store.getState()
    const { column, how } = matches[age] ?? { column: null, how: 'none' }
    return [column === null ? null : preview?.header[column], how]
  }
  return { store, file, match }
}

const settled = () => vi.waitFor(() => expect(stored.has(keptPlace)).toBe(true))

test('a column that was chosen is chosen in the next file that has one of the name, and that is known', async () => {
  const first = visit()
  await first.file.open(called('Alter'))
  expect(first.match()).toEqual([null, 'none'])
  first.file.matchColumn(age, age)
  await settled()
  expect(JSON.parse(stored.get(keptPlace) ?? '')).toEqual([['salary', [['age', 'Alter']]]])

  const next = visit()
  await next.file.open(called('Alter'))
  expect(next.match()).toEqual(['Alter', 'kept'])
  expect(next.store.getState().report).toMatchObject({ rows: 3 })
  await next.file.open(called('Jahre'))
  expect(next.match()).toEqual([null, 'none'])
})

test('it is forgotten at a press, and remembered again where that is taken back', async () => {
  stored.set(keptPlace, JSON.stringify([['salary', [['age', 'Alter']]]]))
  const { file, match, store } = visit()
  await file.open(called('Alter'))
  file.forgetColumns()
  expect(match()).toEqual([null, 'none'])
  await vi.waitFor(() => expect(stored.has(keptPlace)).toBe(false))
  file.undoMatch()
  expect(match()).toEqual(['Alter', 'kept'])
  await settled()
  expect(store.getState().matchesBefore).toEqual([])
})

test('a choice that is undone, or made otherwise, is not remembered', async () => {
  const { file } = visit()
  await file.open(called('Alter'))
  file.matchColumn(age, age)
  await settled()
  file.undoMatch()
  await vi.waitFor(() => expect(stored.has(keptPlace)).toBe(false))
})

test('a column that another input has by its name is left to it', async () => {
  const other = names.find((name) => name !== 'age') as string
  stored.set(keptPlace, JSON.stringify([['salary', [['age', other]]]]))
  const { file, match, store } = visit()
  await file.open(called('Alter'))
  expect(match()).toEqual([null, 'none'])
  expect(store.getState().matches.filter(({ how }) => how === 'name')).toHaveLength(names.length - 1)
})

test('cells of a first line that was taken for a header, and places in a file without one, are not remembered', async () => {
  const { file, store } = visit()
  await file.open(new File([rows.join('\n')], 'a.csv'))
  for (const feature of names.keys()) file.matchColumn(feature, feature)
  await file.changeFormat({ header: 0 })
  for (const feature of names.keys()) file.matchColumn(feature, feature)
  await vi.waitFor(() => expect(store.getState().report).not.toBeNull())
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([...stored]).toEqual([])
})

test.each(['nonsense', '7', '[["salary"]]', '[["salary",[["age"]]]]', '{"a":1}'])(
  'what somebody else stored there (%s) changes nothing',
  async (text) => {
    stored.set(keptPlace, text)
    const { file, match } = visit()
    await file.open(called('age'))
    expect(match()).toEqual(['age', 'name'])
  },
)

test('one value stands for a column that is missing, is not remembered, and is taken back', async () => {
  const { file, store } = visit()
  await file.open(called('Alter'))
  expect(planOf(store.getState())).toBeNull()
  file.giveValue(age, '40')
  expect(planOf(store.getState())).toMatchObject({ repairs: [{ feature: age, kind: 'value', text: '40' }] })
  expect(planOf(store.getState())?.columns[age]).toBe(noColumn)
  await vi.waitFor(() => expect(store.getState().report).not.toBeNull())
  file.giveValue(age, '41')
  expect(store.getState().repairs).toEqual([{ feature: age, kind: 'value', text: '41' }])
  await vi.waitFor(() => expect(store.getState().report).not.toBeNull())
  file.undoRepair(0)
  expect(planOf(store.getState())).toBeNull()
  expect(store.getState().report).toBeNull()
  // A column that is chosen afterwards takes its place.
  file.giveValue(age, '40')
  file.matchColumn(age, age)
  expect(store.getState().repairs).toEqual([])
  expect(planOf(store.getState())?.columns[age]).toBe(age)
})
