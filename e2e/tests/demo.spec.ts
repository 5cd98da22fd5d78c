import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from '../setting.ts'
import { expect, sample, test } from './fixtures.ts'
import { expectScores, shippedModel } from './plainModel.ts'

/** The demo command, as a person or a script starts it. */

async function demo(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('dist/cli/blindscore.js', root)), 'demo', ...args])
  let out = ''
  let err = ''
  child.stdout.on('data', (bytes) => {
    out += bytes
  })
  child.stderr.on('data', (bytes) => {
    err += bytes
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, out, err }
}

test('scores a file with the real page and says what happened', async ({ file }) => {
  const dropped = readFileSync(sample('concrete'), 'utf8').split('\n').slice(0, 101).join('\n')
  const csv = await file('concrete.csv', dropped)
  const saved = join(dirname(csv), 'new folder', 'out.csv')
  const shots = join(dirname(csv), 'shots')
  const options = ['--key-size', '2048', '--screenshots', shots]
  const { code, out, err } = await demo('--csv', csv, '--model', 'concrete-strength', '--out', saved, ...options)
  expect([code, err]).toEqual([0, ''])
  expectScores(shippedModel('concrete-strength'), dropped, readFileSync(saved, 'utf8'))
  expect(out).toMatch(/Rows {4}100 scored in [\d.]+ s/)
  expect(out).toMatch(/read [\d.]+ s, seal [\d.]+ s, residues ahead [\d.]+ s, send and score [\d.]+ s, open [\d.]+ s/)
  expect(out).toMatch(/[\d,]+ up, [\d,]+ down, [\d.]+ up per value/)
  expect(readdirSync(shots)).toEqual(['1-model.png', '2-check.png', '3-run.png', '4-scores.png'])
})

test('drives the page that has its server in it, from a folder of files, and keeps a film', async ({ file }) => {
  const dropped = readFileSync(sample('concrete'), 'utf8').split('\n').slice(0, 101).join('\n')
  const csv = await file('concrete.csv', dropped)
  const [saved, film] = [join(dirname(csv), 'out.csv'), join(dirname(csv), 'film.webm')]
  const folder = fileURLToPath(new URL('dist/demo', root))
  const picture = join(dirname(csv), 'picture.webp')
  const options = ['--key-size', '2048', '--static', folder, '--film', film, '--picture', picture, '--dark']
  const { code, out, err } = await demo('--csv', csv, '--model', 'concrete-strength', '--out', saved, ...options)
  expect([code, err]).toEqual([0, ''])
  expectScores(shippedModel('concrete-strength'), dropped, readFileSync(saved, 'utf8'))
  expect(out).toMatch(/Rows {4}100 scored in [\d.]+ s/)
  // EBML's magic number, and more than an empty film.
  expect(readFileSync(film).subarray(0, 4).toString('hex')).toBe('1a45dfa3')
  expect(readFileSync(film).length).toBeGreaterThan(20_000)
  expect(readFileSync(picture).subarray(8, 12).toString('latin1')).toBe('WEBP')
})

test('confirms a decimal comma and says which rows are left out and why', async ({ file }) => {
  const csv = await file('mixed.csv', 'age;healthy_eating;active_lifestyle;Gender;x\n24;4;6;1;0,5\n5;4;6;1;0,5\n24;4\n')
  const saved = join(dirname(csv), 'out.csv')
  const { code, out } = await demo('--csv', csv, '--model', 'salary', '--out', saved, '--key-size', '2048')
  expect(code).toBe(0)
  expect(out).toContain('decimal comma: confirmed')
  expect(out).toContain('Leave out 2 rows:')
  expect(out).toMatch(/age: 1 cell is outside the allowed range .*16 to 100/)
  expect(out).toContain('row/ragged')
  expect(readFileSync(saved, 'utf8')).toMatch(/^24;4;6;1;0,5;;salary 1\.0\.0;1740,29347/m)
})

for (const [what, model, content, words] of [
  ['a model that is not there', 'nothing', 'age\n1\n', 'model/unknown'],
  ['a missing column', 'salary', 'age,Gender\n24,1\n', 'columns/missing'],
  ['nothing to score', 'salary', 'age,healthy_eating,active_lifestyle,Gender\n1,2,3,4\n', 'run/nothing-to-score'],
  ['a file that is not text', 'salary', 'PK\u0003\u0004', 'file/not-text'],
] as const) {
  test(`fails with the page’s own words for ${what}`, async ({ file }) => {
    const csv = await file('bad.csv', content)
    const saved = join(dirname(csv), 'out.csv')
    const { code, err } = await demo('--csv', csv, '--model', model, '--out', saved, '--key-size', '2048')
    expect(code).toBe(1)
    expect(err).toContain(`The page says (${words}): `)
    expect(existsSync(saved)).toBe(false)
  })
}

test('says what it needs, and what it cannot find', async () => {
  expect(await demo()).toMatchObject({ code: 2, err: expect.stringContaining('Usage:') })
  expect(await demo('--help')).toMatchObject({ code: 0, out: expect.stringContaining('--screenshots DIR') })
  const gone = await demo('--csv', '/nowhere/x.csv', '--model', 'salary', '--out', '/tmp/x.csv')
  expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('There is no file /nowhere/x.csv') })
})
