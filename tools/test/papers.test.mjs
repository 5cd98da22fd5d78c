import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tracked = String(spawnSync('git', ['ls-files'], { cwd: root }).stdout)
  .trim()
  .split('\n')

/** Files of code that a paper names as `name.ts` or `folder/name.ts`, each with whether there is one. @param {string} text */
const named = (text) => {
  const names = [...text.matchAll(/`((?:[\w-]+\/)*[\w.-]+\.(?:ts|tsx|mjs))`/g)].map(([, name = '']) => name)
  // Modules of WebAssembly are written by `kernel/build.mjs`.
  return names.filter((name) => !name.startsWith('built/') && !tracked.some((path) => `/${path}`.endsWith(`/${name}`)))
}

test('papers name files that are there', () => {
  // The history names what was.
  const papers = tracked.filter((path) => path.endsWith('.md') && path !== 'CHANGELOG.md')
  expect(papers.length).toBeGreaterThan(20)
  const missing = papers.flatMap((path) => named(readFileSync(join(root, path), 'utf8')).map((name) => [path, name]))
  expect(missing).toEqual([])
})

test('a file that is not there is found', () => {
  expect(named('`walls.test.mjs`, `test/papers.test.mjs`, `tools/papers.test.mjs` and `away-long-ago.ts`')).toEqual([
    'tools/papers.test.mjs',
    'away-long-ago.ts',
  ])
})
