import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Key } from '../../client/owner/key.ts'
import { readSheet } from '../../reader/sheet.ts'
import { type RunningServer, startServer } from '../../server/listen.ts'
import { UsageError } from '../command.ts'
import { thresholdOn } from '../savingOptions.ts'
import { parseScoreOptions } from '../scoreOptions.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const command = join(root, 'dist/cli/blindscore.js')
const workerFile = new URL('../../dist/server/compute/worker.js', import.meta.url)
const sample = readFileSync(join(root, 'public/samples/salary.csv'), 'utf8')
const [header = '', ...lines] = sample.trim().split(/\r?\n/)
const few = `${[header, ...lines.slice(0, 5)].join('\n')}\n`

let server: RunningServer
let folder = ''
beforeAll(async () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
  server = await startServer({ port: 0, page: null, threads: 1, workerFile })
  folder = mkdtempSync(join(tmpdir(), 'score-'))
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly said: string
  readonly bytes: Buffer<ArrayBuffer>
}

function score(
  args: readonly string[],
  input: string | Uint8Array,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [command, 'score', ...args], { env: { ...process.env, ...env } })
  const texts = { out: '', said: '' }
  const pieces: Buffer[] = []
  child.stdout.on('data', (bytes: Buffer) => {
    pieces.push(bytes)
    texts.out += bytes
  })
  child.stderr.on('data', (bytes) => {
    texts.said += bytes
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve) =>
    child.on('close', (code) => resolve({ code, ...texts, bytes: Buffer.concat(pieces) })),
  )
}

const salary = () => ['--server', server.url, '--model', 'salary', '--key-size', '2048', '--threads', '1']

