import { expect, test } from 'vitest'
import { frame, unframe } from '../ckks/frame.ts'
import { cheapest, type Tried } from '../ckks/parameters.ts'
import { centred, centredModel, makeScorer, openAnswer, type Parameters, sealColumn } from '../ckks/scheme.ts'
import { bindSeal5 } from '../ckks/seal5.ts'

const parameters: Parameters = {
  degree: 4096,
  primes: [36, 36, 20],
  inputScale: 36,
  weightScale: 26,
  rescale: false,
  masked: false,
  compression: 'zstd',
}

test('frames open to what they were made of', () => {
  const strings = [new Uint8Array(), new Uint8Array([1]), new Uint8Array(70_000).fill(7)]
  expect(unframe(frame(strings))).toEqual(strings)
  expect(unframe(frame([]))).toEqual([])
})

test('the cheapest parameters are secure, exact enough and have room', () => {
  const tried = (part: Partial<Tried>): Tried => ({
    parameters,
    secure: true,
    error: 1e-7,
    bytesPerValue: 20,
    records: 1,
    headroom: 1,
    hidden: null,
    ...part,
  })
  const fits = tried({ bytesPerValue: 30 })
  const others = [{ secure: false }, { error: 2e-6 }, { error: Number.NaN }, { error: null }, { headroom: -1 }].map(
    tried,
  )
  expect(cheapest([...others, tried({ bytesPerValue: 31 }), fits], 1e-6, false)).toBe(fits)
  expect(cheapest(others, 1e-6, false)).toBeNull()
  expect(cheapest([fits], 1e-6, true)).toBeNull()
})

const masked: Parameters = {
  ...parameters,
  degree: 8192,
  primes: [35, 35, 35, 20],
  inputScale: 75,
  weightScale: 22,
  masked: true,
}

test.each([
  ['', parameters],
  [', masked', masked],
])('a linear predictor comes out of CKKS as it is%s', async (_, parameters) => {
  const seal = await bindSeal5(parameters)
  if (seal === null) throw new Error('SEAL refuses the parameters.')
  const [weights, constant, limits] = [[0.5, -0.02], 3, [10, 300]]
  const records = [
    [0, 0],
    [10, 300],
    [7, 45],
  ]
  const scorer = makeScorer(seal, centredModel(weights, constant, limits, 1e-6), parameters)
  const sealed = limits.map((limit, j) =>
    sealColumn(
      seal,
      Float64Array.from(records, (record) => centred(record[j] as number, limit)),
      parameters,
    ),
  )
  const predictors = openAnswer(seal, scorer.score(sealed, seal.zeros(seal.publicKey())))
  records.forEach(([a, b], r) => {
    expect(predictors[r]).toBeCloseTo(constant + 0.5 * (a as number) - 0.02 * (b as number), 6)
  })
})

test('SEAL refuses parameters that are not secure', async () => {
  expect(await bindSeal5({ ...parameters, degree: 2048 })).toBeNull()
})
