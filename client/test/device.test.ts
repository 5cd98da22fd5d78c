import { expect, it } from 'vitest'
import { sealersFor } from '../device.ts'

it.each([
  ['one per core', { cores: 4, gibibytes: 8 }, 4],
  ['no more than sixteen', { cores: 64, gibibytes: 64 }, 16],
  ['fewer where memory is short', { cores: 8, gibibytes: 2 }, 4],
  ['one at least', { cores: 8, gibibytes: 0.25 }, 1],
  ['one on one core', { cores: 1, gibibytes: 8 }, 1],
])('sealers: %s', (_, device, sealers) => {
  expect(sealersFor(device)).toBe(sealers)
})
