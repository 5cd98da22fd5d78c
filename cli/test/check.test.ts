import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readModel } from '../../formats/read.ts'
import { makeReport } from '../../model/report.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { runEncrypted } from '../encrypted.ts'
import { htmlPage, page } from '../reportText.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const salary = readFileSync(join(root, 'server/models/salary.json'))

async function reportOf(name: string, bytes: Uint8Array) {
  const { format, file, notes } = readModel(name, bytes)
  const model = await reviewModel(file, sha256)
  return { report: makeReport({ name, format, file, model, notes, verification: await runEncrypted(model) }), file }
}

describe('the verification records go through the whole encrypted path', () => {
  test('and come out as the plaintext model has them, to the last bit', async () => {
    const { file } = readModel('salary.json', salary)
    const run = await runEncrypted(await reviewModel(file, sha256))
    expect(run).toMatchObject({ keyBits: 2048, records: file.verification?.length, worst: 0 })
    expect(run.milliseconds.seal).toBeGreaterThan(0)
  })

  test('a record that comes out wrong is named', async () => {
    const model = await reviewModel(readModel('salary.json', salary).file, sha256)
    const [first, ...rest] = model.card.verification
    const verification = [{ ...first, record: first?.record ?? {}, predictors: [1] }, ...rest]
    await expect(runEncrypted({ ...model, card: { ...model.card, verification } })).rejects.toThrow(
      expect.objectContaining({ code: 'model/verification', facts: expect.objectContaining({ record: 1 }) }),
    )
  })

  test('a model without records sends the ends of its inputs', async () => {
    const { file } = readModel('salary.json', salary)
    expect(await runEncrypted(await reviewModel({ ...file, verification: [] }, sha256))).toMatchObject({
      records: 0,
      worst: 0,
    })
  })
})

const { report, file } = await reportOf('salary.json', salary)

describe('the page', () => {
  const text = page(report)

  test('says what a vendor must know', () => {
    for (const feature of file.features) expect(text).toContain(feature.name)
    expect(text).toContain(`T = ${report.slotBits} bits`)
    for (const { keyBits, recordsPerCiphertext, perThousand } of report.keys) {
      expect(text).toMatch(new RegExp(`${keyBits}-bit key +${recordsPerCiphertext} records`))
      expect(perThousand?.bytesUp).toBe(Math.ceil(1000 / recordsPerCiphertext) * report.public.inputs * (keyBits / 4))
    }
    expect(text).toContain('4 weights and 1 intercept in 1 head')
  })

  test('shows the records that would be published, as they stand', () => {
    for (const { record, predictors } of report.public.records) {
      const cells = Object.entries(record).map(([name, cell]) => `${name}=${cell}`)
      expect(text).toContain(`${cells.join(', ')} -> ${predictors?.join(', ')}`)
    }
  })

  test('is one file as HTML, with the same and no script', () => {
    const html = htmlPage({ ...report, title: '<script>alert(1)</script>' })
    expect(html).not.toContain('<script')
    expect(html).toContain('&lt;script&gt;')
    expect(html).not.toMatch(/\b(?:src|href)=/)
    for (const feature of file.features) expect(html).toContain(feature.name)
    expect(html).toContain('4 weights and 1 intercept in 1 head')
  })

  test('holds no weight, and neither does its JSON', () => {
    for (const { intercept, terms } of file.heads) {
      for (const weight of [intercept, ...terms.map((term) => term.weight)]) {
        expect(text + JSON.stringify(report)).not.toContain(String(Math.abs(weight)))
      }
    }
  })

  test('lets no name steer a terminal', async () => {
    const hostile = JSON.parse(salary.toString())
    hostile.title = '\u001b[2J\u202eevil'
    expect(page((await reportOf('m.json', Buffer.from(JSON.stringify(hostile)))).report)).not.toMatch(
      /\p{Cc}(?<!\n)|\p{Cf}/u,
    )
  })
})

describe('the command', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'check-'))
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', join(root, 'cli')])
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'dist/cli/blindscore.js'), ...args], { encoding: 'utf8' })

  test('ends with 0 for a model that will be served, and prints JSON for programs', () => {
    const { status, stdout } = run('check', join(root, 'server/models/salary.json'), '--json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, id: 'salary', verification: { worst: 0 } })
  })

  test('says its notes as sentences, to people and to programs', () => {
    const path = join(root, 'formats/test/fixtures/onnx/linear.onnx')
    const { notes } = JSON.parse(run('check', path, '--json').stdout) as { notes: string[] }
    expect(notes).toEqual(expect.arrayContaining([expect.stringMatching(/^Coefficients .* \(float32\)/)]))
    expect(notes.at(-1)).toMatch(/^The file holds no verification records/)
    const { stdout } = run('check', path)
    for (const note of notes) expect(stdout).toContain(`- ${note.slice(0, 399)}`)
  })

  test('writes the report as a file', () => {
    const html = join(folder, 'report.html')
    expect(run('check', join(root, 'server/models/salary.json'), '--html', html).status).toBe(0)
    expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>.*Stays private.*<\/html>\n$/s)
  })

  test('ends with 1 and the reason for one that will not', () => {
    const path = join(folder, 'bad.json')
    writeFileSync(path, '{')
    expect(run('check', path)).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('model/syntax') })
    expect(JSON.parse(run('check', path, '--json').stdout)).toMatchObject({ ok: false, code: 'model/syntax' })
    expect(run('check', join(folder, 'none.json'))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('ENOENT'),
    })
  })

  test('ends with 2 for what is no command', () => {
    for (const args of [[], ['check'], ['serve', 'x'], ['check', 'x', '--loud']]) expect(run(...args).status).toBe(2)
  })
})
