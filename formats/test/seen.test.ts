import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeEncoder } from '../../core/card/encode.ts'
import { responses } from '../../core/card/outcome.ts'
import { plainPredictors } from '../../core/protocol/scoring.ts'
import { compileModel } from '../../model/compile.ts'
import { verifyModel } from '../../model/verify.ts'
import { readModel } from '../read.ts'

/** Small files in the shapes that people's model files have, as a server takes them. fixtures/seen/README.md */
const folder = new URL('./fixtures/seen/', import.meta.url)
const names = readdirSync(folder).filter((file) => /\.(onnx|pmml)$/.test(file))

interface Expected {
  readonly shows: string
  /** The response that the rows state; the first where it is not named. */
  readonly of?: string
  readonly rows: readonly { readonly cells: Readonly<Record<string, string>>; readonly response: number }[]
}

test.each(names)('%s', (file) => {
  const expected: Expected = JSON.parse(readFileSync(new URL(file.replace(/\.\w+$/, '.expected.json'), folder), 'utf8'))
  const model = compileModel(readModel(file, readFileSync(new URL(file, folder))).file)
  verifyModel(model)
  const { card } = model
  const encoder = makeEncoder(card)
  const x = new Float64Array(card.inputs.length)
  const at = expected.of === undefined ? 0 : card.responses.indexOf(expected.of)
  expect(at).toBeGreaterThanOrEqual(0)
  expect(expected.rows.length).toBeGreaterThan(0)
  for (const { cells, response } of expected.rows) {
    for (const { name } of card.features) expect(Object.keys(cells)).toContain(name)
    const texts = card.features.map(({ name }) => cells[name] ?? '')
    expect(encoder.encode(texts, x, 1, 0)).toEqual([])
    const given = responses(card, plainPredictors(model, x))[at] as number
    expect(Math.abs(given - response)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(response)))
  }
})
