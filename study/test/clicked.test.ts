import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { prepare } from '../../cli/prepare.ts'
import { readingOf } from '../../cli/readingOptions.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { columnFacts } from '../../reader/columnFacts.ts'
import { inspect } from '../../reader/inspect.ts'
import { wholeColumns } from '../../reader/wholeColumns.ts'
import { families } from '../../stats/families.ts'
import {
  type Clicked,
  type ClickedColumn,
  clickedInR,
  familiesOf,
  formulaOf,
  studyOf,
  takesTrials,
} from '../clicked.ts'
import { designOf, designRows } from '../design.ts'
import { expectedAndTold, fitHere, modelOf } from '../fitted.ts'
import { checkedStudy, parseStudy } from '../studyFile.ts'
import { fits, sample } from './data.ts'

/** Studies that are made by pointing at a file's columns, against R (`fixtures/fits.R`). */

async function columnsOf(file: Blob): Promise<ClickedColumn[]> {
  const { format, header } = await inspect(file)
  const facts = await columnFacts(file, { format, width: header.length }, header)
  return facts.filter((column) => column.kind !== 'other')
}

const cases: readonly (readonly [string, string, Clicked])[] = [
  [
    'credit',
    'credit',
    {
      outcome: 'Status',
      event: 'bad',
      family: 'binomial',
      terms: 'Seniority Home Time Age Marital Records Job Expenses Income Assets Debt Amount Price'.split(' '),
      link: null,
      weights: null,
      failures: null,
      offset: null,
      polynomials: [],
      squares: [],
      crossed: [],
    },
  ],
  [
    'visits',
    'doctor-visits',
    {
      outcome: 'mdvis',
      event: null,
      family: 'poisson',
      terms: 'lncoins idp lpi fmde physlm disea hlthg hlthf hlthp'.split(' '),
      link: null,
      weights: null,
      failures: null,
      offset: null,
      polynomials: [],
      squares: [],
      crossed: [],
    },
  ],
  [
    'crossed',
    'concrete',
    {
      outcome: 'compressive_strength',
      event: null,
      family: 'gaussian',
      terms: ['cement', 'water', 'age'],
      link: null,
      weights: null,
      failures: null,
      offset: null,
      polynomials: [],
      squares: ['age'],
      crossed: [['cement', 'water']],
    },
  ],
  [
    'levels',
    'credit',
    {
      outcome: 'Status',
      event: 'bad',
      family: 'binomial',
      terms: ['Home', 'Records', 'Seniority', 'Income'],
      link: null,
      weights: null,
      failures: null,
      offset: null,
      polynomials: [],
      squares: [],
      crossed: [
        ['Home', 'Seniority'],
        ['Home', 'Records'],
      ],
    },
  ],
]

async function fitted(file: Blob, clicked: Clicked) {
  const columns = await columnsOf(file)
  const study = studyOf(columns, clicked, 'A fit')
  const design = await designOf(study, 'both', sha256)
  const { file: text, plan, report } = await prepare(file, design.card, readingOf({}), () => {}, 'fitted')
  const { columns: read } = await wholeColumns(text, plan, design.places, report.scorable)
  const rows = designRows(design, read)
  return {
    study,
    design,
    rows,
    leftOut: report.leftOut,
    summary: fitHere(study, design, rows, 'optimum'),
  }
}

describe.each(cases)('%s, clicked together', (name, file, clicked) => {
  test('is R’s fit within 1e-10, and is served as it is', async () => {
    const { study, design, summary, leftOut, rows } = await fitted(sample(file), clicked)
    expect(leftOut).toBe(0)
    expect(parseStudy(JSON.stringify(study))).toEqual(study)
    const r = fits[name].optimum
    expect(summary.coefficients.map(({ name: ours }) => ours)).toEqual(fits[name].names)
    for (const [j, { estimate, error, lnP }] of summary.coefficients.entries()) {
      expect(Math.abs((estimate ?? 0) / r.coefficients[j] - 1)).toBeLessThan(1e-10)
      expect(Math.abs((error ?? 0) / r.errors[j] - 1)).toBeLessThan(1e-10)
      expect(Math.abs((lnP ?? 0) / r.lnP[j] - 1)).toBeLessThan(1e-9)
    }
    expect(Math.abs((summary.deviance ?? 0) / r.deviance - 1)).toBeLessThan(1e-10)
    expect((await reviewModel(modelOf(study, design, summary), sha256)).card.inputs).toHaveLength(design.inputs.length)

    // With a canonical link and an intercept, what is expected adds up to what came to pass.
    const { expected, told } = expectedAndTold(study, design, rows, summary)
    const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)
    expect(Math.abs(total(expected) / total(told) - 1)).toBeLessThan(1e-9)
  })
})

test('a formula is said as R writes it, whatever columns are called', () => {
  const clicked = {
    ...(cases[0]?.[2] as Clicked),
    event: 'it "went" bad',
    terms: ['net income', 'Age'],
    link: null,
    weights: null,
    failures: null,
    offset: null,
    polynomials: [],
    squares: ['Age'],
    crossed: [['net income', 'Age']] as const,
  }
  expect(formulaOf(clicked)).toBe('I(Status == "it \\"went\\" bad") ~ `net income` + Age + I(Age^2) + `net income`:Age')
  expect(formulaOf({ ...clicked, event: null, terms: [], squares: [], crossed: [] })).toBe('Status ~ 1')
})

const quasis = ['quasi(constant)', 'quasi(mu)'] as const
const above = ['quasi(mu^2)', 'quasi(mu^3)'] as const
const number = (min: number, max: number, places: number): ClickedColumn => ({
  kind: 'number',
  name: 'y',
  min,
  max,
  places,
})

