import { expect, test } from 'vitest'
import { reviewModel } from '../../../model/verdict.ts'
import { sha256 } from '../../../platform/digest.ts'
import type { Summary } from '../../../stats/summary.ts'
import { farthest } from '../../../stats/test/samples.ts'
import { fitHere, modelOf } from '../../fitted.ts'
import { fits, rowsOf, sample, studyNamed } from '../../test/data.ts'
import { published } from '../join.ts'
import { partOf, pooled } from './owners.ts'

/** Three and seven owners' fit against that of all rows in one place, and against R's. */

const cases = [
  { name: 'credit', file: 'credit', owners: 3, without: ['Home', 'Marital', 'Job'] },
  {
    name: 'concrete',
    file: 'concrete',
    owners: 7,
    without: ['age', 'fly_ash', 'blast_furnace_slag', 'superplasticizer'],
  },
  ...(process.env.SLOW ? [{ name: 'visits', file: 'doctor-visits', owners: 7 }] : []),
  { name: 'concrete', file: 'concrete', owners: 3 },
]

test.each(cases)(
  '$owners owners of $name fit what all rows in one place give',
  async ({ name, file, owners, without = [] }) => {
    // What has levels that some owner holds of fewer than five records is refused, and rightly so.
    const given = studyNamed(name)
    const study = { ...given, terms: given.terms.filter((term) => !without.includes(term)) }
    const { design, rows } = await rowsOf(study, sample(file), 'both')
    const parts = Array.from({ length: owners }, (_, k) => partOf(rows, (i) => (i * 7919) % owners === k))
    const { ends } = await pooled({ study, design, parts })
    const whole = fitHere(study, design, rows, 'optimum')
    const of = (summary: Summary, member: 'estimate' | 'error') => summary.coefficients.map((each) => each[member])
    for (const end of ends) {
      if (end.status === 'rejected') throw end.reason
      const ours = end.value
      for (const member of ['estimate', 'error'] as const) {
        expect(farthest(of(ours, member), of(whole, member)), member).toBeLessThan(1e-11)
      }
      for (const member of ['deviance', 'nullDeviance', 'aic', 'extractAic', 'dispersion'] as const) {
        expect(farthest([ours[member]], [whole[member]]), member).toBeLessThan(1e-11)
      }
      expect(ours.records).toBe(rows.rows.length)
      if (without.length > 0) continue
      expect(farthest(of(ours, 'estimate'), fits[name].optimum.coefficients)).toBeLessThan(1e-11)
      expect(farthest(of(ours, 'error'), fits[name].optimum.errors)).toBeLessThan(1e-11)
    }
    const all = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
    const told = all.map((summary) => JSON.stringify(modelOf(study, design, published(summary))))
    expect(new Set(told).size).toBe(1)
    expect((await reviewModel(JSON.parse(told[0] as string), sha256)).card.inputs).toHaveLength(design.inputs.length)
    expect(published(all[0] as Summary).coefficients[1]?.estimate).toBe(
      Number(whole.coefficients[1]?.estimate?.toPrecision(6)),
    )
  },
)
