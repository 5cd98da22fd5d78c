import { describe, expect, test } from 'vitest'
import { parseStudy, type StudyFile } from '../studyFile.ts'
import { studyNamed } from './data.ts'

const credit = studyNamed('credit')
const concrete = studyNamed('concrete')
const parsed = (study: StudyFile, change: object): StudyFile => parseStudy(JSON.stringify({ ...study, ...change }))

const refusals: readonly (readonly [what: string, study: StudyFile, change: object, fault: string])[] = [
  ['a member that there is not', credit, { weights: [] }, 'studyShape'],
  ['a family that there is not', credit, { family: 'tree' }, 'studyShape'],
  ['more terms than are fitted', credit, { terms: Array.from({ length: 101 }, (_, i) => `t${i}`) }, 'studyShape'],
  ['a term that names no column', credit, { terms: ['Seniority', 'Height'] }, 'studyTerm'],
  ['a term that stands twice', credit, { terms: ['Age', 'Age'] }, 'studyTermTwice'],
  [
    'an outcome that explains itself',
    credit,
    { outcome: { name: 'Age', type: 'integer', range: [0, 1] } },
    'studyOutcomeAmongTerms',
  ],
  ['an event that is no level', credit, { event: 'ugly' }, 'studyEvent'],
  ['a category without its event', credit, { event: undefined }, 'studyEvent'],
  ['a category for a gaussian', credit, { family: 'gaussian' }, 'studyOutcome'],
  ['amounts for a poisson', concrete, { family: 'poisson' }, 'studyOutcome'],
  ['amounts for a binomial', concrete, { family: 'binomial' }, 'studyOutcome'],
  ['an outcome without a step', concrete, { outcome: { name: 'y', type: 'number', range: [0, 1] } }, 'studyRange'],
  [
    'a number without a range',
    concrete,
    { features: [{ name: 'age', type: 'integer' }], terms: ['age'] },
    'studyRange',
  ],
]

describe('a study is refused for', () => {
  test.each(refusals)('%s', (_, study, change, fault) => {
    expect(() => parsed(study, change)).toThrow(expect.objectContaining({ code: 'study/invalid', fault }))
  })

  test('a text that is no JSON', () => {
    expect(() => parseStudy('{')).toThrow(expect.objectContaining({ code: 'study/invalid', fault: 'studyJson' }))
  })
})
