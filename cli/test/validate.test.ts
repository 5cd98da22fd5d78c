import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer } from '../../server/listen.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const r = JSON.parse(readFileSync(join(root, 'stats/test/fixtures/validation.json'), 'utf8'))
const file = [
  'id,probability,Status,amount',
  ...r.scores.map((score: number, i: number) => `${i + 1},${score},${r.events[i] ? 'bad' : 'good'},${r.amounts[i]}`),
].join('\n')
const workerFile = new URL('../../dist/server/compute/worker.js', import.meta.url)
let folder = ''
beforeAll(() => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
  folder = mkdtempSync(join(tmpdir(), 'validate-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'dist/cli/blindscore.js'), 'validate', ...args], {
    input: file,
    encoding: 'utf8',
    cwd: folder,
  })

describe('blindscore validate', () => {
  test('has R’s AUC and interval, and writes a report that loads nothing', () => {
    const { status, stdout, stderr } = run(
      '--score',
      'probability',
      '--outcome',
      'Status',
      '--event',
      'bad',
      '--json',
      '--report',
      'r.html',
    )
    expect(stderr).toContain('500 records will be compared')
    expect(status).toBe(0)
    const { discrimination, brier } = JSON.parse(stdout)
    expect(Math.abs(discrimination.auc - r.auc)).toBeLessThan(1e-12)
    expect(Math.abs(brier - r.brier)).toBeLessThan(1e-12)
    const report = readFileSync(join(folder, 'r.html'), 'utf8')
    expect(report).toContain(`AUC ${Number(r.auc.toPrecision(4))}`)
    expect(report).not.toMatch(/<script|https?:\/\/|src=/)
  })

  test('says what the vendor’s card claims beside it', async () => {
    const server = await startServer({ port: 0, page: null, threads: 1, workerFile })
    try {
      const args = [
        '--score',
        'probability',
        '--outcome',
        'Status',
        '--event',
        'bad',
        '--server',
        server.url,
        '--model',
        'credit-default',
      ]
      const child = spawn(process.execPath, [join(root, 'dist/cli/blindscore.js'), 'validate', ...args])
      child.stdin.end(file)
      let said = ''
      for await (const piece of child.stdout) said += piece
      expect(said).toContain('The vendor says: AUC 0.8326 on the 30 % of rows held out from fitting')
    } finally {
      await server.close()
    }
  })

  test('has R² of amounts', () => {
    const { status, stdout } = run('--score', 'probability', '--outcome', 'amount')
    expect(status).toBe(0)
    expect(stdout).toContain(`squared correlation ${Number(r.squaredCorrelation.toPrecision(4))}`)
  })

  test.each([
    ['no outcome', ['--score', 'probability'], 2],
    [
      'a server without a model',
      ['--score', 'probability', '--outcome', 'amount', '--server', 'http://127.0.0.1:1/'],
      2,
    ],
    ['a column that there is not', ['--score', 'probability', '--outcome', 'Outcome'], 1],
    ['an event that never came to pass', ['--score', 'probability', '--outcome', 'Status', '--event', 'ugly'], 1],
  ])('ends with the exit code of %s', (_, args, code) => {
    expect(run(...args).status).toBe(code)
  })
})
