import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { errorCodes } from '../../core/errors.ts'

/** The table of attacks in this room's README, against the tests that run them. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const sourceOf = (file: string): string => readFileSync(`${root}/${file}.test.ts`, 'utf8')
const [, table = ''] = readFileSync(`${root}/study/README.md`, 'utf8').split('## Attacks, and where each ends\n')
const rows = table
  .split('\n')
  .map((line) => /^\| (.+?) +\| (.+?) +\| (.+?) +\| `(.+?)`: (.+?) +\|$/.exec(line))
  .flatMap((found) => (found ? [found.slice(1) as [string, string, string, string, string]] : []))

/** Each test's title in a file, with its text up to the next one's. */
function testsIn(source: string): { readonly title: string; readonly text: string }[] {
  const found = [...source.matchAll(/\(\n? *'([^'\n]+)',\s*(?:async )?\(/g)]
  return found.map(({ 1: title = '', index }, i) => ({ title, text: source.slice(index, found[i + 1]?.index) }))
}

/** Whether a test says that something ends in this code, in its own text or in the table that it runs over. */
const says = (source: string, title: string, code: string): boolean => {
  const own = testsIn(source).find((each) => each.title === title)
  if (own) return own.text.includes(`${code}'`) || own.text.includes(`'${code} `) || own.text.includes(`(${code})`)
  return source.split('\n').some((line) => line.includes(`['${title}'`) && line.includes(code))
}

test('the table has rows, each of its own attack', () => {
  expect(rows.length).toBeGreaterThan(40)
  expect(new Set(rows.map(([attack]) => attack)).size).toBe(rows.length)
})

describe.each(rows)('%s', (_, ends, _left, file, title) => {
  const codes = [...ends.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string)

  test(`ends as the test in ${file} sees it end`, () => {
    const source = sourceOf(file)
    expect(source).toContain(`'${title}'`)
    for (const code of codes) {
      if (code.includes('/')) expect(errorCodes).toContain(code)
      expect([code, says(source, title, code)]).toEqual([code, true])
    }
  })
})

test.each([[['study/test/attacks']], [['study/pool/test/attacks', 'study/pool/test/steered']]])(
  'no attack in %j is without its row',
  (files) => {
    const named = new Set(rows.filter(([, , , of]) => files.includes(of)).map(([, , , , title]) => title))
    const whole = files
      .flatMap((file) => testsIn(sourceOf(file)))
      .filter(({ text }) => /'(?:study|key)\/[a-z-]+'/.test(text) && /async/.test(text))
    expect(whole.length).toBeGreaterThan(10)
    expect(whole.map(({ title }) => title).filter((title) => !named.has(title))).toEqual([])
  },
)
