import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readOnnx } from '../onnx/read.ts'
import { predict } from './evaluate.ts'

const folder = new URL('./fixtures/onnx/', import.meta.url)

interface Fixture {
  columns: string[]
  rows: string[][]
  scores: number[][]
  labels?: string[]
  names?: string[]
}

/** Of the response's size, or of 1 for responses below 1: probabilities, and values that float32 has cancelled. */
const usual = 1e-6
/** Where the graph's own float32 arithmetic is further off than that. */
const tolerances: Record<string, number> = {
  // The graph adds squares and products of size 50 and takes the root of what is left near a centroid.
  distances: 5e-5,
  // The graph sums over 88 support vectors whose coefficients cancel; the weights here are their exact sum.
  svc_linear_kernel: 1e-5,
}

describe('models fitted for real answer as their ONNX graph does', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx'))) {
    const name = file.slice(0, -'.onnx'.length)
    test(name, () => {
      const fixture: Fixture = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))
      const { model } = readOnnx(readFileSync(new URL(file, folder)))
      expect(model.features.map((feature) => feature.name).sort()).toEqual([...fixture.columns].sort())
      let worst = 0
      fixture.rows.forEach((row, r) => {
        const cells = Object.fromEntries(fixture.columns.map((column, i) => [column, row[i] as string]))
        const { responses, label } = predict(model, cells)
        const expected = fixture.scores[r] as number[]
        expect(responses.length).toBe(expected.length)
        expected.forEach((score, i) => {
          worst = Math.max(worst, Math.abs((responses[i] as number) - score) / Math.max(1, Math.abs(score)))
        })
        if (fixture.labels && model.label) expect(label).toBe(fixture.labels[r])
      })
      expect(worst).toBeLessThan(tolerances[name] ?? usual)
      if (fixture.names) expect(model.responses).toEqual(fixture.names)
    })
  }
})
