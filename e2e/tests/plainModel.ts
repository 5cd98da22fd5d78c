import { readFileSync } from 'node:fs'
import { expect } from '@playwright/test'
import Papa from 'papaparse'
import { root } from '../setting.ts'

/** A model file read and computed in the plainest way there is: what every score must equal. */

export interface PlainModel {
  readonly id: string
  readonly features: readonly {
    readonly name: string
    readonly type: 'number' | 'integer' | 'category'
    readonly range?: readonly [number, number]
    readonly levels?: readonly string[]
    readonly missing?: 'refuse' | { readonly impute: number | string }
    readonly unknown?: 'refuse' | 'reference'
  }[]
  readonly heads: readonly {
    readonly intercept: number
    readonly terms: readonly { readonly feature: string; readonly level?: string; readonly weight: number }[]
  }[]
  readonly link: 'identity' | 'logit' | 'log'
}

export function shippedModel(id: string): PlainModel {
  return JSON.parse(readFileSync(new URL(`server/models/${id}.json`, root), 'utf8')) as PlainModel
}

type Row = Readonly<Record<string, string>>

/** The linear predictor of a row, or null when a cell of it is not what the model takes. */
export function plainPredictor(model: PlainModel, row: Row): number | null {
  const values = new Map<string, string>()
  for (const feature of model.features) {
    let text = (row[feature.name] ?? '').trim()
    if (['', 'NA'].includes(text) && typeof feature.missing === 'object') text = String(feature.missing.impute)
    const [low, high] = feature.range ?? [0, 0]
    const number = text === '' ? Number.NaN : Number(text)
    const fits =
      feature.type === 'category'
        ? feature.levels?.includes(text) || (feature.unknown === 'reference' && text !== '' && text !== 'NA')
        : number >= low && number <= high
    if (!fits) return null
    values.set(feature.name, text)
  }
  const [head] = model.heads
  if (!head) throw new Error('The model has no head.')
  return head.terms.reduce((sum, { feature, level, weight }) => {
    const text = values.get(feature) ?? ''
    return sum + weight * (level === undefined ? Number(text) : Number(text === level))
  }, head.intercept)
}

export function plainResponse(model: PlainModel, eta: number): number {
  if (model.link === 'logit') return 1 / (1 + Math.exp(-eta))
  return model.link === 'log' ? Math.exp(eta) : eta
}

/** Rows of a CSV in which quotes stand around whole cells and no cell holds a comma or a line end. */
export function plainRows(text: string): { header: string[]; rows: string[][] } {
  const [header = [], ...rows] = Papa.parse<string[]>(text.trimEnd(), { delimiter: ',' }).data
  return { header, rows }
}

export const tolerance = 1e-6

/**
 * Checks a scored file against the file that was dropped: the same rows in the same order, those that the model does not
 * take with a reason; their own cells unchanged; predictor and score the plain model's.
 */
export function expectScores(model: PlainModel, dropped: string, scored: string): void {
  const before = plainRows(dropped)
  const after = plainRows(scored)
  const expected = before.rows.map((cells) => {
    const eta = plainPredictor(model, Object.fromEntries(before.header.map((name, i) => [name, cells[i] ?? ''])))
    return { cells, eta }
  })
  const leftOut = expected.some(({ eta }) => eta === null) ? ['left_out'] : []
  const added = [...leftOut, 'scored_by', 'linear_predictor', 'score']
  expect(after.header).toEqual([...before.header, ...added])
  expect(after.rows.length).toBe(expected.length)
  let worst = 0
  expected.forEach(({ cells, eta }, i) => {
    const row = after.rows[i] as string[]
    const own = row.slice(0, -added.length)
    if (own.join() !== cells.join()) expect(own).toEqual(cells)
    if (eta === null) {
      expect(row.slice(-added.length)).toEqual([expect.stringContaining('cell/'), '', '', ''])
      return
    }
    const [predictor = Number.NaN, response = Number.NaN] = row.slice(-2).map(Number)
    const error = Math.abs(predictor - eta)
    worst = Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error)
    const allowed = tolerance * Math.max(1, Math.abs(plainResponse(model, eta)))
    if (!(Math.abs(response - plainResponse(model, eta)) <= allowed)) expect(response).toBe(plainResponse(model, eta))
  })
  expect(worst).toBeLessThanOrEqual(tolerance)
}
