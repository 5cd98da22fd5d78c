import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { type CompiledModel, compileModel } from '../../model/compile.ts'
import { modelFile, parseModelFile } from '../../model/modelFile.ts'
import { sentenceOf } from '../../words/en/errors.ts'
import { canonicalJson, hashedText } from '../card/card.ts'
import { makeEncoder } from '../card/encode.ts'
import { responses } from '../card/outcome.ts'
import { asBlindscoreError } from '../errors.ts'
import { toHex } from '../number/bytes.ts'
import { slotsPerCiphertext } from '../protocol/paillier/layout.ts'
import { type Head, integerPredictor, plainPredictors } from '../protocol/scoring.ts'
import { encodeChunk } from '../protocol/wire.ts'
import { salaryCsv } from './salarySample.ts'
import { cellsFor, modelText, shipped, shippedIds } from './shipped.ts'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
/** The specification with plain minus signs, and without the blanks that align its tables. */
const text = read('../README.md').replaceAll('−', '-').replaceAll(/ {2,}/g, ' ')

function integers(model: CompiledModel, cells: readonly string[]): Float64Array {
  const x = new Float64Array(model.card.inputs.length)
  expect(makeEncoder(model.card).encode(cells, x, 1, 0)).toEqual([])
  return x
}

describe('the specification says what the code does', () => {
  it('the number worked by hand', () => {
    const { model, file } = shipped('salary')
    const { card } = model
    const [head] = model.heads as [Head]
    const cells = ['24', '4', '6', '1']
    const x = integers(model, cells)
    const sum = integerPredictor(head, x)
    const half = 2n ** BigInt(card.slotBits - 1)
    const widest = card.inputs.reduce(
      (total, input, j) => total + BigInt(Math.abs(head.weights[j] as number) * input.max),
      head.constant,
    )
    const names = card.features.map((feature) => feature.name)
    const lines = [
      `S = 2^${card.scaleBits}, T = ${card.slotBits}, K = ${slotsPerCiphertext(card.slotBits, 2048)} at 2048 bits`,
      `X = (${card.inputs.map((input) => input.max).join(', ')})`,
      `errorBound ${(card.errorBound * 1e7).toFixed(2)}·10^-7`,
      ...names.map((name, j) => {
        const feature = card.features[j]
        const min = feature?.type === 'number' ? feature.min : ''
        const W = head.weights[j] as number
        const w = file.heads[0]?.terms[j]?.weight
        return `| \`${name}\` | ${cells[j]} | ${min} | ${x[j]} | ${w} | ${W} | ${W * (x[j] as number)} |`
      }),
      `·2^${card.scaleBits}) = ${head.constant}.`,
      `= ${widest}, which has ${widest.toString(2).length} bits: T = ${card.slotBits}`,
      `M = ${x[0]}, ${x[1]}, ${x[2]} and ${x[3]}.`,
      `= ${sum} + ${half} = ${sum + half}.`,
      `(${sum + half} - 2^${card.slotBits - 1})/2^${card.scaleBits} = ${plainPredictors(model, x)[0]}.`,
    ]
    for (const line of lines) expect(text).toContain(line)
  })

  it('the bytes of a chunk', () => {
    const counting = (length: number, from: number): Uint8Array => Uint8Array.from({ length }, (_, i) => from + i)
    const bytes = encodeChunk({
      card: counting(32, 0),
      key: counting(32, 0x20),
      run: counting(16, 0x40),
      chunk: 258,
      records: 70000,
      ciphertexts: Uint8Array.of(0xde, 0xad, 0xbe, 0xef),
    })
    const shown = /```text\n([^`]*)```/.exec(text)?.[1] ?? ''
    expect(shown.replaceAll(/\s/g, '')).toBe(toHex(bytes))
  })

  it('the example of a model file is one', () => {
    const example = /```json\n([^`]*)```/.exec(read('../README.md'))?.[1] ?? ''
    const model = compileModel(parseModelFile(example))
    const [record] = model.card.verification
    const [eta] = plainPredictors(model, integers(model, cellsFor(model, record?.record ?? {})))
    expect(Math.abs((eta as number) - (record?.predictors?.[0] as number))).toBeLessThanOrEqual(model.card.tolerance)
  })

  it('names every member of a model file', () => {
    for (const member of Object.keys(modelFile.shape)) {
      if (member !== '$schema') expect(text).toContain(`\`${member}\``)
    }
  })

  it('public/model.schema.json is the schema that the code checks', () => {
    expect(JSON.parse(read('../../public/model.schema.json'))).toEqual(z.toJSONSchema(modelFile, { io: 'input' }))
  })

  it('public/samples/salary.csv is what its generator writes', () => {
    expect(read('../../public/samples/salary.csv')).toBe(salaryCsv())
  })
})

