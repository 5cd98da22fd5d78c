import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { casesIn, compareCase, readText, refusalOf } from './exporterCases.ts'

/**
 * The committed cases made again, with whatever versions are installed here: the same cases, the same refusals, and
 * model files that agree with their libraries. Debian: python3-sklearn, python3-statsmodels, r-base-core and the
 * recommended packages r-cran-mass, r-cran-nnet and r-cran-survival; with r-cran-mgcv and r-cran-quantreg, theirs too.
 */

const committed = fileURLToPath(new URL('fixtures/exporters/', import.meta.url))
const make = join(committed, 'make')

const runs = (command: string, args: string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0
// Debian's own Python first: another one earlier in the path may lack Debian's packages.
const pythonWith = (modules: string) =>
  ['/usr/bin/python3', 'python3'].find((command) => runs(command, ['-c', `import ${modules}`]))
const withR = runs('Rscript', ['-e', 'library(MASS); library(nnet); library(survival)']) ? 'Rscript' : undefined

const scripts: [script: string, command: string | undefined, needs: string][] = [
  ['scikit.py', pythonWith('sklearn, pandas'), 'scikit-learn and pandas'],
  ['models.py', pythonWith('statsmodels, pandas'), 'statsmodels and pandas'],
  ['boosting.py', pythonWith('numpy, pandas'), 'numpy and pandas'],
  ['models.R', withR, 'R with MASS, nnet and survival'],
]

describe('cases made afresh', () => {
  for (const [script, command, needs] of scripts) {
    const reason = command === undefined ? ` (skipped: ${needs} not installed)` : ''
    test.skipIf(command === undefined)(
      `${script}${reason}`,
      () => {
        const folder = mkdtempSync(join(tmpdir(), 'blindscore-exporters-'))
        try {
          execFileSync(command as string, [join(make, script), folder], { stdio: 'pipe' })
          const cases = casesIn(folder)
          const refusals = readdirSync(folder).filter((file) => file.endsWith('.refused.txt'))
          expect(cases.length).toBeGreaterThan(0)
          expect(casesIn(committed)).toEqual(expect.arrayContaining(cases))
          for (const name of cases) expect([name, ...compareCase(folder, name).problems]).toEqual([name])
          for (const name of cases) expect([name, refusalOf(folder, name)]).toEqual([name, undefined])
          for (const file of refusals) expect(readText(folder, file)).toBe(readText(committed, file))
        } finally {
          rmSync(folder, { recursive: true })
        }
      },
      300_000,
    )
  }
})
