import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '../../core/test/dial.ts'
import { foreignNumber, memberTwice } from '../jsonText.ts'

describe('a member that stands twice', () => {
  test.each([
    ['{"a":1,"a":2}', { name: 'a', line: 1 }],
    ['{"a":1,\n"\\u0061":2}', { name: 'a', line: 2 }],
    ['[{"b":{"a":[1,{"a":2}],"a":3}}]', { name: 'a', line: 1 }],
    ['{"a":{"a":1},"b":[{"a":1},{"a":1}]}', null],
    ['{"a":"\\"a\\":1,","b":"a"}', null],
    ['["a","a",{"a":"a"}]', null],
    ['{"a\\\\":1,"a\\\\":2}', { name: 'a\\', line: 1 }],
    ['"a"', null],
  ])('%s', (json, found) => {
    expect(memberTwice(json)).toEqual(found)
  })

  test('is in nothing that a program wrote', () => {
    fc.assert(
      fc.property(fc.json(), (json) => memberTwice(json) === null),
      runs(1000),
    )
  })

  test('is looked for beside strings of any length', () => {
    const long = 10_000_000
    for (const part of ['x', '\\\\', '\\"', '\\n']) {
      expect(memberTwice(`{"a":"${part.repeat(long / part.length)}","a":1}`)).toEqual({ name: 'a', line: 1 })
    }
  })
})

test('a number that JSON lacks is found outside strings alone', () => {
  expect(foreignNumber('{"NaN":"-Infinity","a":NaN}')).toBe(23)
  expect(foreignNumber('{"NaN":"-Infinity\\""}')).toBe(undefined)
})
