import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import type { FamilyName } from '../../stats/families.ts'
import { farthest } from '../../stats/test/samples.ts'
import { expectedAndTold, fitHere, modelOf } from '../fitted.ts'
import { lineOfR } from '../lineOfR.ts'
import { fitPenalised } from '../penalised.ts'
import { checkedStudy } from '../studyFile.ts'
import { termTables } from '../terms.ts'
import { rowsOf, sample, studyNamed } from './data.ts'

/** Terms as R's formulas write them, against R's fits of the same formulas (`fixtures/poly.R`). */

interface Found {
  readonly coefficients: readonly number[]
  readonly errors: readonly number[]
  readonly lnP: readonly number[]
  readonly deviance: number
  readonly aic: number
  readonly fitted: readonly number[]
  readonly names: readonly string[]
  readonly anova: readonly number[]
  readonly anovaTerms: readonly string[]
  readonly drop: readonly number[]
  readonly dropTerms: readonly string[]
}

interface Case {
  readonly data: 'concrete' | 'credit' | 'visits'
  readonly family: FamilyName
  readonly outcome: string
  readonly terms: readonly string[]
  readonly link: string | null
  readonly weights: string | null
  readonly r: Found
  readonly optimum: Found
}

const cases: readonly Case[] = JSON.parse(readFileSync(new URL('./fixtures/poly.json', import.meta.url), 'utf8'))
const file = { concrete: 'concrete', credit: 'credit', visits: 'doctor-visits' } as const

const studyOf = ({
  data,
  family,
  terms,
  link,
  weights,
}: Pick<Case, 'data' | 'family' | 'terms' | 'link' | 'weights'>) =>
  checkedStudy({
    ...studyNamed(data),
    family,
    terms,
    ...(link !== null && { link }),
    ...(weights !== null && { weights }),
  })

describe.each(cases.map((each) => [`${each.data}, ${each.family}: ${each.terms.join(' + ')}`, each] as const))(
  '%s',
  (_, each) => {
    const study = studyOf(each)
    const read = rowsOf(study, sample(file[each.data]), 'both')

    test.each(['r', 'optimum'] as const)('is R’s fit within 1e-11, stopping at: %s', async (stopping) => {
      const { design, rows } = await read
      const ours = fitHere(study, design, rows, stopping)
      const r = each[stopping]
      const of = (member: 'estimate' | 'error' | 'lnP') => ours.coefficients.map((coefficient) => coefficient[member])
      expect(ours.coefficients.map(({ name }) => name)).toEqual(r.names)
      expect(farthest(of('estimate'), r.coefficients), 'estimates').toBeLessThan(1e-11)
      expect(farthest(of('error'), r.errors), 'errors').toBeLessThan(1e-11)
      expect(farthest(of('lnP'), r.lnP), 'ln p').toBeLessThan(1e-10)
      expect(farthest([ours.deviance, ours.aic], [r.deviance, r.aic])).toBeLessThan(1e-11)
      const { expected } = expectedAndTold(study, design, rows, ours)
      expect(farthest([...expected.subarray(0, 20)], r.fitted), 'predictions').toBeLessThan(1e-11)
    })

    test('has R’s tables of terms', async () => {
      const { design, rows } = await read
      const { sequential, dropped } = termTables(study, design, rows, 'optimum')
      const { anova, anovaTerms, drop, dropTerms } = each.optimum
      expect(sequential.map(({ term }) => term ?? 'NULL')).toEqual(anovaTerms)
      expect(dropped.map(({ term }) => term ?? '<none>')).toEqual(dropTerms)
      const left = (table: typeof dropped) => table.map(({ devianceLeft }) => devianceLeft)
      expect(farthest(left(sequential), anova)).toBeLessThan(1e-7)
      expect(farthest(left(dropped), drop)).toBeLessThan(1e-7)
    })

    test('is served as it is', async () => {
      const { design, rows } = await read
      const model = modelOf(study, design, fitHere(study, design, rows, 'optimum'))
      expect((await reviewModel(model, sha256)).card.inputs).toHaveLength(design.inputs.length)
    })
  },
)

describe('terms', () => {
  const said = (terms: readonly string[]) => ({ ...studyNamed('concrete'), terms })

  test.each([
    ['a product without what it is of', ['age', 'poly(water, 2)', 'poly(age, 2):water'], 'studyMargin'],
    ['a polynomial of what is a column as well', ['age', 'poly(age, 2)'], 'studyTermTwice'],
    ['a power twice', ['poly(age, 2, raw = TRUE)', 'I(age^2)'], 'studyTermTwice'],
    ['a product in both orders', ['age', 'water', 'age:water', 'water:age'], 'studyTermTwice'],
    ['a product with itself', ['age', 'I(age^2)', 'age:I(age^2)'], 'studyTermTwice'],
    ['a polynomial of nothing', ['poly(nothing, 2)'], 'studyTerm'],
    ['a call that is none of these', ['log(age)'], 'studyTerm'],
    ['a product of nothing', ['age', 'age:'], 'studyTerm'],
    ['more columns than are fitted', manyProducts(), 'studyTermsMost'],
  ])('are refused for %s', (_, terms, fault) => {
    expect(() => checkedStudy(said(terms))).toThrow(expect.objectContaining({ code: 'study/invalid', fault }))
  })

  test('are refused for powers of texts', () => {
    expect(() => checkedStudy({ ...studyNamed('credit'), terms: ['poly(Home, 2)'] })).toThrow(
      expect.objectContaining({ code: 'study/invalid', fault: 'studyNoPower' }),
    )
  })

  test('are said to R as they are', () => {
    const terms = ['poly(age,2)', 'water', 'poly(age, 2):water', 'I(water^2)', 'poly(cement, 2,raw=T)']
    expect(lineOfR(checkedStudy(said(terms)))).toContain(
      ' ~ poly(age, 2) + water + I(water^2) + poly(cement, 2, raw = TRUE) + poly(age, 2):water, family',
    )
  })

  test('that are polynomials by the records have no penalty', async () => {
    const study = checkedStudy(said(['poly(age, 2)', 'water']))
    const { design, rows } = await rowsOf(study, sample('concrete'), 'both')
    expect(() => fitPenalised(study, design, rows, { alpha: 1, lambda: 1, folds: 10, seed: 1 })).toThrow(
      expect.objectContaining({ code: 'study/invalid', fault: 'studyOrthogonal' }),
    )
  })

  test('of a degree that the records have not enough values for are refused, as R does', async () => {
    const study = checkedStudy(said(['poly(age, 3)']))
    const file = new Blob(['age,compressive_strength\n1,2\n3,4.5\n1,3\n3,5\n7,9\n'])
    const { design, rows } = await rowsOf(study, file, 'both')
    expect(() => fitHere(study, design, rows, 'optimum')).toThrow(
      expect.objectContaining({ code: 'study/fit', fault: 'polynomialDegree' }),
    )
  })
})

function manyProducts(): string[] {
  const names = studyNamed('concrete')
    .features.map(({ name }) => name)
    .slice(0, 5)
  const polynomials = names.map((name) => `poly(${name}, 5)`)
  return [...polynomials, ...polynomials.slice(1).map((each) => `${polynomials[0]}:${each}`)]
}
