import { readFileSync } from 'node:fs'
import Papa from 'papaparse'
import { expect } from 'vitest'
import { type Answers, scored } from './scored.ts'

/** Small files for the models of `fixtures/cases`, and their scores by record. */

const models = new URL('./fixtures/cases/models/', import.meta.url)
export type ModelId = 'strict' | 'lenient' | 'codes' | 'boolsimp' | 'grades' | 'towns' | 'sk-ohe' | 'step'

const home = { own: 0, rent: 3, other: -7 }
/** The linear predictor of `strict` and `lenient`. */
export const eta = (age: number, income: number, rate: number, at: keyof typeof home): number =>
  0.5 + 0.02 * age + 0.001 * income + 0.5 * rate + home[at]

export const header = 'id,age,income,rate,home\n'
export const a = 'A,40,30000,5,own\n'
export const A = eta(40, 30_000, 5, 'own')

export type Scores = Readonly<Record<string, number>>

function textOf(model: ModelId): string {
  return readFileSync(new URL(`${model}.json`, models), 'utf8')
}

/** `lenient`, where what is no number counts as missing as well. */
export function laxModel(): `{${string}` {
  const model = JSON.parse(textOf('lenient')) as { features: { type: string }[] }
  const lax = ({ type }: { type: string }) => (type === 'category' ? {} : { invalid: 'missing' })
  return JSON.stringify({
    ...model,
    features: model.features.map((feature) => ({ ...feature, ...lax(feature) })),
  }) as `{${string}`
}

/** The scores of a file by its records, with a model of the fixtures or the text of another. */
export async function scoresOf(
  text: string | Uint8Array<ArrayBuffer>,
  model: ModelId | `{${string}`,
  answers: Answers,
) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const result = await scored(bytes, model.startsWith('{') ? model : textOf(model as ModelId), answers)
  const { delimiter } = result.preview.format
  const { data } = Papa.parse<string[]>(result.text.trim(), { delimiter: delimiter === ' ' ? ',' : delimiter })
  const id = Math.max(0, data[0]?.findIndex((name) => /^#?\s*id$/.test(name)) ?? 0)
  // Rows that were left out have their reasons instead.
  const found = data
    .slice(1)
    .flatMap((row) => (row.at(-2) === '' ? [] : [[row[id] ?? '', Number(row.at(-2)?.replace(',', '.'))] as const]))
  return { asks: result.asks, scores: Object.fromEntries(found) as Scores, result }
}

export function expectScores(found: Scores, wanted: Scores): void {
  expect(Object.keys(found)).toEqual(Object.keys(wanted))
  for (const [id, predictor] of Object.entries(wanted)) expect(found[id], id).toBeCloseTo(predictor, 5)
}
