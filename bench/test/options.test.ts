import { expect, test } from 'vitest'
import { parseOptions, parts, UsageError } from '../options.ts'

test('without options everything is measured, at 3072 bits', () => {
  expect(parseOptions([], '/here')).toEqual({ quick: false, only: new Set(parts), keySize: 3072 })
})

test('options', () => {
  const argv = ['--json', 'out.json', '--quick', '--only', 'sizes', '--only', 'ckks', '--key-size', '2048']
  expect(parseOptions(argv, '/here')).toEqual({
    json: '/here/out.json',
    quick: true,
    only: new Set(['sizes', 'ckks']),
    keySize: 2048,
  })
  expect(parseOptions(['--help'], '/here')).toBeNull()
})

test.each([['--only', 'nothing'], ['--key-size', '1024'], ['--unknown'], ['word']])('%s %s is refused', (...argv) => {
  expect(() => parseOptions(argv.filter(Boolean), '/here')).toThrow(UsageError)
})
