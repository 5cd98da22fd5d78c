import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { makeEncoder } from '../../core/card/encode.ts'
import { responses } from '../../core/card/outcome.ts'
import { plainPredictors } from '../../core/protocol/scoring.ts'
import { compileModel } from '../../model/compile.ts'
import { readModel } from '../read.ts'
import { predict } from './evaluate.ts'
import { parseCsv } from './exporterCases.ts'

/**
 * Every model that an importer reads and an exporter wrote, through the core: it compiles, its records encode, and what
 * the encrypted path gives is within the card's promise of the model evaluated plainly.
 */

const folder = (name: string): URL => new URL(`./fixtures/${name}/`, import.meta.url)

interface Case {
  readonly file: string
  readonly bytes: Uint8Array
  readonly records: readonly Readonly<Record<string, string>>[]
}

function casesOf(name: string, ending: string): Case[] {
  const text = (file: string): string => readFileSync(new URL(file, folder(name)), 'utf8')
  const there = new Set(readdirSync(folder(name)))
  return [...there]
    .filter((file) => file.endsWith(ending) && !file.endsWith('.expected.json'))
    .sort()
    .map((file) => {
      const base = file.slice(0, -ending.length)
      const bytes = readFileSync(new URL(file, folder(name)))
      if (there.has(`${base}.csv`)) return { file, bytes, records: parseCsv(text(`${base}.csv`)) }
      const { columns, rows } = JSON.parse(text(`${base}.json`)) as { columns: string[]; rows: string[][] }
      return { file, bytes, records: rows.map((row) => Object.fromEntries(columns.map((c, i) => [c, row[i] ?? '']))) }
    })
}

describe.each([
  ['pmml', '.pmml'],
  ['onnx', '.onnx'],
  ['exporters', '.json'],
])('%s', (name, ending) => {
  test.each(casesOf(name, ending).map((one) => [one.file, one] as const))('%s', (file, { bytes, records }) => {
    const read = readModel(file, bytes)
    const model = compileModel(read.file)
    const { card } = model
    const encoder = makeEncoder(card)
    const x = new Float64Array(card.inputs.length)
    let scored = 0
    for (const record of records) {
      const problems = encoder.encode(
        card.features.map((feature) => record[feature.name] ?? ''),
        x,
        1,
        0,
      )
      let plain: ReturnType<typeof predict>
      try {
        plain = predict(read.file, record)
      } catch {
        // What the plain evaluation refuses is refused here too.
        expect(problems.length).toBeGreaterThan(0)
        continue
      }
      expect(problems).toEqual([])
      scored++
      const etas = plainPredictors(model, x)
      const outputs = etas.filter((_, h) => card.heads[h]?.role === undefined)
      outputs.forEach((eta, h) => {
        const wanted = plain.predictors[h] as number
        // Doubles sum in an order of their own: what a sum of cancelling terms is off by is theirs.
        expect(Math.abs(eta - wanted)).toBeLessThanOrEqual(card.tolerance + 1e-9 * Math.max(1, Math.abs(wanted)))
      })
      expect(responses(card, etas)).toHaveLength(card.responses.length)
    }
    expect(scored).toBeGreaterThan(0)
  })
})
