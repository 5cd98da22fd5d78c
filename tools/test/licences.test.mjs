import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { noticeOf, noticesFile, noticesText, packagesOf } from '../licences.mjs'

const root = new URL('../../', import.meta.url)
const at = (path) => new URL(path, root)

const bannerOf = (file) =>
  readFileSync(at(`dist/page/${file}`), 'utf8')
    .split('\n', 3)
    .find((line) => line.startsWith('/*!')) ?? ''

describe('the notices of what is built into the page', () => {
  test('are of packages, wherever they lie, and of nothing else', () => {
    expect(
      packagesOf([
        'web/page.tsx',
        '/a/node_modules/react/index.js',
        '/a/node_modules/@x/y/dist/b.js',
        '/a/node_modules/@x/y/node_modules/z/c.js',
        '/a/node_modules/react/cjs/d.js',
      ]),
    ).toEqual(['/a/node_modules/@x/y/', '/a/node_modules/@x/y/node_modules/z/', '/a/node_modules/react/'])
  })

  test('have each package’s name, version, licence and text', () => {
    const react = noticeOf(`${at('node_modules/react/').pathname}`)
    const { version } = JSON.parse(readFileSync(at('node_modules/react/package.json'), 'utf8'))
    expect(react.title).toBe(`react ${version}, MIT`)
    expect(noticesText([react])).toContain('Permission is hereby granted')
  })

  test.skipIf(!existsSync(at('dist/page-modules.json')))(
    'are beside the page, and named in every script with a package',
    () => {
      const text = readFileSync(at(`dist/page/${noticesFile}`), 'utf8')
      const modules = JSON.parse(readFileSync(at('dist/page-modules.json'), 'utf8'))
      const files = new Set(readdirSync(at('dist/page/assets')).map((name) => `assets/${name}`))
      const all = new Set()
      for (const [file, paths] of Object.entries(modules)) {
        if (!files.has(file)) continue
        for (const folder of packagesOf(paths)) {
          const { name, title, text: notice } = noticeOf(`${at(folder).pathname}`)
          all.add(name)
          expect([file, bannerOf(file)]).toEqual([file, expect.stringContaining(title)])
          expect(text).toContain(`${title}\n\n${notice}`)
        }
      }
      expect(all.has('react')).toBe(true)
    },
  )
})

test('every package of the lockfile is pinned by the digest of its bytes, those for other machines as well', () => {
  const { packages } = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'))
  const loose = Object.entries(packages).filter(([path, entry]) => path !== '' && !entry.link && !entry.integrity)
  expect(loose.map(([path]) => path)).toEqual([])
  expect(Object.keys(packages).length).toBeGreaterThan(200)
})

test('the lockfile and package.json say the same, so that npm ci installs what is pinned and nothing else', () => {
  const args = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--dry-run', '--offline']
  const { status, stderr } = spawnSync('npm', args, { cwd: fileURLToPath(root), encoding: 'utf8' })
  expect([status, stderr.match(/Missing: .*|Invalid: .*/g)]).toEqual([0, null])
})
