import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readStudyRows } from '../../cli/studyRows.ts'
import { type ModelFile, modelFile } from '../../model/modelFile.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import type { FamilyName } from '../../stats/families.ts'
import { adaptationDesign } from '../adapt.ts'
import { changesOf } from '../adapted.ts'

/** Changes of a vendor's model with each family and link, against R's `glm(offset =)` (`fixtures/adaptFamilies.R`). */

interface OfR {
  readonly coefficients: readonly number[]
  readonly errors: readonly number[]
  readonly deviance: number
}

interface Reference {
  readonly table: 'credit' | 'concrete' | 'visits'
  readonly family: FamilyName
  readonly link: string
  readonly outcome: string
  readonly columns: readonly [string, string, string]
  readonly ranges: readonly [number, number][]
  readonly intercept: number
  readonly weights: readonly number[]
  readonly before: number
  readonly alone: OfR
  readonly slope: OfR
  readonly terms: OfR
}

const references: Reference[] = JSON.parse(
  readFileSync(new URL('./fixtures/adaptFamilies.json', import.meta.url), 'utf8'),
)

const files = { credit: 'credit', concrete: 'concrete', visits: 'doctor-visits' }
/** R reads as many of them. */
const most = 4000

function recordsOf(table: Reference['table']): ReadonlyMap<string, string>[] {
  const text = readFileSync(new URL(`../../public/samples/${files[table]}.csv`, import.meta.url), 'utf8')
  const [header = [], ...lines] = text
    .trim()
    .split('\n')
    .slice(0, table === 'visits' ? most + 1 : undefined)
    .map((line) => line.replaceAll('"', '').split(','))
  return lines.map((line) => new Map(header.map((name, j) => [name, line[j] ?? ''])))
}

/** A model file's name of a link that has another one in R. */
const served: Readonly<Record<string, ModelFile['link']>> = { '1/mu^2': 'inverse-square', sqrt: { power: 0.5 } }

const vendorOf = ({ link, columns, ranges, intercept, weights }: Reference): ModelFile =>
  modelFile.parse({
    format: 'blindscore-model/1',
    id: 'vendors',
    version: '1.0.0',
    title: 'The vendor’s',
    description: '',
    features: columns.map((name, j) => ({ name, type: 'number', range: ranges[j], step: 1e-5 })),
    heads: [{ intercept, terms: columns.map((feature, j) => ({ feature, weight: weights[j] })) }],
    link: served[link] ?? link,
    tolerance: 1e-8,
  })

/** With the predictor as R's script has it: summed in the same order, to eight digits. */
function scoredFile({ table, outcome, columns, intercept, weights }: Reference): Blob {
  const lines = recordsOf(table).map((record) => {
    const cells = columns.map((name) => record.get(name) ?? '')
    const eta = cells.reduce((sum, cell, j) => sum + (weights[j] as number) * Number(cell), intercept)
    const told = outcome === 'bad' ? String(Number(record.get('Status') === 'bad')) : record.get(outcome)
    return [...cells, told, eta.toFixed(8)].join()
  })
  return new Blob([`${[[...columns, outcome, 'linear_predictor'].join(), ...lines].join('\n')}\n`])
}

const off = (ours: number | null | undefined, theirs: number): number => Math.abs((ours ?? Number.NaN) / theirs - 1)

describe.each(references.map((each) => [`${each.family}, ${each.link}`, each] as const))('%s', (_, reference) => {
  const { family, outcome, columns, before } = reference
  const file = scoredFile(reference)
  test.each([
    ['alone', false, []],
    ['slope', true, []],
    ['terms', false, [columns[0], columns[2]]],
  ] as const)('changes are R’s within 1e-11: %s', async (which, slope, named) => {
    const { card } = await reviewModel(vendorOf(reference), sha256)
    const wanted = { outcome, event: null, family, slope, columns: named }
    const { study, design } = await adaptationDesign(card, wanted, sha256)
    const rows = await readStudyRows(file, design, () => {})
    expect(rows.leftOut).toBe(0)
    const changes = changesOf(study, design, rows, null)
    const { coefficients, errors, deviance } = reference[which]
    expect(changes.coefficients).toHaveLength(coefficients.length)
    for (const [j, { estimate, error }] of changes.coefficients.entries()) {
      expect(off(estimate, coefficients[j] as number), `estimate ${j}`).toBeLessThan(1e-11)
      expect(off(error, errors[j] as number), `error ${j}`).toBeLessThan(1e-11)
    }
    expect(off(changes.deviance, deviance), 'deviance').toBeLessThan(1e-11)
    expect(off(changes.devianceBefore, before), 'before').toBeLessThan(1e-11)
  })
})
