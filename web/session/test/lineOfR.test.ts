import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type FamilyName, familyNames } from '../../../stats/families.ts'
import type { Clicked } from '../../../study/clicked.ts'
import { type Fitted, type Fitting, ways } from '../fitting.ts'
import { openedFitting } from './openedFitting.ts'

/** What the page gives as "the same in R" is given to R, where that is installed: it has to read the file and to come to the same. */

const hasR = spawnSync('Rscript', ['--version']).status === 0
const hasGlmnet = spawnSync('Rscript', ['-e', 'library(glmnet); library(MASS)']).status === 0

const read = (name: string): string =>
  readFileSync(new URL(`../../../public/samples/${name}.csv`, import.meta.url), 'utf8')
const some = (name: string, count: number): string =>
  `${read(name)
    .split('\n')
    .slice(0, count + 1)
    .join('\n')}\n`

/** Names and texts that R would take for something else, and cells without a value. */
const odd = `the price,größe,_x,size,if\n${Array.from({ length: 40 }, (_, i) =>
  [((i * 7) % 11) + 0.5, i % 9, i === 5 ? '' : ((i * i) % 13) / 4, ['big', '5 "inch"', 'a\\b'][i % 3], i % 4]
    .map((cell) => (typeof cell === 'string' ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(','),
).join('\n')}\n`

interface Line {
  readonly text: string
  readonly outcome: string
  readonly terms: readonly string[]
  readonly said?: Partial<Pick<Clicked, 'event' | 'family' | 'link' | 'weights' | 'offset' | 'squares'>>
  readonly also?: (fitting: Fitting) => void
  /** What R's last value is made numbers by. */
  readonly numbers: string
}

const coefficients = 'coef(value)[, 1]'
const withProfiles = 'value'
/** With an offset of the size of a predictor. */
const concreteText = some('concrete', 300)
  .trim()
  .split('\n')
  .map((row, i) => `${row},${i === 0 ? 'shift' : ((i * 3) % 13) / 8}\n`)
  .join('')
const concrete = { text: concreteText, outcome: 'compressive_strength', terms: ['cement', 'water', 'age'] }
const credit = { text: some('credit', 600), outcome: 'Status', terms: ['Seniority', 'Home', 'Income'] }
const visits = { text: some('doctor-visits', 600), outcome: 'mdvis', terms: ['lncoins', 'disea'] }

const dataOf = (family: FamilyName): Omit<Line, 'numbers'> => {
  if (family.endsWith('binomial')) return { ...credit, said: { event: 'bad', family } }
  if (family === 'quasi(mu(1-mu))') return { ...credit, said: { event: 'bad', family, link: 'logit' } }
  if (family === 'quasi(mu)') return { ...visits, said: { family, link: 'log' } }
  if (family.endsWith('poisson')) return { ...visits, said: { family } }
  // Predictors of a usual 1/μ² or μ leave what has a mean at the first step, in R as well.
  return { ...concrete, said: { family, ...(/inverse|mu/.test(family) && { link: 'log' as const }) } }
}

const plain: readonly Line[] = [
  ...familyNames.map((family): Line => ({ ...dataOf(family), numbers: coefficients })),
  ...(['log', 'inverse'] as const).map(
    (link): Line => ({ ...concrete, said: { family: 'gaussian', link }, numbers: coefficients }),
  ),
  ...(['probit', 'cloglog', 'cauchit'] as const).map(
    (link): Line => ({ ...credit, said: { event: 'bad', family: 'binomial', link }, numbers: coefficients }),
  ),
  {
    ...concrete,
    said: { family: 'Gamma', link: 'log', weights: 'age', offset: 'shift' },
    terms: ['cement', 'water'],
    numbers: coefficients,
  },
  { ...concrete, numbers: coefficients, also: (fitting) => fitting.bend({ name: 'age', degree: 3, raw: false }) },
  {
    ...concrete,
    said: { squares: ['water'] },
    numbers: coefficients,
    also: (fitting) => fitting.cross('cement', 'water', true),
  },
  {
    ...credit,
    said: { event: 'bad' },
    numbers: coefficients,
    also: (fitting) => fitting.cross('Seniority', 'Income', true),
  },
  {
    text: odd,
    outcome: 'the price',
    terms: ['größe', '_x', 'size', 'if'],
    said: { squares: ['_x'] },
    numbers: coefficients,
  },
  { text: odd, outcome: 'size', terms: ['größe', '_x'], said: { event: '5 "inch"' }, numbers: coefficients },
  {
    ...concrete,
    terms: ['cement', 'water', 'age', 'fine_aggregate', 'coarse_aggregate'],
    numbers: coefficients,
    also: (fitting) => fitting.go({ ...ways.plain, step: true }),
  },
  { ...concrete, numbers: 'value$sdev', also: (fitting) => fitting.go(ways.components) },
  {
    ...credit,
    said: { event: 'bad' },
    numbers: 'value$sdev',
    also: (fitting) => fitting.go({ kind: 'components', scaled: false }),
  },
]

