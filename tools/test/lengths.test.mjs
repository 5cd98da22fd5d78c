import { expect, test } from 'vitest'
import { lengthProblems, longFunctions } from '../lengths.mjs'

const lines = (count) => Array.from({ length: count }, () => '  f()').join('\n')

test.each([
  ['function', (body) => `function long() {\n${body}\n}`],
  ['arrow function', (body) => `const long = async () => {\n${body}\n}`],
  ['method', (body) => `class C {\n  long() {\n${body}\n  }\n}`],
  ['member', (body) => `const o = {\n  long: function () {\n${body}\n  },\n}`],
  ['inner function', (body) => `export function outer() { return function long() {\n${body}\n} }`],
])('a %s is named when it is longer than sixty lines, and not before', (_, write) => {
  expect(longFunctions('a/b.ts', write(lines(58)))).toEqual([])
  const found = longFunctions('a/b.ts', write(lines(59)))
  expect(found.map(({ name, lines: count }) => [name, count])).toContainEqual(['a/b.ts long', 61])
})

test('what is listed may not grow, and its entry goes with it when it shrinks', () => {
  const found = [{ name: 'a.ts long', lines: 80, line: 1 }]
  expect(lengthProblems(found, { 'a.ts long': 80 })).toEqual([])
  expect(lengthProblems(found, { 'a.ts long': 79 }).join()).toContain('has 80 lines; 79 are the most')
  expect(lengthProblems(found, { 'a.ts long': 81 }).join()).toContain('has become shorter')
  expect(lengthProblems([], { 'a.ts long': 80 }).join()).toContain('has become shorter')
})
