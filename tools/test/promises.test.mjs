import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** SECURITY.md says of each of its promises which tests see it broken: it says so truly. */

const root = fileURLToPath(new URL('../../', import.meta.url))
const paper = readFileSync(`${root}SECURITY.md`, 'utf8')

/** Promises without a test, and rows of the table whose promise, file or test there is not. @param {string} text */
function untrue(text) {
  const section = /\n## Promises, and what keeps each\n(.*?)\n## /s.exec(text)?.[1] ?? ''
  const promises = [...section.matchAll(/^(\d+)\. \*\*/gm)].map(([, number]) => number)
  const rows = [...section.matchAll(/^\| (\d+) +\| `([^`]+)` +\| (.+?) +\|$/gm)].map(([, promise, file, title]) => ({
    promise,
    file,
    title,
  }))
  const held = new Set(rows.map(({ promise }) => promise))
  return [
    ...promises.filter((number) => !held.has(number)).map((number) => `promise ${number}`),
    ...rows
      .filter(({ promise, file, title }) => !promises.includes(promise) || !hasTest(`${root}${file}`, title ?? ''))
      .map(({ promise, title }) => `${promise}: ${title}`),
  ]
}

/** Whether a file has a test of that name that is run wherever the file is. @param {string} path @param {string} title */
function hasTest(path, title) {
  if (!existsSync(path)) return false
  const name = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`\\b(test|it)\\(\\s*'${name}'`).test(readFileSync(path, 'utf8'))
}

test('every promise has tests, and every test that is named is there', () => {
  expect(untrue(paper)).toEqual([])
})

test('a promise without a test, and a test that was named otherwise, moved or is not run, are found', () => {
  const more = paper.replace('\n### What sees', '\n10. **What nobody tests.**\n\n### What sees')
  expect(untrue(more)).toEqual(['promise 10'])
  expect(untrue(paper.replace('is found in the stores', 'is found anywhere'))).toEqual([
    expect.stringMatching(/^9: nothing that was sent .* found anywhere/),
  ])
  expect(untrue(paper.replace('| `client/test/oracle.', '| `client/test/oracles.'))).toEqual([
    expect.stringMatching(/^5: /),
  ])
  // It is run by its superuser alone.
  const skipped = 'stays the service’s own where root was at it'
  expect(
    untrue(paper.replace('a run that is deleted opens no more, also where a copy of its objects is put back', skipped)),
  ).toEqual([`9: ${skipped}`])
})
