import { describe, expect, it } from 'vitest'
import type { Repair } from '../../../reader/repairs.ts'
import type { Suggestion } from '../../../reader/suggest.ts'
import { openSuggestions } from '../openSuggestions.ts'

const near: Suggestion = {
  repair: {
    feature: 2,
    kind: 'levels',
    pairs: [
      ['mashinist', 'machinist'],
      ['clerc', 'clerk'],
    ],
  },
  why: 'nearest',
  count: 5,
  examples: [
    ['mashinist', 'machinist', 4],
    ['clerc', 'clerk', 1],
  ],
}
const comma: Suggestion = {
  repair: { feature: 0, kind: 'number', ways: ['other-decimal'] },
  why: 'ways',
  count: 3,
  examples: [['1,5', '1.5', 3]],
}
const one: Repair = { feature: 2, kind: 'levels', pairs: [['mashinist', 'machinist']] }

describe('suggestions that are still open', () => {
  it('are all of them while nothing was said', () => {
    expect(openSuggestions([near, comma], [])).toEqual([near, comma])
  })

  it('lose the pairs that were taken singly, and count what is left', () => {
    expect(openSuggestions([near, comma], [one])).toEqual([
      { ...near, repair: { ...near.repair, pairs: [['clerc', 'clerk']] }, count: 1, examples: [['clerc', 'clerk', 1]] },
      comma,
    ])
  })

  it('are gone once taken whole, whatever was said of other columns', () => {
    expect(openSuggestions([near, comma], [near.repair, { ...comma.repair, feature: 1 }])).toEqual([comma])
    expect(openSuggestions([near, comma], [comma.repair, { ...one, feature: 3 }])).toEqual([near])
  })
})
