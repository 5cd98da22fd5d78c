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

/** 1e-6 of the response's size, and of 1 for responses near 0, where float32 has cancelled. */
const tolerances: Record<string, number> = {
  // The graph squares float32 columns and subtracts: what it keeps of a small distance is rounding.
  distances: 2e-5,
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
      expect(worst).toBeLessThan(tolerances[name] ?? 1e-6)
      if (fixture.names) expect(model.responses).toEqual(fixture.names)
    })
  }
})