describe('the models that ship', () => {
  it.each(shippedIds)('%s agrees with its verification records', (id) => {
    const { model } = shipped(id)
    const { card } = model
    expect(card.verification.length).toBeGreaterThanOrEqual(4)
    for (const { record, predictors = [], responses: expected } of card.verification) {
      const got = plainPredictors(model, integers(model, cellsFor(model, record)))
      got.forEach((eta, h) => {
        expect(Math.abs(eta - (predictors[h] as number))).toBeLessThanOrEqual(card.errorBound + 1e-9)
      })
      responses(card, predictors).forEach((response, h) => {
        expect(Math.abs(response - (expected?.[h] as number))).toBeLessThanOrEqual(1e-9 * Math.max(1, response))
      })
    }
  })

  it.each(shippedIds)('%s is an example, says so, and its card holds no weight', (id) => {
    const { model, file } = shipped(id)
    expect(file.description).toMatch(/example model, not for decisions/)
    const published = canonicalJson(model.card)
    for (const { intercept, terms } of file.heads) {
      for (const weight of [intercept, ...terms.map((term) => term.weight)]) {
        expect(published).not.toContain(String(Math.abs(weight)))
      }
    }
  })

  it.each(shippedIds)('%s takes the names of no two features for the same column', (id) => {
    const { model } = shipped(id)
    const names = model.card.features.flatMap((feature) => [
      ...new Set([feature.name, ...feature.aliases].map((name) => name.toLowerCase())),
    ])
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('a model file is refused', () => {
  it('with its place, when it is not one', () => {
    const refused = (change: (file: Record<string, unknown>) => unknown): unknown => {
      try {
        return parseModelFile(JSON.stringify(change(JSON.parse(modelText('salary')))))
      } catch (error) {
        return { code: asBlindscoreError(error).code, message: sentenceOf(error) }
      }
    }
    expect(refused((file) => ({ ...file, extra: 1 }))).toMatchObject({ code: 'model/invalid' })
    expect(refused((file) => ({ ...file, id: 'A b' }))).toMatchObject({ code: 'model/invalid', message: /at id/ })
    expect(refused((file) => ({ ...file, heads: [] }))).toMatchObject({ code: 'model/invalid', message: /at heads/ })
    expect(refused((file) => ({ ...file, tolerance: -1 }))).toMatchObject({ message: /at tolerance/ })
    expect(refused((file) => ({ ...file, link: 'none' }))).toMatchObject({ message: /at link/ })
    expect(() => parseModelFile('{"format":')).toThrow(expect.objectContaining({ code: 'model/syntax' }))
  })

  it('with a number that no double holds', () => {
    const text = modelText('salary').replace('969.2177123106585', '1e999')
    expect(() => parseModelFile(text)).toThrow(expect.objectContaining({ code: 'model/invalid' }))
  })
})

describe('a card’s hash', () => {
  it('covers everything but itself, and not the order of keys', () => {
    const { card } = shipped('salary').model
    const turned = Object.fromEntries(Object.entries(card).reverse()) as typeof card
    expect(hashedText(turned)).toBe(hashedText(card))
    expect(hashedText({ ...card, hash: '0'.repeat(64) })).toBe(hashedText(card))
    expect(hashedText({ ...card, version: '9' })).not.toBe(hashedText(card))
    expect(hashedText({ ...card, scaleBits: card.scaleBits + 1 })).not.toBe(hashedText(card))
  })
})
