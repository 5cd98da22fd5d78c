import { expect, test } from 'vitest'
import { fitGlm } from '../../../stats/glm.ts'
import { discriminationOf } from '../../../stats/validation.ts'
import { glmProblem } from '../../fitted.ts'
import { rowsOf, sample, studyNamed } from '../../test/data.ts'
import { comparedWithOwn } from '../compare.ts'
import { checkOwners, newPoolLedger } from '../ledger.ts'
import { partOf } from './owners.ts'
import { fitTogether } from './together.ts'

/** What a pooled fit says of an owner's own rows, and who may come and go between two studies. */

const study = { ...studyNamed('credit'), terms: ['Age', 'Income', 'Amount'] }
const kind = { family: 'binomial', link: 'logit' } as const

test('an owner sees that the model of all is one of its rows, and that a falsified one is not', async () => {
  const { design, rows } = await rowsOf(study, sample('credit'), 'both')
  const problems = [0, 1, 2].map((k) =>
    glmProblem(
      study,
      design,
      partOf(rows, (i) => i % 3 === k),
    ),
  )
  const [own, ...others] = problems as [(typeof problems)[0], ...typeof problems]
  const of = (all: typeof problems) => all.map(({ columns, outcomes }) => ({ columns, outcomes }))
  const [honest] = await fitTogether(kind, of(problems)).fits
  if (!honest) throw new Error()
  const told = comparedWithOwn(own, honest.means, honest.judged)
  const alone = fitGlm(own)
  expect(told.own?.deviance).toBeCloseTo(alone.deviance, 8)
  expect(told.all.auc).toBe(discriminationOf(honest.means, own.outcomes).auc)
  expect(told.difference).toBeCloseTo(told.all.deviance - alone.deviance, 8)
  expect([told.freedom, (told.lnP as number) > Math.log(0.001)]).toEqual([4, true])
  expect((told.own?.explained as number) >= told.all.explained).toBe(true)

  const turned = others.map((each) => ({ ...each, outcomes: each.outcomes.map((y) => 1 - y) }))
  const [falsified] = await fitTogether(kind, of([own, ...turned])).fits
  if (!falsified) throw new Error()
  const worse = comparedWithOwn(own, falsified.means, falsified.judged)
  expect((worse.lnP as number) < Math.log(1e-9)).toBe(true)
  expect((worse.all.auc as number) < (told.all.auc as number)).toBe(true)
})

test('rows that determine no fit of their own have none to be compared with', async () => {
  const { design, rows } = await rowsOf(study, sample('credit'), 'both')
  const own = glmProblem(
    study,
    design,
    partOf(rows, (i) => i % 3 === 0),
  )
  const separated = { ...own, outcomes: own.outcomes.map(() => 0) }
  const judged = { dispersion: 1, deviance: 1, nullDeviance: 1, freedom: 100, nullFreedom: 103, aic: 1, extractAic: 1 }
  const told = comparedWithOwn(
    separated,
    separated.outcomes.map(() => 0.3),
    judged,
  )
  expect([told.all.auc, told.own === null || told.own.auc === null]).toEqual([null, true])
})

test('one that leaves, as one that comes, is no secret where it has signed, and only then', () => {
  const rows = ['r']
  const earlier = { study: 's', title: 'before', owners: ['a', 'b', 'c', 'd'], rows, numbers: 0 }
  const ledger = { ...newPoolLedger((count) => new Uint8Array(count)), studies: [earlier] }
  const check = (owners: readonly string[], released: readonly string[]) => () =>
    checkOwners(ledger, owners, rows, new Set(released))
  const difference = expect.objectContaining({ code: 'study/difference' })
  expect(check(['a', 'b', 'c'], ['d'])).not.toThrow()
  expect(check(['a', 'b', 'c'], [])).toThrow(difference)
  expect(check(['a', 'b', 'c'], ['c'])).toThrow(difference)
  expect(check(['a', 'b', 'c', 'd', 'e'], ['e'])).not.toThrow()
  expect(check(['a', 'b', 'c', 'e'], ['d'])).toThrow(difference)
  expect(check(['a', 'b', 'c', 'e'], ['d', 'e'])).not.toThrow()
})
