import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readStudyRows } from '../../cli/studyRows.ts'
import { plainPredictors } from '../../core/protocol/scoring.ts'
import type { ModelFile } from '../../model/modelFile.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { type Adapting, adaptationDesign } from '../adapt.ts'
import { readAdaptation } from '../adaptationFile.ts'
import { adaptationOf, changesOf } from '../adapted.ts'
import { adaptedModel } from '../applied.ts'

/** A vendor's model moved towards outcomes of its customer, against R's `glm(offset =)` (`fixtures/adapt.R`). */

const r = JSON.parse(readFileSync(new URL('./fixtures/adapt.json', import.meta.url), 'utf8'))
const home = ['ignore', 'other', 'owner', 'parents', 'priv', 'rent']
const vendor: ModelFile = {
  format: 'blindscore-model/1',
  id: 'vendors',
  version: '1.0.0',
  title: 'The vendor’s',
  description: '',
  quality: { metric: 'AUC', value: 0.8 },
  features: [
    { name: 'Seniority', type: 'integer', range: [0, 60] },
    { name: 'Amount', type: 'integer', range: [0, 10000] },
    { name: 'Income', type: 'integer', range: [0, 10000] },
    { name: 'Home', type: 'category', levels: home },
  ],
  heads: [
    {
      intercept: 0.3,
      terms: [
        { feature: 'Seniority', weight: -0.08 },
        { feature: 'Amount', weight: 0.0006 },
        { feature: 'Income', weight: -0.004 },
        { feature: 'Home', level: 'owner', weight: -0.4 },
        { feature: 'Home', level: 'rent', weight: 0.1 },
      ],
    },
  ],
  link: 'logit',
}

