import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fitHere } from '../fitted.ts'
import { withProfiles } from '../profiled.ts'
import { type Drawn, readDrawn } from './drawn.ts'

/** Profile-likelihood intervals against those that R finds by refits, and against what its `confint` reads off a spline (`fixtures/profile.R`). */

type Ends = readonly (readonly [number | null, number | null])[]
type Case = Omit<Drawn, 'r' | 'optimum'> & { readonly ends: Ends; readonly confint: Ends }

const cases: readonly Case[] = JSON.parse(readFileSync(new URL('fixtures/profile.json', import.meta.url), 'utf8'))

async function profiles(each: Omit<Drawn, 'r' | 'optimum'>) {
  const { study, design, rows } = await readDrawn(each)
  const { coefficients } = withProfiles({ study, design, rows }, fitHere(study, design, rows, 'optimum'))
  return coefficients
}

describe.each(cases.map((each) => [String(each.seed), each] as const))('%s', (_, each) => {
  test('has the ends that R finds', async () => {
    const ours = await profiles(each)
    expect(ours.length).toBe(each.ends.length)
    for (const [j, { name, error, profile }] of ours.entries())
      for (const side of [0, 1] as const) {
        const [found, spline] = [profile?.[side] as number, each.confint[j]?.[side] as number]
        const unit = error as number
        expect(Math.abs(found - (each.ends[j]?.[side] as number)) / unit, `${name} ${side}`).toBeLessThan(1e-7)
        expect(Math.abs(found - spline) / unit, `${name} ${side}, confint`).toBeLessThan(5e-3)
      }
  })
})

test('of a linear model are Wald’s', async () => {
  const ours = await profiles(cases.find(({ seed }) => seed === 'cats') as Case)
  for (const { estimate, error, profile } of ours) {
    const half = 1.959963984540054 * (error as number)
    expect(Math.abs((profile?.[0] as number) - ((estimate as number) - half)) / half).toBeLessThan(1e-10)
    expect(Math.abs((profile?.[1] as number) - ((estimate as number) + half)) / half).toBeLessThan(1e-10)
  }
})

test('are open where the deviance rises no further', async () => {
  const drawn: readonly Drawn[] = JSON.parse(readFileSync(new URL('fixtures/drawn.json', import.meta.url), 'utf8'))
  // Of an inverse Gaussian with its mean's inverse as predictor, means may go beyond all bounds at a finite deviance.
  const ours = await profiles(drawn.find(({ seed }) => seed === 150) as Drawn)
  expect(ours.flatMap(({ profile = [] }) => profile).filter((end) => end === null)).toHaveLength(1)
  for (const { estimate, profile } of ours) {
    expect(profile?.[0] ?? Number.NEGATIVE_INFINITY).toBeLessThan(estimate as number)
    expect(profile?.[1] ?? Number.POSITIVE_INFINITY).toBeGreaterThan(estimate as number)
  }
})
