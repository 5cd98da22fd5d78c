import { expect } from 'vitest'
import { type Drawn, distances, fittedDrawn, nearness } from './drawn.ts'

/** Whether a fit is R's, where R has one; says whether it could be compared. */
export async function check(drawn: Drawn, stopping: 'r' | 'optimum'): Promise<'equal' | 'refused' | 'incomparable'> {
  const theirs = drawn[stopping]
  const ours = await fittedDrawn(drawn, stopping).catch((thrown) => {
    if (thrown.code !== 'study/fit') throw thrown
    return null
  })
  if (theirs.refused !== undefined) {
    expect(ours, theirs.refused).toBeNull()
    return 'refused'
  }
  // Where R's estimates still move there is no optimum to be at.
  if (ours === null) {
    expect(theirs.moved > 1e-5 || !theirs.converged || !Number.isFinite(theirs.deviance) || theirs.noise > 1e-6).toBe(
      true,
    )
    return 'incomparable'
  }
  expect(ours.leftOut).toBe(incomplete(drawn))
  const most = nearness(theirs, ours.largestPredictor, drawn.family)
  if (most === null) return 'incomparable'
  const { names, lnP, nullDeviance = 0, ...others } = distances(ours, theirs)
  expect(names, 'names').toBe(0)
  expect(lnP, 'ln p').toBeLessThan(10 * most)
  for (const [what, distance] of Object.entries(others)) expect(distance, what).toBeLessThan(most)
  // A fit of its own where there is an offset; where that has no optimum nothing is said.
  if (ours.nullDeviance !== null) expect(nullDeviance, 'null deviance').toBeLessThan(most)
  if (stopping === 'r') expect(ours.rounds).toBe(theirs.rounds)
  return 'equal'
}

/** How many records lack something that is used. */
const incomplete = ({ data }: Drawn): number =>
  (data.told ?? []).filter((_, i) => Object.values(data).some((cells) => cells[i] === null)).length
