import { describe, expect, test } from 'vitest'
import { fromBytes, toBytes, toHex } from '../../core/number/bytes.ts'
import { modPow } from '../../core/number/integers.ts'
import { batch } from '../../core/protocol/paillier/reference.ts'
import { crossProducts } from '../../stats/exactSums.ts'
import { fitElsewhere } from '../elsewhere.ts'
import { fitHere } from '../fitted.ts'
import { mostOutcome, sealedLayout } from '../layout.ts'
import { openSums } from '../owner/open.ts'
import { productByIntegers } from '../product.ts'
import { randomised, turningProbability } from '../randomised.ts'
import { readSealed, writeSealed } from '../sealedFile.ts'
import { fits, rowsOf, sample, studyNamed } from './data.ts'
import { answerTo, freshOwner, maximaOf, sealedBy, set, sha256, withOnes } from './sides.ts'

/** Outcomes elsewhere: the whole way, against R and against the fit of everything in one place. */

const owner = freshOwner()

describe.each([
  { name: 'credit', file: 'credit', rows: 4039, what: 'a logistic regression' },
  { name: 'concrete', file: 'concrete', rows: 1030, what: 'a linear regression' },
  { name: 'visits', file: 'doctor-visits', rows: 2000, what: 'a Poisson regression' },
])('$what ($name)', ({ name, file, rows: count }) => {
  const study = studyNamed(name)

  test('of sums that were made under encryption is the one of everything in one place', async () => {
    const { key } = await owner
    const { design, rows: all } = await rowsOf(study, sample(file), 'both')
    const [rows, outcomes] = [all.rows.slice(0, count), all.outcomes.slice(0, count)]
    const features = all.columns.map((column) => column.slice(0, count))
    const columns = withOnes(features, count)
    const sealed = readSealed(writeSealed(sealedBy(await owner, study, maximaOf(design), columns, rows)))
    const answer = await answerTo(sealed, outcomes)
    const layout = sealedLayout(study, maximaOf(design), count, set.bits)
    const sums = openSums(key, layout, columns, mostOutcome(study), answer)
    expect(sums).toEqual(crossProducts(columns, outcomes))

    const squares = study.family === 'gaussian' ? (crossProducts([outcomes], outcomes)[0] as bigint) : null
    const apart = fitElsewhere(study, design, columns, { sums, turned: 0, squares })
    const here = fitHere(study, design, { columns: features, outcomes }, 'optimum')
    expect(apart.coefficients).toEqual(here.coefficients)
    if (count === all.rows.length) {
      for (const [j, { estimate, error }] of apart.coefficients.entries()) {
        expect(Math.abs((estimate as number) / fits[name].optimum.coefficients[j] - 1)).toBeLessThan(1e-11)
        expect(Math.abs((error as number) / fits[name].optimum.errors[j] - 1)).toBeLessThan(1e-11)
      }
    }
    // What only the outcomes themselves would say is not said.
    if (study.family === 'poisson') expect([apart.deviance, apart.aic]).toEqual([null, null])
    else expect(Math.abs((apart.deviance as number) / (here.deviance as number) - 1)).toBeLessThan(1e-12)
  })
})

test('weights of any size multiply as powers do', () => {
  const n = 1_000_003n * 999_983n
  const modulus = n * n
  const bases = Array.from({ length: 60 }, (_, i) => BigInt(i * i + 2))
  const weights = Float64Array.from(bases, (_, i) => [0, 1, 255, 256, 65_536, 2 ** 53 - 1][i % 6] as number)
  const power = bases.reduce(
    (product, base, i) => (product * modPow(base, BigInt(weights[i] as number), modulus)) % modulus,
    1n,
  )
  expect(fromBytes(productByIntegers(toBytes(n, 8), batch(bases, 16), weights))).toBe(power)
})

describe('randomised outcomes', () => {
  const study = studyNamed('credit')
  const secret = new Uint8Array(32).fill(7)
  const turned = turningProbability(3)
  const made = rowsOf(study, sample('credit'), 'both').then(async ({ design, rows }) => {
    return { design, rows, told: await randomised(rows.outcomes, rows.rows, 'Status', turned, secret, sha256) }
  })

  test('are turned as often as ε says, and the same ones whenever they are asked for', async () => {
    const { rows, told } = await made
    const share = told.filter((y, i) => y !== rows.outcomes[i]).length / told.length
    expect(Math.abs(share - turned)).toBeLessThan(5 * Math.sqrt((turned * (1 - turned)) / told.length))
    const some = await randomised(rows.outcomes.slice(99), rows.rows.slice(99), 'Status', turned, secret, sha256)
    expect(some).toEqual(told.slice(99))
    const others = await randomised(rows.outcomes, rows.rows, 'Other', turned, secret, sha256)
    expect(others).not.toEqual(told)
  })

  test('give estimates around those of all outcomes, with errors that are as much larger as is known', async () => {
    const { design, rows, told } = await made
    const columns = withOnes(rows.columns, told.length)
    const exact = fitHere(study, design, rows, 'optimum')
    const noisy = fitElsewhere(study, design, columns, { sums: crossProducts(columns, told), turned, squares: null })
    const ratios = noisy.coefficients.map(
      ({ error }, j) => (error as number) / (exact.coefficients[j]?.error as number),
    )
    expect(Math.min(...ratios)).toBeGreaterThan(1.05)
    expect(ratios.reduce((a, b) => a + b) / ratios.length).toBeLessThan(1.4)
    noisy.coefficients.forEach(({ estimate, error }, j) => {
      const away = (estimate as number) - (exact.coefficients[j]?.estimate as number)
      expect(Math.abs(away)).toBeLessThan(5 * (error as number))
    })
    expect([noisy.deviance, noisy.aic]).toEqual([null, null])
  })
})

test('a sealed file says which rows it is of and nothing of what is in them', async () => {
  const study = studyNamed('concrete')
  const { design, rows } = await rowsOf(study, sample('concrete'), 'explaining')
  const some = Uint32Array.of(...Array.from({ length: 200 }, (_, i) => (i < 90 ? i + 1 : i + 5)))
  const open = async (change: number): Promise<string> => {
    const columns = withOnes(
      rows.columns.map((column) => column.slice(change, 200 + change)),
      200,
    )
    const bytes = writeSealed(sealedBy(await owner, study, maximaOf(design), columns, some))
    return toHex(bytes.subarray(0, bytes.indexOf(10, 30)))
  }
  expect(await open(0)).toBe(await open(300))
  expect(Buffer.from(await open(0), 'hex').toString()).toContain('"rows":[[1,90],[95,204]]')
})
