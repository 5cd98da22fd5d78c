import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { reviewModel } from '../../../model/verdict.ts'
import { sha256 } from '../../../platform/digest.ts'
import { type Summary, summarise } from '../../../stats/summary.ts'
import { farthest } from '../../../stats/test/samples.ts'
import type { Design, DesignRows } from '../../design.ts'
import { fitHere, glmProblem, modelOf } from '../../fitted.ts'
import type { StudyFile } from '../../studyFile.ts'
import { fits, rowsOf, sample, studyNamed } from '../../test/data.ts'
import { checkOwn } from '../checks.ts'
import { published } from '../join.ts'
import { rehearse } from '../rehearse.ts'
import { partOf, pooled } from './owners.ts'
import { fitTogether } from './together.ts'

/** Three and seven owners' fits against R's of all rows in one place. */

const pooledOfR = JSON.parse(readFileSync(new URL('./fixtures/pooled.json', import.meta.url), 'utf8'))

interface OfR {
  readonly coefficients: readonly number[]
  readonly errors: readonly number[]
  readonly deviance: number
  readonly nullDeviance: number
  readonly aic: number
}

interface Case {
  readonly name: string
  readonly file: string
  readonly owners: number
  readonly ofR: OfR
  /** Terms that some owner has too few records of a level of, or a record that is most of what it says of them. */
  readonly without?: readonly string[]
  /** Places of records in the file, from 0, that their owners leave out. */
  readonly omitted?: readonly number[]
}

const levels = ['Home', 'Marital', 'Job']
const outliers = [123, 2476]
const ofSeven: Case = {
  ...{ name: 'credit', file: 'credit', owners: 7, ofR: pooledOfR.creditOfSeven },
  ...{ without: levels, omitted: outliers },
}

async function partsOf({ name, file, owners, without = [], omitted = [] }: Case) {
  const given = studyNamed(name)
  const study: StudyFile = { ...given, terms: given.terms.filter((term) => !without.includes(term)) }
  const { design, rows } = await rowsOf(study, sample(file), 'both')
  const mine = (i: number, k: number): boolean => (i * 7919) % owners === k && !omitted.includes(i)
  const parts = Array.from({ length: owners }, (_, k) => partOf(rows, (i) => mine(i, k)))
  return { study, design, rows, parts }
}

function expectOfR(ours: Summary, ofR: OfR): void {
  const of = (member: 'estimate' | 'error') => ours.coefficients.map((each) => each[member])
  expect(farthest(of('estimate'), ofR.coefficients), 'coefficients').toBeLessThan(1e-11)
  expect(farthest(of('error'), ofR.errors), 'errors').toBeLessThan(1e-11)
  for (const member of ['deviance', 'nullDeviance', 'aic'] as const)
    expect(farthest([ours[member]], [ofR[member]]), member).toBeLessThan(1e-11)
}

test.each<Case>([
  { name: 'credit', file: 'credit', owners: 3, ofR: pooledOfR.credit, without: levels },
  {
    ...{ name: 'concrete', file: 'concrete', owners: 7, ofR: pooledOfR.concreteOfSeven },
    without: ['age', 'fly_ash', 'blast_furnace_slag', 'superplasticizer'],
  },
])('$owners owners of $name, with all that they say, fit what R does of all rows', async (each) => {
  const { study, design, rows, parts } = await partsOf(each)
  const { ends } = await pooled({ study, design, parts })
  const whole = fitHere(study, design, rows, 'optimum')
  const all = ends.map((end) => {
    if (end.status === 'rejected') throw end.reason
    expectOfR(end.value, each.ofR)
    for (const member of ['extractAic', 'dispersion'] as const)
      expect(farthest([end.value[member]], [whole[member]]), member).toBeLessThan(1e-11)
    expect(end.value.records).toBe(parts.reduce((sum, part) => sum + part.outcomes.length, 0))
    return end.value
  })
  const told = all.map((summary) => JSON.stringify(modelOf(study, design, published(summary))))
  expect(new Set(told).size).toBe(1)
  expect((await reviewModel(JSON.parse(told[0] as string), sha256)).card.inputs).toHaveLength(design.inputs.length)
  expect(published(all[0] as Summary).coefficients[1]?.estimate).toBe(Number(each.ofR.coefficients[1]?.toPrecision(6)))
})

const problemOf = (study: StudyFile, design: Design, part: DesignRows) => {
  const { columns, outcomes, family, link } = glmProblem(study, design, part)
  return { own: { columns, outcomes }, kind: { family, link } }
}

