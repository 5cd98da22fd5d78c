import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { gramOf } from '../exactSums.ts'
import { componentsOf } from '../pca.ts'
import { counted, farthest } from './samples.ts'

/** Principal components against R's `prcomp` (`fixtures/pca.R`). */

interface Case {
  readonly data: string
  readonly scaled: boolean
  readonly terms: readonly string[]
  readonly centres: readonly number[]
  readonly scales: readonly number[]
  readonly deviations: readonly number[]
  readonly loadings: readonly (readonly number[])[]
}

const cases: readonly Case[] = JSON.parse(readFileSync(new URL('fixtures/pca.json', import.meta.url), 'utf8'))
const withOnes = (columns: readonly Float64Array[]) => [new Float64Array(columns[0]?.length ?? 0).fill(1), ...columns]

describe.each(cases)('components of $data, scaled: $scaled', (each) => {
  const columns = each.terms.map((term) => counted(each.data, term))
  const ours = componentsOf(
    gramOf(withOnes(columns.map(({ steps }) => steps))),
    columns.map(({ scale }) => scale),
    each.scaled,
  )

  test('are R’s within 1e-11', () => {
    for (const member of ['centres', 'scales', 'deviations'] as const) {
      expect(farthest([...ours[member]], each[member]), member).toBeLessThan(1e-11)
    }
    ours.loadings.forEach((loading, k) => {
      const theirs = each.loadings[k] as readonly number[]
      expect(Math.max(...theirs.map((value, j) => Math.abs(value - (loading[j] as number))))).toBeLessThan(1e-11)
    })
  })
})

test('a column that is a sum of others leaves a component of nothing', () => {
  const [a, b] = [Float64Array.of(1, 2, 3, 5), Float64Array.of(4, 1, 1, 0)]
  const sum = a.map((v, i) => v + (b[i] as number))
  const scales = [1, 1, 1].map(() => ({ shift: 0, units: 1 }))
  const { deviations, loadings } = componentsOf(gramOf(withOnes([a, b, sum])), scales, false)
  expect(deviations[2]).toBeLessThan(1e-14)
  expect(Math.abs((loadings[2]?.[2] as number) + (loadings[2]?.[0] as number))).toBeLessThan(1e-14)
})
