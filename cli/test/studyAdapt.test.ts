import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseModelFile } from '../../model/modelFile.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'

/** A vendor's model adapted to a customer's outcomes, as both type it; the numbers are R's (`study/test/fixtures/adaptFamilies.R`). */

const root = fileURLToPath(new URL('../..', import.meta.url))
const references = JSON.parse(readFileSync(join(root, 'study/test/fixtures/adaptFamilies.json'), 'utf8'))
const r = references.find(({ family, link }: { family: string; link: string }) => family === 'Gamma' && link === 'log')
const columns: readonly string[] = r.columns
const vendors = {
  format: 'blindscore-model/1',
  id: 'vendors',
  version: '1.0.0',
  title: 'The vendor’s',
  description: '',
  features: columns.map((name, j) => ({ name, type: 'number', range: r.ranges[j], step: 0.01 })),
  heads: [{ intercept: r.intercept, terms: columns.map((feature, j) => ({ feature, weight: r.weights[j] })) }],
  link: 'log',
  tolerance: 1e-8,
}

let folder = ''
const at = (name: string): string => join(folder, name)
const run = (args: readonly string[], input = '') =>
  spawnSync(process.execPath, [join(root, 'dist/cli/blindscore.js'), ...args], { input, encoding: 'utf8', cwd: folder })

const [header = [], ...rows] = readFileSync(join(root, 'public/samples/concrete.csv'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.replaceAll('"', '').split(','))
const scored = [
  [...columns, 'strength', 'linear_predictor'].join(),
  ...rows.map((row) => {
    const cells = columns.map((name) => row[header.indexOf(name)] ?? '')
    const eta = cells.reduce((sum, cell, j) => sum + r.weights[j] * Number(cell), r.intercept)
    return [...cells, row[header.indexOf(r.outcome)], eta.toFixed(8)].join()
  }),
].join('\n')

beforeAll(async () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
  folder = mkdtempSync(join(tmpdir(), 'adapt-'))
  writeFileSync(at('vendors.json'), JSON.stringify(vendors))
  const { card } = await reviewModel(parseModelFile(JSON.stringify(vendors)), sha256)
  writeFileSync(at('card.json'), JSON.stringify(card))
  writeFileSync(at('no.json'), JSON.stringify(card).slice(1))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const asked = ['study', 'adapt', 'card.json', '--outcome', 'strength', '--family', 'Gamma']

describe('blindscore study adapt', () => {
  test('fits the changes at the customer’s, and gives these alone to the vendor', () => {
    const named = [columns[0] as string, columns[2] as string]
    const said = [...asked, ...named.flatMap((name) => ['--column', name]), '--out', 'changes.json']
    const { status, stdout, stderr } = run([...said, '--json'], scored)
    expect([status, stderr]).toEqual([0, '1030 records will be fitted, 0 left out.\n'])
    const { coefficients, deviance } = JSON.parse(stdout)
    for (const [j, { estimate, error }] of coefficients.entries()) {
      expect(Math.abs(estimate / r.terms.coefficients[j] - 1)).toBeLessThan(1e-11)
      expect(Math.abs(error / r.terms.errors[j] - 1)).toBeLessThan(1e-11)
    }
    expect(Math.abs(deviance / r.terms.deviance - 1)).toBeLessThan(1e-11)
    const six = (value: number): number => Number(value.toPrecision(6))
    const [intercept, first, second] = r.terms.coefficients
    expect(JSON.parse(readFileSync(at('changes.json'), 'utf8'))).toEqual({
      format: 'blindscore-adaptation/1',
      model: 'vendors',
      version: '1.0.0',
      intercept: six(intercept),
      slope: 0,
      terms: [
        { feature: named[0], weight: six(first) },
        { feature: named[1], weight: six(second) },
      ],
    })
    expect(readdirSync(folder).sort()).toEqual(['card.json', 'changes.json', 'no.json', 'vendors.json'])
    const table = run(said, scored).stdout
    expect(table).toMatch(/^The vendor’s, adapted \(1030 records\)\n/)
    expect(table).toMatch(
      /\n\(Intercept\) +-?\d.*\ncement .*\nage .*\n\ndeviance of the vendor’s model .*\ndeviance with/,
    )
  })

  test('makes the vendor’s model for that customer, which a server serves to who has a key for it alone', () => {
    const { intercept, terms } = JSON.parse(readFileSync(at('changes.json'), 'utf8'))
    const applied = [
      'study',
      'adapt',
      'changes.json',
      '--apply',
      'vendors.json',
      '--customer',
      'abc',
      '--model',
      'm.json',
    ]
    const { status, stdout, stderr } = run(applied)
    expect([status, stdout]).toEqual([0, ''])
    expect(stderr).toContain('blindscore keys add NAME --models vendors-for-abc\n')
    const made = JSON.parse(readFileSync(at('m.json'), 'utf8'))
    expect([made.id, made.audience]).toEqual(['vendors-for-abc', 'named'])
    expect(made.heads[0].intercept).toBe(r.intercept + intercept)
    const [before, after] = [r.weights[0], made.heads[0].terms[0].weight]
    expect(after).toBe(before + terms[0].weight)
    expect(run(['check', 'm.json']).status).toBe(0)
  })

  test.each([
    ['fewer than 100 rows', asked, scored.split('\n').slice(0, 100).join('\n'), 'study/records'],
    [
      'a model file where its card is wanted',
      ['study', 'adapt', 'vendors.json', ...asked.slice(3)],
      '',
      'model/invalid',
    ],
    ['what is no JSON in its place', ['study', 'adapt', 'no.json', ...asked.slice(3)], '', 'model/invalid'],
    [
      'changes that are cut',
      ['study', 'adapt', 'no.json', '--apply', 'vendors.json', '--customer', 'a', '--model', 'x'],
      '',
      'study/invalid',
    ],
    ['a column that the card has not', [...asked, '--column', 'fly_ash'], scored, 'study/invalid'],
    [
      'changes that are a model',
      ['study', 'adapt', 'vendors.json', '--apply', 'vendors.json', '--customer', 'a', '--model', 'x'],
      '',
      'study/invalid',
    ],
  ])('refuses %s, and writes nothing', (_, args, input, code) => {
    const { status, stdout, stderr } = run([...args, '--out', 'x'], input)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain(`(${code})`)
    expect(existsSync(at('x'))).toBe(false)
  })

  test.each([
    ['no outcome', ['study', 'adapt', 'card.json']],
    ['a penalty of nothing', [...asked, '--penalty', 'ridge']],
    ['a family that is none', [...asked, '--family', 'normal']],
    ['no customer', ['study', 'adapt', 'changes.json', '--apply', 'vendors.json', '--model', 'x']],
    [
      'a customer that is no name',
      ['study', 'adapt', 'changes.json', '--apply', 'vendors.json', '--model', 'x', '--customer', 'A B'],
    ],
    ['no place for the model', ['study', 'adapt', 'changes.json', '--apply', 'vendors.json', '--customer', 'a']],
  ])('does not understand %s', (_, args) => {
    expect(run(args, scored).status).toBe(2)
    expect(existsSync(at('x'))).toBe(false)
  })
})