const [header = [], ...records] = readFileSync(new URL('../../public/samples/credit.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.replaceAll('"', '').split(','))
const cell = (record: readonly string[], name: string): string => record[header.indexOf(name)] ?? ''

function predictor(record: readonly string[]): number {
  const of = (name: string): number => Number(cell(record, name))
  const at = cell(record, 'Home')
  const level = at === 'owner' ? -0.4 : at === 'rent' ? 0.1 : 0
  return 0.3 - 0.08 * of('Seniority') + 0.0006 * of('Amount') - 0.004 * of('Income') + level
}

type Row = readonly [record: readonly string[], outcome: string]
const all: readonly Row[] = records.map((record) => [record, cell(record, 'Status')])
const asked: Adapting = { outcome: 'Status', event: 'bad', family: undefined, slope: false, columns: [] }

async function adapted(more: Partial<Adapting>, rows = all, penalty: Parameters<typeof changesOf>[3] = null) {
  const { card } = await reviewModel(vendor, sha256)
  const { study, design } = await adaptationDesign(card, { ...asked, ...more }, sha256)
  const lines = rows.map(([record, outcome]) => {
    const cells = vendor.features.map(({ name }) => cell(record, name))
    return [...cells, outcome, predictor(record).toFixed(4)].join()
  })
  const names = [...vendor.features.map(({ name }) => name), 'Status', 'linear_predictor']
  const read = await readStudyRows(new Blob([`${[names.join(), ...lines].join('\n')}\n`]), design, () => {})
  const changes = changesOf(study, design, read, penalty)
  return { changes, leftOut: read.leftOut, adaptation: adaptationOf(card, design, changes) }
}

const refused = (code: string, fault?: string) => expect.objectContaining({ code, ...(fault && { fault }) })
const near = (ours: number | null | undefined, theirs: number): void =>
  expect(Math.abs((ours ?? Number.NaN) / theirs - 1)).toBeLessThan(1e-11)

describe('changes of a vendor’s model', () => {
  test.each([
    ['intercept', {}],
    ['slope', { slope: true }],
    ['columns', { columns: ['Seniority', 'Income', 'Home'] }],
  ])('are R’s within 1e-11: %s', async (name, more) => {
    const { changes, leftOut } = await adapted(more)
    const { coefficients, errors, deviance, before } = r[name]
    expect(leftOut).toBe(0)
    expect(changes.coefficients).toHaveLength(coefficients.length)
    for (const [j, { estimate, error }] of changes.coefficients.entries()) {
      near(estimate, coefficients[j])
      near(error, errors[j])
    }
    near(changes.deviance, deviance)
    near(changes.devianceBefore, before)
  })

  test('are smaller with a ridge, and have no errors', async () => {
    const columns = ['Seniority', 'Income']
    const [free, held] = [
      await adapted({ columns }),
      await adapted({ columns }, all, { alpha: 0, lambda: 0.1, folds: 10, seed: 1 }),
    ]
    const of = ({ changes }: typeof free, j: number) => Math.abs(changes.coefficients[j]?.estimate ?? 0)
    expect(of(held, 1)).toBeLessThan(of(free, 1))
    expect(held.changes.coefficients[1]?.error).toBeNull()
    expect(held.changes.deviance).toBeGreaterThan(free.changes.deviance ?? Number.POSITIVE_INFINITY)
  })

  test('make a model that scores (1 + slope) times the vendor’s predictor and δ’x', async () => {
    const { adaptation } = await adapted({ slope: true, columns: ['Seniority', 'Home'] })
    const theirs = readAdaptation(JSON.stringify(adaptation))
    const file = adaptedModel(vendor, theirs, 'abc')
    expect([file.id, file.quality, file.verification]).toEqual(['vendors-for-abc', undefined, undefined])
    expect(file.audience).toBe('named')
    const { card, heads, onlyNamed } = await reviewModel(file, sha256)
    expect(onlyNamed).toBe(true)
    const of = (feature: string, level?: string) =>
      theirs.terms.find((each) => each.feature === feature && each.level === level)?.weight ?? Number.NaN
    expect(of('Seniority')).toBe(Number(of('Seniority').toPrecision(6)))
    const [record = []] = records
    const [seniority, amount, income] = ['Seniority', 'Amount', 'Income'].map((name) => Number(cell(record, name)))
    // The inputs of the card in its order: three numbers, and the levels that have weights.
    const steps = card.inputs.map((input) =>
      input.kind === 'level'
        ? Number(home[input.level] === cell(record, 'Home')) * (input.unit ?? 1)
        : ([seniority, amount, income][input.column] as number) * (input.unit ?? 1),
    )
    const expected =
      (1 + theirs.slope) * predictor(record) +
      theirs.intercept +
      of('Seniority') * (seniority ?? 0) +
      of('Home', 'rent')
    expect(cell(record, 'Home')).toBe('rent')
    const [scored = Number.NaN] = plainPredictors({ card, heads }, steps)
    expect(Math.abs(scored - expected)).toBeLessThan(card.tolerance)
  })
})

describe('refused', () => {
  const first = all.slice(0, 99)
  const parted: Row[] = all.map(([record]) => [record, Number(cell(record, 'Seniority')) > 5 ? 'good' : 'bad'])
  const oneLevel: Row[] = all.map(([record, told]) => [record, cell(record, 'Home') === 'rent' ? 'good' : told])
  const others = all.filter(([record]) => cell(record, 'Home') !== 'rent')
  const fourRent = [...others, ...all.filter(([record]) => cell(record, 'Home') === 'rent').slice(0, 4)]
  const fourFar: Row[] = all.map(([record, told], i) => [
    record.with(header.indexOf('Income'), i < 4 ? '900' : '100'),
    told,
  ])
  test.each<readonly [string, Partial<Adapting>, readonly Row[], string]>([
    ['too few rows', {}, first, 'study/records'],
    ['too few rows for so many changes', { columns: ['Seniority', 'Income'] }, all.slice(0, 120), 'study/columns'],
    ['outcomes that a column tells apart', { columns: ['Seniority'] }, parted, 'study/fit'],
    ['a level whose outcomes are all the same', { columns: ['Home'] }, oneLevel, 'study/cells'],
    ['such a level, by another family', { columns: ['Home'], family: 'quasibinomial' }, oneLevel, 'study/cells'],
    ['a level that four records have', { columns: ['Home'] }, fourRent, 'study/cells studyCells'],
    ['a number that is the same but of four records', { columns: ['Income'] }, fourFar, 'study/cells studyCells'],
    ['a column that is not in the card', { columns: ['Age'] }, all, 'study/invalid'],
    ['an outcome that is one of its columns', { outcome: 'Income' }, all, 'study/invalid'],
  ])('%s', async (_, more, rows, said) => {
    const [code = '', fault] = said.split(' ')
    await expect(adapted(more, rows)).rejects.toThrow(refused(code, fault))
  })

  const [head] = vendor.heads as [ModelFile['heads'][0]]
  const classes = ['a', 'b', 'c'].map((name) => ({ ...head, name }))
  test.each<readonly [string, Partial<ModelFile>]>([
    ['several predictors', { heads: classes }],
    ['several that go together', { heads: classes, link: 'softmax' }],
    [
      'a step after its link',
      { responses: ['p'], outputs: [{ name: 'twice', expression: { op: 'multiply', args: [{ column: 'p' }, 2] } }] },
    ],
    ['a link that R has not', { link: { negativeBinomial: 2 } }],
    ['a response for each category', { link: { cumulative: 'logit', categories: ['low', 'high'], thresholds: [0] } }],
    [
      'reason codes',
      {
        heads: [
          { ...head, name: 'score' },
          { intercept: 0, terms: [{ feature: 'Home', level: 'rent', weight: 1 }], name: 'points', role: 'reason' },
        ],
        reasons: { characteristics: [{ head: 'points', column: 'Home', codes: home.map((level) => [level, level]) }] },
      },
    ],
  ])('a model with %s', async (_, change) => {
    const { card } = await reviewModel({ ...vendor, ...change }, sha256)
    await expect(adaptationDesign(card, asked, sha256)).rejects.toThrow(refused('study/invalid', 'adaptCard'))
  })

  test('changes of one predictor for a model of several', async () => {
    const { adaptation } = await adapted({})
    const several: ModelFile = { ...vendor, heads: classes, link: 'softmax' }
    expect(() => adaptedModel(several, adaptation, 'abc')).toThrow(refused('study/invalid', 'adaptCard'))
  })

  test.each<readonly [string, (told: object) => string]>([
    ['cut', (told) => JSON.stringify(told).slice(0, -1)],
    ['of another version', (told) => JSON.stringify({ ...told, format: 'blindscore-adaptation/2' })],
    ['with a member more', (told) => JSON.stringify({ ...told, rows: [] })],
    ['with a number that is none', (told) => JSON.stringify({ ...told, intercept: null })],
    [
      'of more weights than a card may have',
      (told) => JSON.stringify({ ...told, terms: new Array(101).fill({ feature: 'a', weight: 0 }) }),
    ],
  ])('a file of changes that is %s', async (_, changed) => {
    const { adaptation } = await adapted({})
    expect(readAdaptation(JSON.stringify(adaptation))).toEqual(adaptation)
    expect(() => readAdaptation(changed(adaptation))).toThrow(refused('study/invalid', 'adaptFile'))
  })

  test('changes of another version, and of what the model has not', async () => {
    const { adaptation } = await adapted({})
    expect(() => adaptedModel({ ...vendor, version: '2' }, adaptation, 'abc')).toThrow(
      refused('study/invalid', 'adaptOther'),
    )
    const terms = [{ feature: 'Age', weight: 1 }]
    expect(() => adaptedModel(vendor, { ...adaptation, terms }, 'abc')).toThrow(refused('study/invalid', 'adaptColumn'))
    expect(() => readAdaptation('{}')).toThrow(refused('study/invalid', 'adaptFile'))
  })
})
