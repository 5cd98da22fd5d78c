import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { csvOfColumns } from '../../web/demo/sampleColumns.ts'
import { byColumns } from '../demo/sampleColumns.mjs'

/** What was built for a host without a server. What a visitor fetches of it is weighed in `e2e/tests/demoPage.spec.ts`. */

const demo = fileURLToPath(new URL('../../dist/demo/', import.meta.url))
const single = fileURLToPath(new URL('../../dist/blindscore.html', import.meta.url))

test('every sample lies there by columns, and is the same to the byte when it is read', () => {
  const samples = readdirSync(`${demo}samples`).filter((name) => name.endsWith('.csv'))
  expect(samples.length).toBeGreaterThanOrEqual(4)
  for (const name of samples) {
    const columns = readFileSync(`${demo}samples/${name.replace('.csv', '.columns.txt')}`, 'utf8')
    expect(csvOfColumns(columns) === readFileSync(`${demo}samples/${name}`, 'utf8'), name).toBe(true)
  }
})

const many = Array.from({ length: 900 }, (_, i) => `${i % 300},#${i % 7},${i}\n`).join('')

test('a table by columns is itself again', () => {
  for (const csv of ['a,b\n1,"x, ""y"""\n,\n', 'a\n\n1\n', '#a,b\n1,2\n', `a,#b,c\n${many}`])
    expect(csvOfColumns(byColumns(csv))).toBe(csv)
})

test.each(['a,b\n1\n', 'a\tb\n', 'a\r\n', 'a'])('%j is refused as a sample', (csv) => {
  expect(() => byColumns(csv)).toThrow()
})

test('what workers have in common is in files that each of them names, and a worker imports nothing', () => {
  const read = (name) => readFileSync(`${demo}assets/${name}`, 'utf8')
  const assets = readdirSync(`${demo}assets`)
  const parted = assets.filter((name) => /^worker-(reader|vault|server)-/.test(name))
  expect(parted).toHaveLength(3)
  for (const name of parted) {
    const [first = ''] = read(name).split('\n', 1)
    const parts = /^\/\/parts (.+)$/.exec(first)?.[1]?.split(' ') ?? []
    expect(parts.length, name).toBeGreaterThan(0)
    const script = [...parts, name].map(read).join('')
    expect(script).not.toMatch(/(^|[;}\n])(import|export)[\s{*"]/)
    expect(() => new Function(`'use strict';${script}`), name).not.toThrow()
  }
})

test('every address in the page is relative', () => {
  expect(readFileSync(`${demo}index.html`, 'utf8')).not.toMatch(/(src|href)="(\/|https?:)/)
})

test('one file names no other', () => {
  expect(existsSync(single)).toBe(true)
  const head = readFileSync(single, 'utf8').split('</head>')[0] ?? ''
  expect(head.replace(/content="[^"]*"/g, '')).not.toMatch(/(src|href)="(?!data:)/)
})
