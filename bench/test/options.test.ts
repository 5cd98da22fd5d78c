import { expect, test } from 'vitest'
import { parseOptions, parts, UsageError } from '../options.ts'

test('without options everything is measured, at 3072 bits', () => {
  expect(parseOptions([], '/here')).toEqual({
    quick: false,
    only: new Set(parts),
    keySize: 3072,
    whole: [],
    loads: [],
  })
})

test('options', () => {
  const argv = ['--json', 'out.json', '--quick', '--only', 'sizes', '--only', 'ckks', '--key-size', '2048']
  expect(parseOptions(argv, '/here')).toEqual({
    json: '/here/out.json',
    quick: true,
    whole: [],
    loads: [],
    only: new Set(['sizes', 'ckks']),
    keySize: 2048,
  })
  expect(parseOptions(['--help'], '/here')).toBeNull()
})

test.each([['--only', 'nothing'], ['--key-size', '1024'], ['--unknown'], ['word']])('%s %s is refused', (...argv) => {
  expect(() => parseOptions(argv.filter(Boolean), '/here')).toThrow(UsageError)
})

test('a journey is named by its records and its scheme, and is then all that is measured', () => {
  const { only, whole } = parseOptions(['--journey', '100000:lattice', '--journey', '4039:paillier'], '/here') ?? {}
  expect(whole).toEqual([
    { records: 100_000, scheme: 'lattice' },
    { records: 4039, scheme: 'paillier' },
  ])
  expect([...(only ?? [])]).toEqual(['dropped'])
  for (const wrong of ['0:lattice', '10:ckks', '10'])
    expect(() => parseOptions(['--journey', wrong], '/here')).toThrow()
})

test('a load is named by its id, and attacks are then all that is measured', () => {
  const options = parseOptions(['--load', 'chunks', '--load', 'files'], '/here')
  expect(options?.loads).toEqual(['chunks', 'files'])
  expect([...(options?.only ?? [])]).toEqual(['attacks'])
  expect(() => parseOptions(['--load', 'nothing'], '/here')).toThrow(UsageError)
})
