import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { makeEncoder } from '../../core/card/encode.ts'
import { compileModel } from '../../model/compile.ts'
import { parseModelFile } from '../../model/modelFile.ts'
import { readPmml } from '../pmml/read.ts'
import { predict } from './evaluate.ts'

/** Models fitted with R, scikit-learn and statsmodels: what those predict is the expectation. fixtures/pmml/README.md */
const folder = new URL('./fixtures/pmml/', import.meta.url)
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.csv'))
  .map((file) => file.slice(0, -'.csv'.length))

function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8')
}

function records(name: string): Record<string, string>[] {
  const [header = [], ...rows] = read(`${name}.csv`)
    .trim()
    .split('\n')
    .map((line) => line.split(','))
  return rows.map((row) => Object.fromEntries(header.map((column, i) => [column, row[i] ?? ''])))
}

test('there are fixtures', () => expect(names.length).toBeGreaterThanOrEqual(39))

describe('a fitted model scores as the software that fitted it', () => {
  test.each(names)('%s', (name) => {
    const { model } = readPmml(read(`${name}.pmml`))
    const rows = records(name)
    expect(rows.length).toBeGreaterThan(10)
    const expected = Object.keys(rows[0] ?? {}).filter((column) => column.startsWith('expected.'))
    expect(expected.length).toBeGreaterThan(0)
    for (const cells of rows) {
      const { responses } = predict(model, cells)
      const given = model.responses ?? ['score']
      for (const column of expected) {
        const response = column.slice('expected.'.length)
        const score = responses[response === 'score' ? 0 : given.indexOf(response)] as number
        const truth = Number(cells[column])
        expect(Math.abs(score - truth), column).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(truth)))
      }
    }
  })
})

describe('a fitted model becomes integers within the bound of its card', () => {
  test.each(names)('%s', (name) => {
    const { model } = readPmml(read(`${name}.pmml`))
    const { card, heads } = compileModel(parseModelFile(JSON.stringify({ ...model, tolerance: 1e-4 })))
    const encoder = makeEncoder(card)
    const integers = new Float64Array(card.inputs.length)
    for (const cells of records(name)) {
      const texts = card.features.map((feature) => cells[feature.name] ?? '')
      expect(encoder.encode(texts, integers, 1, 0)).toEqual([])
      const { predictors } = predict(model, cells)
      const scored = heads.filter((_, h) => model.heads[h]?.role === undefined)
      for (const [h, { constant, weights }] of scored.entries()) {
        const sum = [...weights].reduce(
          (total, weight, j) => total + BigInt(weight) * BigInt(integers[j] as number),
          constant,
        )
        const eta = predictors[h] as number
        expect(Math.abs(Number(sum) / 2 ** card.scaleBits - eta)).toBeLessThanOrEqual(
          card.errorBound + 1e-12 * Math.abs(eta),
        )
      }
    }
  })
})
