import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixture, fixturePath, others } from '../../interop/test/phe.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const command = join(root, 'dist/cli/blindscore.js')
const folder = mkdtempSync(join(tmpdir(), 'blindscore-phe-'))

beforeAll(() => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
})
afterAll(() => rmSync(folder, { recursive: true }))

function blindscore(words: readonly string[], input = '', env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'phe', ...words], {
    encoding: 'utf8',
    input,
    cwd: folder,
    env: { ...process.env, ...env },
  })
  return { status, stdout, stderr }
}

const saved = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const custkeys = fixturePath('keys.json')
const without = '771.0757633883509'
/** The double nearest to the exact sum, which python-paillier gives too (`answer-intercept.json`). */
const withIntercept = '1740.2934756990094'

test('the example is the article’s exchange, with the intercept and without', () => {
  const script = readFileSync(join(root, 'examples/phe.sh'), 'utf8')
  expect(script.split('\n').filter((line) => /^npx blindscore phe /.test(line))).toHaveLength(6)
  const npx = `npx() { shift; "${process.execPath}" "${command}" "$@"; }\nset -e\n`
  const said = execFileSync('sh', ['-c', npx + script], { cwd: folder, encoding: 'utf8' })
  expect(said).toBe(`${withIntercept}\n${without}\n`)
  expect(Number(withIntercept)).toBeCloseTo(Number('1740.2934756990095'), 11)
  // Their files are the article's: JSON texts within JSON texts, and one flat pair.
  const inner = (name: string): string => JSON.parse(readFileSync(join(folder, name), 'utf8'))
  expect(inner('data.json')).toMatch(/^\{"public_key": \{"n": \d+\}, "values": \[(\["\d+", -\d+\](, )?){4}\]\}$/)
  expect(inner('answer.json')).toMatch(/^\{"pubkey": \{"n": \d+\}, .*"values": \["\d+", -64\]\}$/)
})

describe('python-paillier’s own files', () => {
  test.each([
    ['the article’s data', ['--without-intercept'], 'data.json', without],
    ['the article’s data, with the intercept', [], 'data.json', withIntercept],
    ['the numbers of its command line', ['--key', fixturePath('public.jwk')], 'pheutil.txt', withIntercept],
  ])('%s', (_, options, name, expected) => {
    const scored = blindscore(['score', '--model', 'salary', ...options], fixture(name))
    expect(scored).toMatchObject({ status: 0, stderr: '' })
    const opened = blindscore(['open', '--key', custkeys, '--in', saved('answer', scored.stdout)])
    expect(opened).toEqual({ status: 0, stdout: `${expected}\n`, stderr: '' })
    for (const [, python] of others) {
      if (python === null || name === 'pheutil.txt') continue
      expect(python('open', [custkeys, saved('answer', scored.stdout)])).toBe(expected)
    }
  })

  test('its answer opens under its key in every form, a backup of ours among them, and back again', () => {
    const secret = { BLINDSCORE_PASSPHRASE: 'correct horse battery staple' }
    const backup = join(folder, 'backup.json')
    expect(blindscore(['keys', '--in', custkeys, '--to', 'backup', '--out', backup], '', secret).status).toBe(0)
    expect(statSync(backup).mode & 0o777).toBe(0o600)
    const again = saved('again.jwk', blindscore(['keys', '--in', backup, '--to', 'private'], '', secret).stdout)
    for (const key of [fixturePath('private-lambda.jwk'), backup, again]) {
      expect(blindscore(['open', '--key', key], fixture('answer.json'), secret).stdout).toBe(`${without}\n`)
    }
    const { pub } = JSON.parse(readFileSync(again, 'utf8'))
    expect(pub.n).toBe(JSON.parse(fixture('public.jwk')).n)
    expect(JSON.parse(blindscore(['keys', '--in', custkeys, '--to', 'public']).stdout)).toEqual(pub)
  })

  test('a record a line comes back a line a record, exponents and signs of every kind', () => {
    const records = '24,4,6,1\n-0.5 1e-20; 0,-7\n'
    const sealed = blindscore(['seal', '--key', custkeys], records)
    expect(blindscore(['open', '--key', custkeys], sealed.stdout).stdout).toBe('24,4,6,1\n-0.5,1e-20,0,-7\n')
    const scored = blindscore(['score', '--model', 'salary'], sealed.stdout)
    const [first, second] = blindscore(['open', '--key', custkeys], scored.stdout).stdout.split(/[\n,]/)
    expect(first).toBe(withIntercept)
    expect(Number(second)).toBeCloseTo(969.2177123106585 + 0.39767402941730684 * 0.5 - 17.209947648800735 * 7, 9)
    const lines = blindscore(['seal', '--pheutil', '--key', fixturePath('public.jwk'), '-1.5', '2']).stdout
    expect(lines).toMatch(/^\{"v": "\d+", "e": -32\}\n\{"v": "\d+", "e": -32\}\n$/)
    expect(blindscore(['open', '--key', custkeys], lines).stdout).toBe('-1.5,2\n')
  })
})

test('what cannot be done is said with its code, and what cannot be meant with the usage', () => {
  expect(blindscore(['score', '--model', 'salary'], fixture('pheutil.txt'))).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/names no public key .*\(phe\/syntax\)\n$/),
  })
  expect(blindscore(['seal', '--key', custkeys, 'many'])).toMatchObject({
    status: 1,
    stderr: 'Value 1 is not a decimal number. (phe/syntax)\n',
  })
  expect(blindscore(['open', '--key', fixturePath('public.jwk')], fixture('answer.json')).stderr).toContain(
    'phe/syntax',
  )
  for (const words of [['toString'], ['score', '--model', 'nope'], ['keys', '--to', 'gold']]) {
    expect(blindscore(words, fixture('data.json'))).toMatchObject({ status: 2, stdout: '' })
  }
})
