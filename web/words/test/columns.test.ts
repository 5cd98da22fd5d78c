import { expect, test } from 'vitest'
import { shippedCard } from '../../session/test/partners.ts'
import { columns } from '../en/columns.ts'

test('a column says how many decimals it takes only where it refuses more', () => {
  const [age] = shippedCard('salary').card.features
  if (age?.type !== 'number') throw new Error('The first column of the salary model is a number.')
  expect(columns.allowed({ ...age, finer: 'refuse' })).toBe('16 to 100 years, whole numbers')
  expect(columns.allowed({ ...age, finer: 'nearest' })).toBe('16 to 100 years')
  expect(columns.allowed({ ...age, finer: 'refuse', places: 2 })).toBe('16 to 100 years, 2 decimals')
})