const withPackages: readonly Line[] = [
  {
    ...credit,
    said: { event: 'bad' },
    numbers: withProfiles,
    also: (fitting) => fitting.go({ ...ways.plain, profile: true }),
  },
  ...(['gaussian', 'Gamma'] as const).map(
    (family): Line => ({
      ...concrete,
      said: { family },
      numbers: 'as.numeric(value)',
      also: (fitting) => fitting.go({ ...ways.penalised, lambda: family === 'gaussian' ? 0.3 : 1e-4 }),
    }),
  ),
  {
    ...credit,
    said: { event: 'bad' },
    numbers: 'as.numeric(value)',
    also: (fitting) => fitting.go({ ...ways.penalised, alpha: 0.5, lambda: 0.02 }),
  },
  {
    ...visits,
    said: { family: 'poisson', offset: 'idp', weights: 'fmde' },
    numbers: 'as.numeric(value)',
    also: (fitting) => fitting.go({ ...ways.penalised, lambda: 0.05 }),
  },
]

async function fitted({ text, outcome, terms, said, also }: Line, name: string): Promise<Fitted> {
  const fitting = await openedFitting(text, name)
  fitting.explain(outcome)
  fitting.take(terms)
  const { family, ...rest } = said ?? {}
  if (family) fitting.change({ family })
  fitting.change(rest)
  also?.(fitting)
  await fitting.fit()
  const { fitted: found, error } = fitting.store.getState()
  if (!found) throw error
  return found
}

/** The same numbers of ours, in R's order. */
function oursOf(found: Fitted): readonly number[] {
  if (found.kind === 'components') return found.components.components.map(({ deviation }) => deviation)
  if (found.kind === 'penalised') return found.penalised.coefficients.map(({ estimate }) => estimate)
  const kept = found.summary.coefficients.filter(({ estimate }) => estimate !== null)
  const profiled = kept.some(({ profile }) => profile !== undefined)
  if (!profiled) return kept.map(({ estimate }) => estimate as number)
  return [0, 1].flatMap((side) => kept.map(({ profile }) => profile?.[side] ?? Number.NaN))
}

/** What R makes of each line, in one process; a line’s file is where R looks for it. */
async function check(lines: readonly Line[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'line-of-r-'))
  try {
    const script = ['options(digits = 17, warn = -1)']
    const ours: (readonly number[])[] = []
    for (const [i, line] of lines.entries()) {
      const name = `file ${i}.csv`
      writeFileSync(join(folder, name), line.text)
      const found = await fitted(line, name)
      ours.push(oursOf(found))
      script.push(
        `value <- suppressMessages({\n${found.lineOfR}\n})`,
        `cat(sprintf("%.17g", as.numeric(${line.numbers})), "\\n")`,
      )
    }
    // What step says of its way is no number.
    writeFileSync(join(folder, 'lines.R'), `step <- function(...) stats::step(..., trace = 0)\n${script.join('\n')}\n`)
    const said = execFileSync('Rscript', ['lines.R'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const theirs = said
      .trim()
      .split('\n')
      .map((text) => text.trim().split(' ').map(Number))
    expect(theirs).toHaveLength(lines.length)
    for (const [i, numbers] of theirs.entries()) {
      const what = `${i}: ${lines[i]?.outcome}, ${JSON.stringify(lines[i]?.said)}`
      expect(numbers.length, what).toBe(ours[i]?.length)
      const size = Math.max(...numbers.map(Math.abs))
      // R's glm stops where its deviance changes by 1e-8, glmnet and a spline of deviances sooner.
      for (const [j, number] of numbers.entries())
        expect(Math.abs((ours[i]?.[j] as number) - number), `${what}, ${j}`).toBeLessThan(
          2e-3 * Math.abs(number) + 1e-6 * size,
        )
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test.runIf(hasR)(
  'a line of R gives R’s own figures of the same file, of each family and way',
  async () => await check(plain),
  120_000,
)

test.runIf(hasGlmnet)('and so it does where it takes glmnet or MASS', async () => await check(withPackages), 120_000)
