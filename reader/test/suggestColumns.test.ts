import { expect, it } from 'vitest'
import { alikeness, plainText, sameMeaning } from '../spelling.ts'
import { suggestColumns } from '../suggestColumns.ts'
import { plain, card as toy } from './files.ts'

const names = ['annual_income', 'age', 'gender']
const card = { ...toy, features: toy.features.map((feature, f) => ({ ...feature, name: names[f] ?? '' })) }
const table = (header: readonly string[], rows: readonly (readonly string[])[] = []) => ({
  format: plain,
  header,
  rows,
})
const found = (header: readonly string[], rows?: readonly (readonly string[])[]) =>
  suggestColumns(
    card,
    table(header, rows),
    [0, 1, 2],
    header.map((_, i) => i),
  ).map(({ feature, column }) => [feature, column])

it.each<[string, string[], [number, number][]]>([
  ['a slip of the finger', ['x', 'anual_incmoe'], [[0, 1]]],
  ['the words in another order and more of them', ['Income (annual, EUR)', 'z'], [[0, 0]]],
  ['a word of the name', ['customerAge'], [[1, 0]]],
  ['nothing that is not alike', ['zip', 'city', 'telephone'], []],
])('suggests %s', (_, header, pairs) => {
  expect(found(header).filter(([f]) => pairs.some(([g]) => g === f) || pairs.length === 0)).toEqual(pairs)
})

it('gives no column to two features, the likelier one first', () => {
  const pairs = found(['annual_incom', 'anual_incom'])
  expect(pairs).toEqual([[0, 0]])
})

it('counts cells that the feature takes', () => {
  const header = ['incomes_annual', 'annual_incomes']
  const rows = [
    ['apple', '5'],
    ['pear', '6'],
  ]
  expect(suggestColumns(card, table(header, rows), [0], [0, 1])[0]).toMatchObject({ column: 1 })
})

it('looks at no more pairs than a person waits for', () => {
  const header = Array.from({ length: 60_000 }, (_, i) => `age_${i}`)
  expect(found(header)).toEqual([])
})

it('knows words by their letters, numbers by their value, and usual ways of saying one thing', () => {
  expect(plainText(' Très-Bien ')).toBe('tresbien')
  expect([plainText('1.0'), plainText('01'), plainText('?')]).toEqual(['1', '1', '?'])
  expect([
    sameMeaning('Y', 'yes'),
    sameMeaning('f', 'no'),
    sameMeaning('f', 'Female'),
    sameMeaning('no', 'no'),
  ]).toEqual([true, true, true, false])
  expect(alikeness('recieve', 'receive')).toBeCloseTo(1 - 1 / 7)
  expect([alikeness('a', 'a'), alikeness('', ''), alikeness('abc', 'xyz')]).toEqual([1, 0, 0])
})
