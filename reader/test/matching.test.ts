import { describe, expect, it } from 'vitest'
import type { Card } from '../../core/card/card.ts'
import { matchColumns, unusedColumns } from '../matching.ts'

const feature = (name: string, aliases: string[] = [], label?: string) => ({
  name,
  aliases,
  ...(label && { label }),
  missing: { policy: 'refuse' as const },
  type: 'number' as const,
  min: '0',
  max: '1',
  places: 0,
  finer: 'refuse' as const,
})
const card = (...features: ReturnType<typeof feature>[]) => ({ features }) as unknown as Card
const columns = (model: Card, header: readonly string[]) => matchColumns(model, header).map(({ column }) => column)

describe('columns', () => {
  const model = card(feature('income', ['salary']), feature('age'), feature('home_owner', [], 'Owns a home'))

  it('are matched by name in whatever order they stand', () => {
    expect(columns(model, ['age', 'x', 'home_owner', 'income'])).toEqual([3, 0, 2])
    expect(
      unusedColumns(['age', 'x', 'home_owner', 'income'], matchColumns(model, ['age', 'x', 'home_owner', 'income'])),
    ).toEqual([1])
  })

  it('are not matched where their signs say different things, and are where signs were lost', () => {
    const signed = card(feature('lag+1'), feature('age<50'), feature('rate%'))
    expect(columns(signed, ['lag-1', 'age>50', 'rate'])).toEqual([null, null, 2])
    expect(columns(signed, ['LAG+1', 'age.50', 'rate %'])).toEqual([0, 1, 2])
    expect(columns(card(feature('credit-amount')), ['credit_amount'])).toEqual([0])
  })

  it('are matched whatever their case, spaces and punctuation', () => {
    expect(columns(model, [' Income ', 'AGE', 'Home-Owner'])).toEqual([0, 1, 2])
  })

  it('are matched by alias and label after the name', () => {
    expect(matchColumns(model, ['Salary', 'age', 'owns a home']).map(({ how }) => how)).toEqual([
      'alias',
      'name',
      'alias',
    ])
    expect(columns(model, ['salary', 'income', 'age'])).toEqual([1, 2, null])
  })

  it('that are missing stay without a match', () => {
    expect(matchColumns(model, ['age'])).toEqual([
      { feature: 0, column: null, how: 'none' },
      { feature: 1, column: 0, how: 'name' },
      { feature: 2, column: null, how: 'none' },
    ])
  })

  it('of one name twice are left to the person, unless one is written exactly so', () => {
    expect(matchColumns(model, ['age', 'age', 'income'])[1]).toEqual({ feature: 1, column: null, how: 'ambiguous' })
    expect(matchColumns(model, ['Age', 'age', 'income'])[1]).toEqual({ feature: 1, column: 1, how: 'name' })
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('may be called %s', (name) => {
    expect(columns(card(feature(name)), ['x', name])).toEqual([1])
    expect(columns(model, [name, 'income', 'age', 'home_owner'])).toEqual([1, 2, 3])
  })

  it('without a letter in their names are not all one', () => {
    expect(columns(card(feature('%'), feature('#')), ['#', '', '%'])).toEqual([2, 0])
  })
})