describe('links that are not canonical', () => {
  const told = async (each: Case, kind: Pick<StudyFile, 'family' | 'link'>) => {
    const { study, design, parts } = await partsOf(each)
    return { study: { ...study, ...kind }, design, parts }
  }
  const concrete: Case = { name: 'concrete', file: 'concrete', owners: 3, ofR: fits.concrete.optimum }
  const credit: Case = { name: 'credit', file: 'credit', owners: 3, ofR: pooledOfR.credit, without: levels }

  test.each([
    ['Gamma', 'log', null],
    ['inverse.gaussian', 'log', 'poolRehearsed'],
  ] as const)('%s, %s: whether the rounds of a pool come to an end of own rows', async (family, link, fault) => {
    const { study, design, parts } = await told(concrete, { family, link })
    const { kind, own } = problemOf(study, design, parts[0] as DesignRows)
    const found = await rehearse(kind, own).catch((thrown) => thrown.fault)
    expect(found ?? null).toBe(fault)
  })

  test('rows whose first sums would be those of a few are refused before a word, also with a link that is', async () => {
    const x = Float64Array.from({ length: 200 }, (_, i) => i % 17)
    const outcomes = x.map((_, i) => (i % 40 === 0 ? 90 + i / 40 : 0))
    const own = { columns: [x.map(() => 1), x], outcomes }
    const kind = { family: 'poisson', link: 'log' } as const
    await expect(rehearse(kind, own)).rejects.toMatchObject({ code: 'study/leverage', fault: 'poolFirst' })
    await expect(fitTogether(kind, [own, own, own]).fits).rejects.toMatchObject({ code: 'study/steered' })
    await rehearse(kind, { ...own, outcomes: outcomes.map((_, i) => (i * 7) % 5) })
  })

  test('whose rounds do not are refused before a word', async () => {
    const { ends, hall } = await pooled(await told(credit, { family: 'binomial', link: 'cauchit' }))
    for (const end of ends)
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'study/fit', fault: 'poolRehearsed' } })
    expect(hall.slots.size).toBe(0)
  })
})

describe('by the sums alone', () => {
  const cases: readonly Case[] = [
    ofSeven,
    { name: 'credit', file: 'credit', owners: 3, ofR: fits.credit.optimum },
    ...[3, 7].map((owners): Case => ({ name: 'concrete', file: 'concrete', owners, ofR: fits.concrete.optimum })),
    { name: 'visits', file: 'doctor-visits', owners: process.env.SLOW ? 7 : 3, ofR: fits.visits.optimum },
  ]
  test.each(cases)('$owners owners of $name fit what R does, and Z’WZ is opened few times', async (each) => {
    const { study, design, parts } = await partsOf(each)
    const problems = parts.map((part) => problemOf(study, design, part))
    const { kind } = problems[0] as (typeof problems)[0]
    const { fits: found, asked } = fitTogether(
      kind,
      problems.map(({ own }) => own),
    )
    for (const { fit, judged } of await found) {
      const told = { ...kind, warnings: [] }
      expectOfR(summarise(fit, design.inputs, { origin: 0, step: 1 }, told, judged), each.ofR)
    }
    // X'X, the one at R's first means, three more and the last; of equal weights the first says all.
    const columns = design.inputs.length + 1
    const matrices = asked.filter(({ numbers }) => numbers >= (columns * (columns + 1)) / 2)
    expect(matrices.length).toBeLessThanOrEqual(study.family === 'gaussian' ? 2 : 6)
    expect(asked.filter(({ what }) => what === 'step').length).toBeLessThanOrEqual(9)
  })
})

test('seven owners of the credit data are refused by two of them for one record each, before a word', async () => {
  const { study, design, parts } = await partsOf({ ...ofSeven, omitted: [] })
  const codes = (all: readonly DesignRows[]) =>
    all.map((part) => {
      try {
        checkOwn(design, problemOf(study, design, part).own, true)
        return null
      } catch (thrown) {
        const { code, facts } = thrown as { code: string; facts: object }
        return { code, facts }
      }
    })
  const refused = (record: number) => ({ code: 'study/leverage', facts: { count: 1, records: [record] } })
  expect(codes(parts)).toEqual([null, refused(18), null, refused(354), null, null, null])
  expect(codes((await partsOf(ofSeven)).parts)).toEqual(Array.from({ length: 7 }, () => null))
})
