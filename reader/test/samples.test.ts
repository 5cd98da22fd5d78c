import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { modelText, type ShippedId } from '../../core/test/shipped.ts'
import { scored } from './scored.ts'

const samples = {
  'credit-default': 'credit',
  'doctor-visits': 'doctor-visits',
  'concrete-strength': 'concrete',
  salary: 'salary',
} as const satisfies Record<ShippedId, string>

describe('a sample that ships', () => {
  it.each(Object.entries(samples))('asks nothing and is scored whole: %s', async (id, name) => {
    const bytes = new Uint8Array(readFileSync(new URL(`../../public/samples/${name}.csv`, import.meta.url)))
    const { asks, report } = await scored(bytes, modelText(id as ShippedId), { near: 'none' })
    expect(asks).toBe(null)
    expect(report).toMatchObject({ leftOut: 0, groups: [], suggestions: [], doubts: [], neutralised: 0 })
  })
})
