import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

/** What was built for a host without a server. */

const demo = fileURLToPath(new URL('../../dist/demo/', import.meta.url))
const single = fileURLToPath(new URL('../../dist/blindscore.html', import.meta.url))

test('a visitor fetches at most 400 kB, compressed, before the first score: the page and the workers that it takes', () => {
  const needed = /^(index|libraries|rolldown-runtime|worker-(reader|vault|server))-/
  const assets = readdirSync(`${demo}assets`).filter((name) => needed.test(name))
  expect(assets.length).toBeGreaterThanOrEqual(6)
  const bytes = ['index.html', ...assets.map((name) => `assets/${name}`)].map(
    (name) => gzipSync(readFileSync(demo + name), { level: 9 }).length,
  )
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(400_000)
})

test('every address in the page is relative', () => {
  expect(readFileSync(`${demo}index.html`, 'utf8')).not.toMatch(/(src|href)="(\/|https?:)/)
})

test('one file names no other', () => {
  expect(existsSync(single)).toBe(true)
  const head = readFileSync(single, 'utf8').split('</head>')[0] ?? ''
  expect(head.replace(/content="[^"]*"/g, '')).not.toMatch(/(src|href)="(?!data:)/)
})
