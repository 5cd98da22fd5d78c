import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** Three owners, each a process with a ledger and a part of concrete's records of its own, and a folder between them. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const studyPath = join(root, 'study/test/fixtures/concrete.study.json')
const [header = '', ...rows] = readFileSync(join(root, 'public/samples/concrete.csv'), 'utf8').trim().split(/\r?\n/)
const owners = ['a', 'b', 'c']
let folder = ''
const at = (name: string): string => join(folder, name)

beforeAll(() => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
  folder = mkdtempSync(join(tmpdir(), 'pool-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly said: string
}

function run(args: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, 'dist/cli/blindscore.js'), 'study', ...args])
  const told = { out: '', said: '' }
  child.stdout.on('data', (bytes) => {
    told.out += bytes
  })
  child.stderr.on('data', (bytes) => {
    told.said += bytes
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...told })))
}

const part = (k: number): string => [header, ...rows.filter((_, i) => (i * 7919) % owners.length === k)].join('\n')
const pooling = (k: number, keys: readonly string[], ...more: readonly string[]) =>
  run(
    ['pool', studyPath, '--board', at('board'), '--ledger', at(owners[k] as string), '--owners', keys.join(), ...more],
    part(k),
  )

interface Fit {
  readonly coefficients: readonly { readonly estimate: number; readonly error: number }[]
}

test('owners get the model of all rows, once, and leave nothing of theirs in the folder', async () => {
  const keys = await Promise.all(owners.map(async (name) => (await run(['owner', at(name)])).out.trim()))
  expect(statSync(at('a')).mode & 0o777).toBe(0o600)
  expect((await run(['owner', at('a')])).out.trim()).toBe(keys[0])

  const declared = {
    name: 'Owner a',
    role: 'controller',
    contact: 'a@example.org',
    basis: 'consent',
    retention: 'a year',
  }
  writeFileSync(at('declared.json'), JSON.stringify(declared))
  const ofFirst = ['--declared', at('declared.json'), '--receipt', at('receipt.json')]
  // What is only shown is agreed to by nobody, and the same run goes on later.
  const shown = await Promise.all(
    owners.map((_, k) => pooling(k, keys, '--wait', '60', ...(k === 0 ? ofFirst : []), '--consent', 'show')),
  )
  const hashes = shown.map(({ said }) => /--consent ([0-9a-f]{64})/.exec(said)?.[1] ?? '')
  expect(shown.map(({ code }) => code)).toEqual([1, 1, 1])
  expect(new Set(await readdir(at('board'), { recursive: true }).then((names) => names.map(slotIn)))).toEqual(
    new Set(['', 'commit', 'keys']),
  )
  const other = await pooling(0, keys, ...ofFirst, '--consent', hashes[1] as string)
  expect([other.code, other.said]).toEqual([1, expect.stringContaining('(study/consent)')])

  const ends = await Promise.all(
    owners.map((_, k) =>
      pooling(k, keys, '--json', '--wait', '60', ...(k === 0 ? ofFirst : []), '--consent', hashes[k] as string),
    ),
  )
  expect(ends.map(({ code, said }) => [code, /\((study\/[a-z]+)\)/.exec(said)?.[1]])).toEqual(
    owners.map(() => [0, undefined]),
  )
  const [first = '', ...others] = ends.map(({ out }) => out)
  expect(new Set(others)).toEqual(new Set([first]))
  const whole = await run(['fit', studyPath, '--json', '--quiet'], [header, ...rows].join('\n'))
  const [ours, theirs] = [JSON.parse(first) as Fit, JSON.parse(whole.out) as Fit]
  for (const [i, { estimate, error }] of ours.coefficients.entries()) {
    const { estimate: meant, error: meantError } = theirs.coefficients[i] as Fit['coefficients'][number]
    expect([estimate, error]).toEqual([Number(meant.toPrecision(6)), Number(meantError.toPrecision(6))])
  }

  const receipt = JSON.parse(readFileSync(at('receipt.json'), 'utf8'))
  expect(statSync(at('receipt.json')).mode & 0o777).toBe(0o600)
  expect(receipt).toMatchObject({ own: { basis: 'consent', retention: 'a year' }, ended: { as: 'done' } })
  expect(receipt.consent.sha256).toBe(hashes[0])
  expect(createHash('sha256').update(receipt.consent.text).digest('hex')).toBe(hashes[0])
  expect(shown[0]?.said).toContain(receipt.consent.text)
  expect(shown[1]?.said).toContain('- Owner a: controller of its own: a@example.org: ')
  expect(shown[1]?.said).not.toContain('a year')

  // What lies there are signed messages, and no file beside them.
  for (const text of await textsIn(at('board'))) expect(Object.keys(JSON.parse(text)).sort()).toEqual(members)

  const again = await pooling(0, keys, '--wait', '1')
  expect([again.code, again.said]).toEqual([1, expect.stringContaining('(study/joined)')])
})

test('whoever is not among the owners that people named ends it, and whom nobody answers says so', async () => {
  const keys = await Promise.all(owners.map(async (name) => (await run(['owner', at(`other-${name}`)])).out.trim()))
  const stranger = (await run(['owner', at('stranger')])).out.trim()
  const study = at('other.study.json')
  writeFileSync(study, readFileSync(studyPath, 'utf8').replace('"title": "', '"title": "Another: '))
  const takePart = (k: number, ledger: string, named: readonly string[], wait = '60') =>
    run(
      ['pool', study, '--board', at('board'), '--ledger', at(ledger), '--owners', named.join(), '--wait', wait],
      part(k),
    )
  const ends = await Promise.all([
    takePart(0, 'other-a', keys),
    takePart(1, 'other-b', keys),
    takePart(2, 'stranger', [...keys.slice(0, 2), stranger], '10'),
  ])
  for (const { code, said } of ends) {
    expect(code).toBe(1)
    expect(said).toMatch(/\(study\/(roster|missing)\)/)
  }
  expect(ends.slice(0, 2).every(({ said }) => said.includes('(study/roster)'))).toBe(true)

  const alone = await run(
    ['pool', studyPath, '--board', at('empty'), '--ledger', at('other-a'), '--owners', keys.join(), '--wait', '1'],
    part(0),
  )
  expect([alone.code, alone.said]).toEqual([1, expect.stringContaining('(study/missing)')])
  expect((await pooling(0, ['no key'])).code).toBe(2)
})

const members = ['body', 'context', 'from', 'signature', 'slot']

async function textsIn(path: string): Promise<string[]> {
  const names = await readdir(path, { recursive: true })
  return Promise.all(names.filter((name) => name.endsWith('.json')).map((name) => readFile(join(path, name), 'utf8')))
}

/** The slot of a path below the board; empty for the study's own folder. */
const slotIn = (path: string): string => path.split('/')[1] ?? ''