describe('blindscore score', () => {
  test('writes the records with their scores to standard output, and what it did to standard error', async () => {
    const { code, out, said } = await score(salary(), few)
    expect([code, said]).toEqual([0, expect.stringMatching(/Making a key…\n(.*\n)*5 records scored/)])
    const rows = out.split('\r\n')
    expect(rows[0]?.replaceAll('"', '')).toBe(`${header.replaceAll('"', '')},scored_by,linear_predictor,score`)
    expect(rows[1]).toMatch(/\bsalary [\d.]+\b/)
    expect(rows).toHaveLength(7)
  })

  test('takes columns of other names, and writes the rows that it leaves out to a file, with the reasons', async () => {
    const bad = lines[3]?.replace(/,\d+,/, ',x,')
    const renamed = [header.replace(/\bage\b/, 'Alter'), ...lines.slice(0, 3), bad].join('\n')
    const file = join(folder, 'left-out.csv')
    const args = [...salary(), '--column', 'age=Alter', '--left-out', file]
    const { code, out, said } = await score(args, renamed)
    const rows = out.trim().split('\r\n')
    expect([code, rows.length, rows.filter((row) => row.includes('Alter: cell/not-a-number'))]).toEqual([
      0,
      5,
      rows.slice(4),
    ])
    expect(said).toContain('3 records will be scored, 1 left out.')
    expect(readFileSync(file, 'utf8')).toMatch(/left_out_reason\r\n.*Alter: cell\/not-a-number/)
  })

  test('says in each row what a threshold decides of it, and writes a workbook that reads back to the same', async () => {
    const threshold = ['--threshold', '1e4', '--below', 'few', '--at-or-above', 'many']
    const csv = await score([...salary(), ...threshold], few)
    const rows = (text: string) =>
      text
        .trim()
        .split(/\r?\n/)
        .map((row) => row.split(',').map((cell) => cell.replaceAll('"', '')))
    const [names = [], ...cells] = rows(csv.out)
    expect(names.slice(-5)).toEqual(['scored_by', 'threshold', 'decision', 'linear_predictor', 'score'])
    for (const row of cells) expect(row.at(-3)).toBe(Number(row.at(-1)) >= 1e4 ? 'many' : 'few')
    expect(cells.map((row) => row.at(-4))).toEqual(Array(5).fill('10000'))

    const { code, bytes, said } = await score([...salary(), ...threshold, '--format', 'xlsx'], few)
    expect([code, said]).toEqual([0, expect.stringContaining('5 records scored')])
    const read = await readSheet(new Blob([bytes]), null)
    expect(read.sheets).toEqual(['Scores', 'About'])
    expect(rows(await read.csv.text())).toEqual([names, ...cells])
    const about = await (await readSheet(new Blob([bytes]), 1)).csv.text()
    for (const said of ['salary', '10000', 'few', 'many']) expect(about).toContain(said)
    // And the workbook is records to the command, as the file was.
    const again = await score(salary(), bytes)
    expect([again.code, again.out.split('\r\n')]).toEqual([0, expect.objectContaining({ length: 7 })])
  })

  test('which of a model’s scores a threshold is of is said where there are several, and is one of them', () => {
    const told = (...argv: string[]) => parseScoreOptions(['--server', 'http://a', '--model', 'a', ...argv]).threshold
    const one = { responses: ['yes'] }
    const several = { responses: ['low', 'middle', 'high'] }
    const words = { below: 'decline', atOrAbove: 'accept' }
    expect(thresholdOn(one, told('--threshold', '.5'))).toEqual({ value: 0.5, response: 0, ...words })
    const last = thresholdOn(several, told('--threshold=-2', '--response', 'high', '--below', 'no'))
    expect(last).toEqual({ value: -2, response: 2, ...words, below: 'no' })
    expect(thresholdOn(several, told())).toBeNull()
    expect(() => thresholdOn(several, told('--threshold', '1'))).toThrow(UsageError)
    expect(() => thresholdOn(several, told('--threshold', '1', '--response', 'none'))).toThrow(UsageError)
  })

  test('scores under the lattice scheme with a key for the run alone, and to within the tolerance the same', async () => {
    const args = ['--server', server.url, '--model', 'salary', '--threads', '1']
    const { tolerance } = (await (await fetch(`${server.url}v1/models/salary`)).json()) as { tolerance: number }
    const predictors = (text: string): number[] =>
      text
        .trim()
        .split('\r\n')
        .slice(1)
        .map((row) => Number(row.split(',').at(-2)))
    const paillier = predictors((await score([...args, '--key-size', '2048'], few)).out)
    const { code, out, said } = await score([...args, '--scheme', 'lattice'], few)
    expect([code, said]).toEqual([0, expect.stringContaining('Making a key for this run…')])
    const lattice = predictors(out)
    expect(lattice).toHaveLength(5)
    lattice.forEach((predictor, i) => {
      expect(Math.abs(predictor - (paillier[i] as number))).toBeLessThanOrEqual(tolerance)
    })
  })

  test('a scheme that the server does not serve is refused before anything is sealed', async () => {
    const pinned = await startServer({ port: 0, page: null, threads: 1, workerFile, schemes: ['paillier'] })
    try {
      const args = ['--server', pinned.url, '--model', 'salary', '--threads', '1', '--scheme', 'lattice']
      const { code, out, said } = await score(args, few)
      expect([code, out, said]).toEqual([1, '', expect.stringContaining('(key/scheme)')])
      const { code: auto } = await score([...args.slice(0, -1), 'auto'], few)
      expect(auto).toBe(0)
    } finally {
      await pinned.close()
    }
  })

  test('scores with the key of a backup, and not without its passphrase', async () => {
    const key = await Key.generate('paillier-2048')
    const backup = join(folder, 'key.json')
    writeFileSync(backup, await key.backup('correct horse battery staple'))
    const args = ['--server', server.url, '--model', 'salary', '--key', backup, '--quiet']
    const right = await score(args, few, { BLINDSCORE_PASSPHRASE: 'correct horse battery staple' })
    expect([right.code, right.said, right.out.split('\r\n')]).toEqual([0, '', expect.objectContaining({ length: 7 })])
    const wrong = await score(args, few, { BLINDSCORE_PASSPHRASE: 'something else entirely' })
    expect([wrong.code, wrong.out]).toEqual([1, ''])
    expect(wrong.said).toContain('(key/backup)')
  })

  test.each([
    ['no model of that id', ['--model', 'nothing'], few, 'model/unknown'],
    ['a file without rows', [], `${header}\n`, 'file/empty'],
    ['an empty file', [], '', 'file/empty'],
    ['a file that is no text', [], 'PK\u0003\u0004', 'file/not-text'],
    ['columns that are not there', [], 'a,b\n1,2\n', 'columns/missing'],
    ['no row that can be scored', [], `${header}\n${header}\n`, 'run/nothing-to-score'],
  ])('%s: says the code, writes nothing, and ends with 1', async (_, more, input, code) => {
    const ended = await score([...salary(), ...more], input)
    expect([ended.code, ended.out, ended.said]).toEqual([1, '', expect.stringContaining(`(${code})`)])
  })

  test('a server that is not there: ends with 1 once it was tried, with the address and what the system says', async () => {
    const ended = await score(['--server', 'http://127.0.0.1:2', '--model', 'salary'], few)
    expect([ended.code, ended.said]).toEqual([1, expect.stringContaining('ECONNREFUSED 127.0.0.1:2. (run/offline)')])
  })

  test.each([
    [[]],
    [['--server', 'http://a']],
    [['--server', 'nowhere', '--model', 'a']],
    [['--server', 'http://a', '--model', 'a', '--key-size', '1024']],
    [['--server', 'http://a', '--model', 'a', '--key', 'f', '--key-size', '2048']],
    [['--server', 'http://a', '--model', 'a', '--threads', '0']],
    [['--server', 'http://a', '--model', 'a', '--column', 'age']],
    [['--server', 'http://a', '--model', 'a', '--scheme', 'ckks']],
    [['--server', 'http://a', '--model', 'a', '--scheme', 'lattice', '--key', 'f']],
    [['--server', 'http://a', '--model', 'a', '--scheme', 'lattice', '--key-size', '3072']],
    [['--server', 'http://a', '--model', 'a', '--format', 'ods']],
    [['--server', 'http://a', '--model', 'a', '--threshold', '1,5']],
    [['--server', 'http://a', '--model', 'a', '--threshold', '1e999']],
    [['--server', 'http://a', '--model', 'a', '--below', 'no']],
    [['--server', 'http://a', '--model', 'a', '--response', 'a']],
    [['--server', 'http://a', '--model', 'a', '--strange']],
  ])('%j cannot be meant', (argv) => {
    expect(() => parseScoreOptions(argv)).toThrow(UsageError)
  })
})