test.each<[string, ClickedColumn, readonly string[]]>([
  ['texts', { kind: 'category', name: 'y', levels: ['a', 'b'] }, ['binomial', 'quasibinomial', 'quasi(mu(1-mu))']],
  [
    'zeros and ones',
    number(0, 1, 0),
    ['binomial', 'gaussian', 'poisson', 'quasibinomial', 'quasipoisson', ...quasis, 'quasi(mu^2)', 'quasi(mu(1-mu))'],
  ],
  [
    'shares',
    number(0, 0.9, 2),
    ['gaussian', 'binomial', 'quasibinomial', 'quasipoisson', ...quasis, 'quasi(mu^2)', 'quasi(mu(1-mu))'],
  ],
  ['counts', number(0, 9, 0), ['gaussian', 'poisson', 'quasipoisson', ...quasis, 'quasi(mu^2)']],
  [
    'counts above 0',
    number(1, 9, 0),
    ['gaussian', 'poisson', 'Gamma', 'inverse.gaussian', 'quasipoisson', ...quasis, ...above],
  ],
  [
    'amounts above 0',
    number(0.5, 9, 1),
    ['gaussian', 'Gamma', 'inverse.gaussian', 'quasipoisson', ...quasis, ...above],
  ],
  ['amounts', number(-1, 9, 2), ['gaussian', 'quasi(constant)']],
])('an outcome of %s is of its families, and each is a study with every link', (_, column, offered) => {
  expect(familiesOf(column)).toEqual(offered)
  const event = column.kind === 'category' ? 'b' : null
  const x: ClickedColumn = { ...number(0, 9, 0), name: 'x' } as ClickedColumn
  for (const family of familiesOf(column)) {
    for (const link of families[family].links) {
      const weights = takesTrials(column, family) ? 'n' : null
      const clicked = { ...(cases[0]?.[2] as Clicked), outcome: 'y', event, family, link, weights, terms: ['x'] }
      expect(() => checkedStudy(studyOf([column, x, { ...x, name: 'n' }], clicked, 'A fit'))).not.toThrow()
    }
  }
})

test('columns are known by what is in them', async () => {
  const text = 'id;price;size;note;same;empty\n1;1,50;big;a b;7;\n2;-2;small;;7;NA\n3;1e-3;;c d;7;\n'
  const { format, header } = await inspect(new Blob([text]))
  expect(await columnFacts(new Blob([text]), { format, width: 6 }, header)).toEqual([
    { kind: 'number', name: 'id', min: 1, max: 3, places: 0 },
    { kind: 'number', name: 'price', min: -2, max: 1.5, places: 3 },
    { kind: 'category', name: 'size', levels: ['big', 'small'] },
    { kind: 'category', name: 'note', levels: ['a b', 'c d'] },
    { kind: 'other', name: 'same' },
    { kind: 'other', name: 'empty' },
  ])
})

test('the line of R is one that R was given, and that gave R’s own coefficients', async () => {
  const [name, file, clicked] = cases[3] as (typeof cases)[number]
  const line = clickedInR(await columnsOf(sample(file)), clicked, `public/samples/${file}.csv`)
  expect(readFileSync(new URL('./fixtures/fits.R', import.meta.url), 'utf8')).toContain(`\nsaid <- ${line}\n`)
  expect(fits.said).toHaveLength(fits[name].names.length)
  for (const [j, coefficient] of fits.said.entries()) {
    expect(Math.abs(coefficient / fits[name].r.coefficients[j] - 1)).toBeLessThan(1e-12)
  }
})

test('a polynomial stands where its column stood, in products as well', () => {
  const columns = ['y', 'net x', 'z'].map((name): ClickedColumn => ({ ...number(1, 9, 1), name }) as ClickedColumn)
  const clicked: Clicked = {
    ...(cases[0]?.[2] as Clicked),
    outcome: 'y',
    event: null,
    family: 'gaussian',
    terms: ['net x', 'z'],
    squares: ['z'],
    polynomials: [{ name: 'net x', degree: 3, raw: false }],
    crossed: [['z', 'net x']],
  }
  const study = checkedStudy(studyOf(columns, clicked, 'A fit'))
  expect(study.terms).toEqual(['poly(`net x`, 3)', 'z', 'I(z^2)', 'z:poly(`net x`, 3)'])
  expect(formulaOf(clicked)).toBe('y ~ poly(`net x`, 3) + z + I(z^2) + z:poly(`net x`, 3)')
  const raw = { ...clicked, polynomials: [{ name: 'net x', degree: 2, raw: true }] }
  expect(formulaOf(raw)).toBe('y ~ poly(`net x`, 2, raw = TRUE) + z + I(z^2) + z:poly(`net x`, 2, raw = TRUE)')
})

test('a family, its link, weights and an offset are said to the study and to R', () => {
  const columns = ['y', 'x', 'w', 'o'].map((name): ClickedColumn => ({ ...number(1, 9, 1), name }) as ClickedColumn)
  const clicked: Clicked = {
    outcome: 'y',
    event: null,
    family: 'Gamma',
    link: 'log',
    weights: 'w',
    failures: null,
    offset: 'o',
    terms: ['x'],
    polynomials: [],
    squares: [],
    crossed: [],
  }
  const study = parseStudy(JSON.stringify(studyOf(columns, clicked, 'A fit')))
  expect(study).toMatchObject({ family: 'Gamma', link: 'log', weights: 'w', offsets: ['o'], terms: ['x'] })
  expect(study.features.map(({ name }) => name)).toEqual(['x', 'o', 'w'])
  expect(clickedInR(columns, clicked, 'f.csv')).toBe(
    'summary(glm(y ~ x + offset(o), family = Gamma(link = "log"), weights = w, data = read.csv("f.csv", check.names = FALSE)))',
  )
})
