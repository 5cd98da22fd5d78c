import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { makeEncoder } from '../../core/card/encode.ts'
import { type CompiledModel, compileModel } from '../../model/compile.ts'
import { parseModelFile } from '../../model/modelFile.ts'
import { casesIn, expectedOf, readText, recordsOf, refusalOf } from './exporterCases.ts'

/**
 * The exporters' files as a server takes them: compiled within the default bit budget, and every record scored in
 * integers as the sealed path does. Libraries' linear predictors are met within the card's tolerance.
 */

const folder = fileURLToPath(new URL('fixtures/exporters/', import.meta.url))

test.each(casesIn(folder))('a server takes what was exported: %s', (name) => {
  expect(refusalOf(folder, name)).toBeUndefined()
})

describe('an exported model compiles, and its integers say what the library says', () => {
  test.each(casesIn(folder))('%s', (name) => {
    const compiled = compileModel(parseModelFile(readText(folder, `${name}.json`)))
    const { card } = compiled
    expect(card.errorBound).toBeLessThanOrEqual(card.tolerance)
    const encoder = makeEncoder(card)
    const wanted = expectedOf(folder, name).predictors
    recordsOf(folder, name).forEach((record, row) => {
      const inputs = new Float64Array(card.inputs.length)
      expect(
        encoder.encode(
          card.features.map((feature) => record[feature.name] ?? ''),
          inputs,
          1,
          0,
        ),
      ).toEqual([])
      const said = predictors(compiled, inputs)
      for (const [h, eta] of (wanted?.[row] ?? []).entries()) {
        expect(Math.abs((said[h] as number) - eta)).toBeLessThanOrEqual(card.tolerance + 1e-9 * Math.abs(eta))
      }
    })
  })
})

function predictors({ card, heads }: CompiledModel, inputs: Float64Array): number[] {
  return heads.map(({ weights, constant }) => {
    let sum = constant
    inputs.forEach((x, j) => {
      sum += BigInt(weights[j] as number) * BigInt(x)
    })
    return Number(sum) / 2 ** card.scaleBits
  })
}
