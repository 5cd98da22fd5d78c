import { describe, expect, it } from 'vitest'
import { compileModel } from '../../model/compile.ts'
import { checkModelFile } from '../../model/modelFile.ts'
import { verifyModel } from '../../model/verify.ts'
import { labelOf, responses } from '../card/outcome.ts'
import { plainPredictors } from '../protocol/scoring.ts'

/** The last step of a card: what is computed of the responses, and decided. */

const column = (name: string) => ({ column: name })
const points = { op: 'add', args: [600, { op: 'multiply', args: [-20, column('raw')] }] }
const steps = {
  outputs: [
    { name: 'points', label: 'Points', expression: { op: 'round', args: [points] } },
    { name: 'half', expression: { op: 'divide', args: [column('points'), 2] } },
    { name: 'root', expression: { op: 'sqrt', args: [column('raw')] } },
  ],
  decision: {
    op: 'if',
    args: [{ op: 'greater', args: [column('points'), 600] }, { constant: 'yes' }, { constant: 'no' }],
  },
}

function model(more: object) {
  return compileModel(
    checkModelFile({
      format: 'blindscore-model/1',
      id: 'steps',
      version: '1',
      title: 'Steps',
      description: '',
      features: [{ name: 'x', type: 'number', range: [-10, 10], step: 0.01 }],
      heads: [{ intercept: 0.5, terms: [{ feature: 'x', weight: 1 }] }],
      link: 'identity',
      responses: ['raw'],
      ...steps,
      ...more,
    }),
  )
}

describe('outputs and decisions', () => {
  it('are made of the responses before them', () => {
    const { card } = model({})
    expect(card.responses).toEqual(['raw', 'points', 'half', 'root'])
    expect(responses(card, [1.26])).toEqual([1.26, 575, 287.5, Math.sqrt(1.26)])
    expect(card.label).toBe(true)
    expect(labelOf(card, responses(card, [1.26]))).toBe('no')
    expect(labelOf(card, responses(card, [-1]))).toBe('yes')
  })

  it('are no number, or empty, where they are missing', () => {
    const { card } = model({ decision: { op: 'text', args: [{ op: 'ln', args: [column('raw')] }] } })
    expect(responses(card, [-4])[3]).toBeNaN()
    expect(labelOf(card, responses(card, [-4]))).toBe('')
  })

  it('take no part in the label of the largest response', () => {
    const { card } = model({
      heads: [
        { name: 'a', intercept: 0, terms: [{ feature: 'x', weight: 1 }] },
        { name: 'b', intercept: 1, terms: [] },
      ],
      link: 'argmax',
      responses: ['a', 'b'],
      outputs: [{ name: 'large', expression: 1000 }],
      decision: undefined,
      label: true,
    })
    expect(labelOf(card, responses(card, [0, 1]))).toBe('b')
  })

  it.each([
    ['a name that no response has', { decision: column('point') }, 'model/invalid'],
    ['an output before itself', { outputs: [{ name: 'p', expression: column('p') }] }, 'model/invalid'],
    ['a feature', { decision: column('x') }, 'model/invalid'],
    [
      'a response by the same name',
      { outputs: [{ name: 'raw', expression: 1 }], decision: undefined },
      'model/invalid',
    ],
  ])('%s is refused', (_, more, code) => {
    expect(() => model(more)).toThrow(expect.objectContaining({ code }))
  })

  it('are verified, up to what the predictors are exact to', () => {
    const record = { x: 0.76 }
    const verify = (more: object) => verifyModel(model({ verification: [{ record, ...more }] }))
    verify({ responses: [1.26, 575, 287.5, null], label: 'no' })
    expect(() => verify({ responses: [1.26, 576, null, null] })).toThrow(
      expect.objectContaining({ code: 'model/verification' }),
    )
    expect(() => verify({ label: 'yes' })).toThrow(expect.objectContaining({ code: 'model/verification' }))
  })

  it('leave predictors as they are', () => {
    const compiled = model({})
    expect(plainPredictors(compiled, new Float64Array([0]))[0]).toBeCloseTo(-9.5, 6)
  })
})
