import { describe, expect, it } from 'vitest'
import type { Expression } from '../../../core/card/expression.ts'
import { expressionText } from '../en/expression.ts'

const income = { column: 'income' } as const
const age = { column: 'age' } as const

describe('a derived column in words', () => {
  it.each<[string, Expression]>([
    ['log of income', { op: 'ln', args: [income] }],
    ['log of (1 + income)', { op: 'ln1p', args: [income] }],
    ['length of town', { op: 'length', args: [{ column: 'town' }] }],
    ['days from 1970 to born', { op: 'days', args: [{ column: 'born' }] }],
    ['whether town matches “^A”', { op: 'matches', args: [{ column: 'town' }], pattern: '^A' }],
    [
      'how often “very good” is in report',
      {
        op: 'countTerm',
        args: [{ column: 'report' }],
        term: ['very', 'good'],
        words: { by: 'words', pattern: '\\w+' },
      },
    ],
    ['age squared', { op: 'square', args: [age] }],
    ['age to the power of 3', { op: 'power', args: [age, 3] }],
    ['age × income', { op: 'multiply', args: [age, income] }],
    ['(income − 52.5) ÷ 13.1', { op: 'divide', args: [{ op: 'subtract', args: [income, 52.5] }, 13.1] }],
    ['income + (−3)', { op: 'add', args: [income, -3] }],
    ['log of (income ÷ age)', { op: 'ln', args: [{ op: 'divide', args: [income, age] }] }],
    ['age in 3 bins', { op: 'bin', args: [age], edges: [18, 65], closed: 'left', labels: ['child', 'adult', 'old'] }],
    ['income, or where it is missing 12', { op: 'coalesce', args: [income, 12] }],
    ['income is missing', { op: 'missing', args: [income] }],
    ['whether age ≥ 18', { op: 'if', args: [{ op: 'greaterOrEqual', args: [age, 18] }, 1, 0] }],
    [
      'age in 3 cases',
      {
        op: 'coalesce',
        args: [
          { op: 'if', args: [{ op: 'less', args: [age, 18] }, { constant: 'young' }, { constant: null }] },
          { op: 'if', args: [{ op: 'less', args: [age, 65] }, { constant: 'adult' }, { constant: 'old' }] },
        ],
      },
    ],
    [
      'income where age < 18, else 0',
      { op: 'if', args: [{ op: 'if', args: [{ op: 'less', args: [age, 18] }, 1, 0] }, income, 0] },
    ],
    ['age where age < 65, else 65', { op: 'if', args: [{ op: 'less', args: [age, 65] }, age, 65] }],
    ['the largest of 0, age − 30', { op: 'max', args: [0, { op: 'subtract', args: [age, 30] }] }],
    ['sex is “f”', { op: 'equal', args: [{ column: 'sex' }, { constant: 'f' }] }],
    [
      'town by a table of 2 rows',
      {
        op: 'lookup',
        args: [{ column: 'town' }],
        rows: [
          ['a', 1],
          ['b', 2],
        ],
      },
    ],
    [
      'age along 2 straight lines',
      {
        op: 'piecewise',
        args: [age],
        points: [
          [0, 0],
          [1, 1],
          [2, 5],
        ],
        outside: 'clamp',
      },
    ],
    ['income', { op: 'float32', args: [income] }],
  ])('%s', (text, expression) => {
    expect(expressionText(expression)).toBe(text)
  })

  it('is the columns that it is made of where the formula is long', () => {
    const many: Expression = {
      op: 'add',
      args: Array.from({ length: 30 }, (_, i) => ({ op: 'multiply', args: [i + 0.5, { column: `column ${i}` }] })),
    }
    expect(expressionText(many)).toBe('a formula of column 0, column 1, column 2, column 3 and 26 more')
  })
})
