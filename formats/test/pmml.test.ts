import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
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

describe('a fitted model scores as the software that fitted it', () => {
  test('there are fixtures', () => expect(names.length).toBeGreaterThanOrEqual(39))

  test.each(names)('%s', (name) => {
    const { model } = readPmml(read(`${name}.pmml`))
    const [header = [], ...rows] = read(`${name}.csv`)
      .trim()
      .split('\n')
      .map((line) => line.split(','))
    expect(rows.length).toBeGreaterThan(10)
    const expected = header.filter((column) => column.startsWith('expected.'))
    expect(expected.length).toBeGreaterThan(0)
    for (const row of rows) {
      const cells = Object.fromEntries(header.map((column, i) => [column, row[i] ?? '']))
      const { responses } = predict(model, cells)
      const given = model.responses ?? ['score']
      for (const column of expected) {
        const response = column.slice('expected.'.length)
        const score = responses[response === 'score' ? 0 : given.indexOf(response)] as number
        const truth = Number(cells[column])
        expect(Math.abs(score - truth), `${column} of ${row}`).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(truth)))
      }
    }
  })
})
