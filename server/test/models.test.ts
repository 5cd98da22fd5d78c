import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hashedText } from '../../core/card/card.ts'
import { parseModelFile } from '../../model/modelFile.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { sentenceOf } from '../../words/en/errors.ts'
import { sha256Hex } from '../digest.ts'
import { loadModels, requireModels } from '../models.ts'
import { fixture, tiny } from './support/world.ts'

type Json = Record<string, unknown>
const changed = (change: (file: Json) => unknown): string => {
  const file = JSON.parse(fixture('tiny'))
  change(file)
  return JSON.stringify(file)
}
const verification = (...records: Json[]) => changed((file) => Object.assign(file, { verification: records }))
const record = { age: 18, income: 0, region: 'north' }

describe('a model file is split', () => {
  test('into a card without weights, named by the hash of its own text', () => {
    expect(tiny.card.hash).toBe(sha256Hex(hashedText(tiny.card)))
    const text = JSON.stringify(tiny.card)
    // Weights, intercept, and the integers that they became.
    for (const weight of [
      '0.03',
      '0.0021',
      '0.75',
      '-0.4',
      '-1.5',
      ...Array.from(tiny.heads[0]?.weights ?? [], String),
    ]) {
      expect(text).not.toContain(weight)
    }
    expect(text).not.toContain(String(tiny.heads[0]?.constant))
  })
})

describe('a model file is refused', () => {
  const refused = async (json: string) => {
    try {
      await reviewModel(parseModelFile(json), sha256)
    } catch (thrown) {
      return { code: (thrown as { code: string }).code, message: sentenceOf(thrown) }
    }
    throw new Error('the file was taken')
  }

  test.each([
    ['a predictor off by more than the tolerance', { record, predictors: [-0.960003] }],
    ['too many predictors', { record, predictors: [-0.96, 0] }],
    ['a response that the link does not give', { record, predictors: [-0.96], responses: [0.28] }],
    ['a label that is no response', { record, predictors: [-0.96], label: 'yes' }],
    ['a response further off than its precision', { record, responses: [0.2771], precision: 1e-4 }],
    ['too many responses', { record, predictors: [-0.96], responses: [0.2768782, 1] }],
    ['a value out of range', { record: { ...record, age: 17 }, predictors: [-0.99] }],
    ['a feature left out', { record: { age: 18, income: 0 }, predictors: [-0.96] }],
    ['a feature that is not there', { record: { ...record, height: 1 }, predictors: [-0.96] }],
  ])('whose verification record has %s', async (_, wrong) => {
    const { code, message } = await refused(verification({ record, predictors: [-0.96] }, wrong))
    expect(code).toBe('model/verification')
    expect(message).toContain('record 2')
  })

  test('and taken when the same records are right', async () => {
    const right = verification({ record, predictors: [-0.96], responses: [0.27687814] })
    expect((await reviewModel(parseModelFile(right), sha256)).card.verification).toHaveLength(1)
    const loose = verification(
      { record, responses: [0.2769], precision: 1e-4, label: 'score' },
      { record, responses: [null] },
    )
    expect((await reviewModel(parseModelFile(loose), sha256)).card.verification).toHaveLength(2)
  })

  test('that is not JSON, not a model, contradicts itself, or fits no key', async () => {
    expect((await refused('{')).code).toBe('model/syntax')
    expect((await refused('[]')).code).toBe('model/invalid')
    expect((await refused(changed((file) => Object.assign(file, { extra: 1 })))).code).toBe('model/invalid')
    expect((await refused(changed((file) => Object.assign(file, { features: [] })))).code).toBe('model/invalid')
    expect((await refused(changed((file) => Object.assign(file, { tolerance: 1e-300 })))).code).toBe('model/budget')
  })
})

test('the models that ship are sound', async () => {
  const { models, refusals } = await loadModels(fileURLToPath(new URL('../models', import.meta.url)))
  expect(refusals).toEqual([])
  expect(models.map(({ card }) => card.id)).toEqual(['concrete-strength', 'credit-default', 'doctor-visits', 'salary'])
})

describe('a folder of model files', () => {
  let folder: string
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'models-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('gives its models in the order of their names; other files are left alone', async () => {
    put('b.json', fixture('tiny'))
    put('a.json', fixture('zero'))
    put('notes.txt', 'not a model')
    put('.hidden.json', '{')
    expect((await requireModels(folder)).models.map(({ card }) => card.id)).toEqual(['zero', 'tiny'])
  })

  test('serves PMML and ONNX as they come, under their files’ names, with ranges beside them', async () => {
    const formats = new URL('../../formats/test/fixtures/', import.meta.url)
    const take = (from: string, to: string) => copyFileSync(new URL(from, formats), join(folder, to))
    take('pmml/cars-linear.pmml', 'Cars, linear.pmml')
    take('pmml/births-logit.pmml', 'births.xml')
    take('onnx/logistic_binary.onnx', 'logistic.onnx')
    const { models: plain } = await requireModels(folder)
    expect(plain.map(({ card }) => card.id)).toEqual(['cars-linear', 'births', 'logistic'])
    const [first] = plain[2]?.card.features ?? []
    put('logistic.ranges.json', JSON.stringify({ [first?.name ?? '']: { range: [-50, 50], step: 0.5 / 5 } }))
    expect((await requireModels(folder)).models[2]?.card.features[0]).toMatchObject({ min: '-50', max: '50' })
    put('logistic.ranges.json', JSON.stringify({ nobody: { range: [0, 1] } }))
    const { refusals } = await loadModels(folder)
    expect(refusals).toMatchObject([{ file: 'logistic.onnx', error: { code: 'model/invalid' } }])
    expect(sentenceOf(refusals[0]?.error)).toContain('nobody')
  })

  test('with bad files names each of them with its reason, and serves the good ones', async () => {
    put('a.json', fixture('tiny'))
    put('b.json', '{')
    put('c.json', fixture('tiny'))
    put('d.json', verification({ record, predictors: [5] }))
    mkdirSync(join(folder, 'e.json'))
    const { models, refusals } = await loadModels(folder)
    expect(models).toHaveLength(1)
    expect(refusals.map(({ file, error }) => [file, error.code])).toEqual([
      ['b.json', 'model/syntax'],
      ['c.json', 'model/invalid'],
      ['d.json', 'model/verification'],
      ['e.json', 'model/invalid'],
    ])
    expect(sentenceOf(refusals[1]?.error)).toContain('a.json')
    expect(refusals[3]?.error.fault).toBe('modelFileUnreadable')
    const required = await requireModels(folder)
    expect(required.models.map(({ card }) => card.id)).toEqual(['tiny'])
    expect(required.refusals.map(({ file }) => file)).toEqual(['b.json', 'c.json', 'd.json', 'e.json'])
  })

  test('with no good file is an error that names each with its reason', async () => {
    put('b.json', '{')
    put('d.json', verification({ record, predictors: [5] }))
    await expect(requireModels(folder)).rejects.toMatchObject({ code: 'model/syntax' })
    expect(await requireModels(folder).catch(sentenceOf)).toMatch(/b\.json.*\n.*d\.json/)
  })

  test('that is empty or missing is an error that names it', async () => {
    await expect(requireModels(folder)).rejects.toMatchObject({ code: 'model/unknown' })
    expect(await requireModels(join(folder, 'none')).catch(sentenceOf)).toContain(join(folder, 'none'))
  })
})
