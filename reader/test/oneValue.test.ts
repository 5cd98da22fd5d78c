import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { policyText } from '../../words/en/policies.ts'
import { checkFile } from '../check.ts'
import { blobOf, exportScores } from '../exportCsv.ts'
import { inspect } from '../inspect.ts'
import { matchColumns, unmatched } from '../matching.ts'
import { takesForAll } from '../oneValue.ts'
import { noColumn, planOf } from '../plan.ts'
import type { Repair } from '../repairs.ts'
import { eta, type ModelId } from './records.ts'
import { compiled, predictorsIn } from './scored.ts'

const model = (id: ModelId) =>
  compiled(readFileSync(new URL(`fixtures/cases/models/${id}.json`, import.meta.url), 'utf8'))

/** A file that lacks columns, with values for all its records in their place. */
async function prepared(id: ModelId, text: string, values: Readonly<Record<string, string>>) {
  const compiledModel = model(id)
  const { card } = compiledModel
  const file = new Blob([text])
  const preview = await inspect(file)
  const matches = matchColumns(card, preview.header)
  const repairs = card.features.flatMap(({ name }, feature): Repair[] =>
    values[name] === undefined ? [] : [{ feature, kind: 'value', text: values[name] }],
  )
  expect(unmatched(card, matches, repairs)).toEqual([])
  const columns = matches.map(({ column }) => column ?? noColumn)
  const plan = { ...planOf(card, preview, columns, null), repairs }
  const report = await checkFile(file, plan, preview.header, () => {})
  const predictors = await predictorsIn(file, plan, compiledModel)
  const extras = report.leftOut > 0 ? { leftOut: ({ code }: { code: string }) => code } : {}
  const saved = await (await blobOf(exportScores(file, plan, preview.header, predictors, extras))).text()
  return { report, predictors: [...predictors], saved: saved.trim().split('\r\n') }
}

describe('one value for a column that the file does not have', () => {
  it('is every record’s, is counted, and stands in what is saved', async () => {
    const text = 'id,age,income,home\nA,40,30000,own\nB,50,1000,rent\n'
    const { report, predictors, saved } = await prepared('strict', text, { rate: '5' })
    expect(report).toMatchObject({ rows: 2, scorable: 2, leftOut: 0, mended: [2], groups: [] })
    for (const [i, wanted] of [eta(40, 30_000, 5, 'own'), eta(50, 1000, 5, 'rent')].entries())
      expect(predictors[i]).toBeCloseTo(wanted, 5)
    expect(report.policies.map(policyText)).toEqual(['rate: the file has no such column; 2 records count as 5.'])
    expect(saved[0]).toMatch(/^id,age,income,home,counted_as,/)
    expect(saved[1]).toMatch(/^A,40,30000,own,rate: given = 5,/)
  })

  it('is a level of a category as well, and in the file’s own way of writing', async () => {
    const text = 'id;age;income\nA;40;30000\nB;41;20000\n'
    const { report, predictors } = await prepared('strict', text, { rate: '5', home: 'rent' })
    expect(report.policies.map(({ name, as, count }) => [name, as, count])).toEqual([
      ['rate', '5', 2],
      ['home', 'rent', 2],
    ])
    expect(predictors[0]).toBeCloseTo(eta(40, 30_000, 5, 'rent'), 5)
  })

  it('makes no record of a row that has nothing else, nor hides a header, a total or another table', async () => {
    const text = 'id,age,income,home\nA,40,30000,own\n,,,\nid,age,income,home\nUnits,years,EUR,\nTotal,40,30000,\n'
    const { report } = await prepared('strict', text, { rate: '5' })
    expect(report).toMatchObject({ scorable: 1 })
    expect(report.policies).toMatchObject([{ name: 'rate', decision: 'given', count: 1 }])
  })

  it('may be missing in all of them where the card has a policy for that, which is counted', async () => {
    const { card } = model('lenient')
    const missing = card.features.find(({ missing }) => missing.policy === 'impute')?.name as string
    const names = card.features.map(({ name }) => name).filter((name) => name !== missing)
    const cells: Readonly<Record<string, string>> = { age: '40', income: '30000', rate: '5', home: 'own' }
    const text = `${names.join(',')}\n${names.map((name) => cells[name]).join(',')}\n`
    const { report } = await prepared('lenient', text, { [missing]: '' })
    expect(report).toMatchObject({ scorable: 1, policies: [{ name: missing, decision: 'missing', count: 1 }] })
  })

  it('is what the card takes, and nothing that a policy would have to mend', () => {
    const { card } = model('lenient')
    const of = (name: string) =>
      card.features.find((feature) => feature.name === name) as (typeof card.features)[number]
    const takes = (name: string, text: string) => takesForAll(card, of(name), text, { decimalMark: '.' })
    expect([takes('age', '40'), takes('home', 'own')]).toEqual([true, true])
    for (const text of ['1000000', 'old', '4,0']) expect(takes('age', text), text).toBe(false)
    expect(takes('home', 'castle')).toBe(false)
    const strict = model('strict').card
    for (const each of strict.features)
      expect(takesForAll(strict, each, '', { decimalMark: '.' }), each.name).toBe(false)
  })
})
