import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { slow } from '../../core/test/dial.ts'
import { check } from './againstR.ts'
import { type Drawn, fittedDrawn } from './drawn.ts'

/**
 * Data sets that come with R, and some of other packages, against its fits of them: some in every test, all five hundred of R's own
 * under SLOW=1 where R with MASS is installed.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))
const script = 'study/test/fixtures/textbook.R'
const hasR = spawnSync('Rscript', ['-e', 'library(MASS)']).status === 0

const casesOf = (file: string): readonly Drawn[] => JSON.parse(readFileSync(file, 'utf8'))

const kept = ['textbook', 'others'].flatMap((name) =>
  casesOf(fileURLToPath(new URL(`./fixtures/${name}.json`, import.meta.url))),
)
const named = (name: string): Drawn => kept.find(({ seed }) => seed === name) as Drawn

describe.each(kept.map((each) => [String(each.seed), each] as const))('%s', (_, each) => {
  test.each(['r', 'optimum'] as const)('is as R has it, stopping at: %s', async (stopping) => {
    await check(each, stopping)
  })
})

test('nearly all of these can be compared', async () => {
  const found = await Promise.all(kept.flatMap((each) => [check(each, 'r'), check(each, 'optimum')]))
  expect(found.filter((each) => each === 'equal').length).toBeGreaterThan(0.75 * found.length)
})

test('a saturated model of shares has the same deviance by every link, where R’s own steps lead nowhere', async () => {
  const saturated = named('UCB binomial')
  const { deviance } = await fittedDrawn(saturated, 'optimum')
  for (const link of ['probit', 'cloglog', 'cauchit'] as const) {
    const other = await fittedDrawn({ ...saturated, link }, 'optimum')
    expect(Math.abs((other.deviance as number) / (deviance as number) - 1), link).toBeLessThan(1e-13)
  }
})

test.runIf(slow && hasR)(
  'five hundred others are as R has them',
  async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'textbook-')), 'textbook.json')
    execFileSync('Rscript', [script, file], { cwd: root, stdio: 'ignore' })
    const found: string[] = []
    for (const each of casesOf(file))
      for (const stopping of ['r', 'optimum'] as const)
        found.push(
          await check(each, stopping).catch((thrown) =>
            Promise.reject(new Error(String(each.seed), { cause: thrown })),
          ),
        )
    expect(found.filter((each) => each === 'equal').length).toBeGreaterThan(0.75 * found.length)
  },
  1_800_000,
)
