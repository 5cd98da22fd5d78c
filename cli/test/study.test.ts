import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readModel } from '../../formats/read.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { lineOfR } from '../../study/lineOfR.ts'
import { fits, studyNamed } from '../../study/test/data.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const study = join(root, 'study/test/fixtures/credit.study.json')
const records = readFileSync(join(root, 'public/samples/credit.csv'))
let folder = ''
beforeAll(() => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
  folder = mkdtempSync(join(tmpdir(), 'study-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (args: readonly string[], input: Buffer | string = records) =>
  spawnSync(process.execPath, [join(root, 'dist/cli/blindscore.js'), 'study', ...args], {
    input,
    encoding: 'utf8',
    cwd: folder,
  })

describe('blindscore study fit', () => {
  test('prints the fit that R has, and writes a model that is served', async () => {
    const { status, stdout, stderr } = run(['fit', study, '--json', '--model', 'fitted.json'])
    expect(stderr).toContain('4039 records will be fitted, 0 left out.')
    expect(status).toBe(0)
    const estimates = JSON.parse(stdout).coefficients.map(({ estimate }: { estimate: number }) => estimate)
    fits.credit.optimum.coefficients.forEach((theirs: number, j: number) => {
      expect(Math.abs(estimates[j] - theirs)).toBeLessThan(1e-11 * Math.abs(theirs))
    })
    const { file } = readModel('fitted.json', readFileSync(join(folder, 'fitted.json')))
    expect((await reviewModel(file, sha256)).card.link).toBe('logit')
  })

  test('prints a table for people, with tails that no double holds', () => {
    const visits = join(root, 'study/test/fixtures/visits.study.json')
    const { status, stdout } = run(
      ['fit', visits, '--as-r', '--quiet'],
      readFileSync(join(root, 'public/samples/doctor-visits.csv')),
    )
    expect(status).toBe(0)
    expect(stdout).toMatch(/disea +0\.0339\d+ +0\.0005\d+ +\d+\.\d+ +\d\.\d\de-\d{3}\n/)
    expect(stdout).toContain('AIC ')
  })

  test('says where profile likelihoods end beside Wald’s errors', () => {
    const visits = join(root, 'study/test/fixtures/visits.study.json')
    const input = readFileSync(join(root, 'public/samples/doctor-visits.csv')).subarray(0, 20_000)
    const { status, stdout } = run(
      ['fit', visits, '--profile', '--quiet'],
      input.subarray(0, input.lastIndexOf('\n') + 1),
    )
    expect(status).toBe(0)
    expect(stdout).toMatch(/ p +profile 2.5 % +97.5 %\n/)
    const [, estimate = '', low = '', high = ''] = /disea +(\S+) .* (\S+) +(\S+)\n/.exec(stdout) ?? []
    expect(Number(low)).toBeLessThan(Number(estimate))
    expect(Number(high)).toBeGreaterThan(Number(estimate))
  })

  test('fits another family with weights and an offset, as the command says', () => {
    const concrete = join(root, 'study/test/fixtures/concrete.study.json')
    const { status, stdout } = run(
      [
        'fit',
        concrete,
        '--family',
        'Gamma',
        '--link',
        'log',
        '--weights',
        'age',
        '--offset',
        'superplasticizer',
        '--quiet',
      ],
      readFileSync(join(root, 'public/samples/concrete.csv')),
    )
    expect(status).toBe(0)
    expect(stdout).toContain('(Gamma, log, 1030 records')
    expect(stdout).toContain('residual deviance ')
    expect(run(['fit', concrete, '--link', 'probit'], '').stderr).toContain('identity, log, inverse')
  })

  test('says what each term adds, and leaves out what adds nothing', () => {
    const concrete = join(root, 'study/test/fixtures/concrete.study.json')
    const file = readFileSync(join(root, 'public/samples/concrete.csv'))
    const { status, stdout } = run(['fit', concrete, '--anova', '--quiet'], file)
    expect(status).toBe(0)
    expect(stdout).toMatch(/Terms one after the other\n.*\nnone .*\ncement +1 /)
    expect(stdout).toContain('Without one term')
    const less = run(
      [
        'fit',
        concrete,
        '--family',
        'Gamma',
        '--link',
        'log',
        '--as-r',
        '--step',
        '--json',
        '--model',
        'less.json',
        '--quiet',
      ],
      file,
    )
    const names = JSON.parse(less.stdout).coefficients.map(({ name }: { name: string }) => name)
    // R's step(glm(…, family = Gamma(link = "log"))) of the same columns.
    const left = ['cement', 'blast_furnace_slag', 'fly_ash', 'water', 'superplasticizer', 'age']
    expect(names).toEqual(['(Intercept)', ...left])
    expect(JSON.parse(less.stdout).extractAic).toBeCloseTo(7886.422, 3)
    expect(JSON.parse(readFileSync(join(folder, 'less.json'), 'utf8')).features).toHaveLength(left.length)
  })

  test('says what a column would add that is no term', () => {
    const concrete = studyNamed('concrete')
    writeFileSync(join(folder, 'two.json'), JSON.stringify({ ...concrete, terms: ['cement', 'water'] }))
    const file = readFileSync(join(root, 'public/samples/concrete.csv'))
    const args = ['fit', 'two.json', '--add1', 'age', '--add1', 'fly_ash', '--quiet']
    const { status, stdout } = run([...args, '--model', 'two.model.json'], file)
    expect(status).toBe(0)
    // R's add1(glm(compressive_strength ~ cement + water), ~ . + age + fly_ash, test = "F"); the criterion is that of lm.
    expect(stdout).toMatch(/With one term more\n.*\nnone more .*\nage +1 +40665\.356 .*\nfly_ash +1 +145\.08938 /)
    expect(stdout).not.toContain('Without one term')
    expect(JSON.parse(readFileSync(join(folder, 'two.model.json'), 'utf8')).features).toHaveLength(2)
    expect(run(['fit', 'two.json', '--add1', 'water'], '').stderr).toContain('(study/invalid)')
    expect(run(['fit', 'two.json', '--add1', 'nothing'], '').stderr).toContain('(study/invalid)')
  })

  test('fits with a penalty, and writes its model', () => {
    const concrete = join(root, 'study/test/fixtures/concrete.study.json')
    const file = readFileSync(join(root, 'public/samples/concrete.csv'))
    const args = ['fit', concrete, '--penalty', 'lasso', '--lambda', 'cv-1se', '--quiet']
    const { status, stdout } = run([...args, '--json', '--model', 'lasso.json'], file)
    expect(status).toBe(0)
    const { coefficients, violation, validated, path } = JSON.parse(stdout)
    expect(violation).toBeLessThan(1e-12)
    expect(path[validated.simplest].lambda).toBeGreaterThan(path[validated.best].lambda)
    const weights = new Map(
      coefficients.map(({ name, estimate }: { name: string; estimate: number }) => [name, estimate]),
    )
    const { heads } = JSON.parse(readFileSync(join(folder, 'lasso.json'), 'utf8'))
    for (const { feature, weight } of heads[0].terms) expect(weight).toBe(weights.get(feature))
    // The lasso leaves out what says the same as others.
    expect(weights.get('coarse_aggregate')).toBe(0)
    expect(run([...args, '--seed', '2', '--json'], file).stdout).not.toBe(run([...args, '--json'], file).stdout)
  })

  test('finds principal components of its columns', () => {
    const concrete = join(root, 'study/test/fixtures/concrete.study.json')
    const { status, stdout } = run(
      ['pca', concrete, '--scale', '--quiet'],
      readFileSync(join(root, 'public/samples/concrete.csv')),
    )
    expect(status).toBe(0)
    // R's summary(prcomp(concrete[1:8], scale. = TRUE)).
    expect(stdout).toMatch(/standard deviation +1\.5\d+ +1\.1\d+/)
  })

  test.each([
    ['a penalty that is none', ['fit', study, '--penalty', 'all'], 2],
    ['a penalty with anova', ['fit', study, '--penalty', 'lasso', '--anova'], 2],
    ['a penalty with add1', ['fit', study, '--penalty', 'lasso', '--add1', 'Age'], 2],
    ['a λ of nothing', ['fit', study, '--lambda', '1'], 2],
    ['no verb', [], 2],
    ['no study', ['fit'], 2],
    ['another verb', ['guess', study], 2],
    ['a study that is none', ['fit', join(root, 'package.json')], 1],
  ])('ends with the exit code of %s', (_, args, code) => {
    expect(run(args, '').status).toBe(code)
  })
})

test('the line of R says what a study with columns of its own cannot', () => {
  expect(lineOfR(studyNamed('concrete'))).toContain('glm(compressive_strength ~ cement + ')
  expect(lineOfR(studyNamed('credit'))).toContain('glm(I(Status == "bad") ~ ')
  expect(lineOfR(studyNamed('curve'))).toBeNull()
})
