import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { reference } from '../../core/protocol/paillier/reference.ts'
import { paillierScoring } from '../../core/protocol/paillier/scoring.ts'
import { secureRandom } from '../../platform/random.ts'
import { decodeNumber, encodeNumber, largestMantissa, nearestDouble } from '../phe/encoding.ts'
import { type NumberFile, readNumbers, writeAnswer, writeNumbers } from '../phe/file.ts'
import { openNumbers } from '../phe/private/open.ts'
import { readPheKey, writePheKey } from '../phe/private/privateKey.ts'
import { planScoring, scoreNumbers } from '../phe/score.ts'
import { sealNumbers } from '../phe/seal.ts'
import { fixture, fixturePath, others, ownerKey, pheKey, scoringKey, servedModel } from './phe.ts'

const { n } = pheKey
const salary = await servedModel('server/models/salary.json')
const folder = mkdtempSync(join(tmpdir(), 'blindscore-phe-'))
afterAll(() => rmSync(folder, { recursive: true }))

const shown = (records: readonly (readonly (number | bigint)[])[]): string[][] =>
  records.map((record) => record.map(String))
const open = (file: Pick<NumberFile, 'n' | 'records'>) => openNumbers(ownerKey(), n, file)

function score(text: string, options = {}, heads = salary.realHeads) {
  const file = readNumbers(text, 'score')
  return scoreNumbers(scoringKey(), planScoring(n, file, heads, options), secureRandom)
}

/** A file of its own for a text, for programs that read files. */
function written(text: string): string {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.json`)
  writeFileSync(path, text)
  return path
}

describe('what python-paillier wrote', () => {
  test('opens as the numbers that were in it', () => {
    const expected = (JSON.parse(fixture('numbers-expected.json')) as string[]).map(Number)
    const [opened = []] = open(readNumbers(fixture('numbers.json'), 'open'))
    expect(opened.map(Number)).toEqual(expected)
  })

  test('opens the article’s answers to the last digit', () => {
    expect(shown(open(readNumbers(fixture('answer.json'), 'open')))).toEqual([['771.0757633883509']])
    expect(shown(open(readNumbers(fixture('answer-intercept.json'), 'open')))).toEqual([['1740.2934756990094']])
  })

  test.each(['data.json', 'pheutil.txt'])('%s is scored to what python-paillier computes', (name) => {
    expect(shown(open({ n, records: score(fixture(name)) }))).toEqual([['1740.2934756990094']])
    expect(shown(open({ n, records: score(fixture(name), { withoutIntercept: true }) }))).toEqual([
      ['771.0757633883509'],
    ])
  })

  test.each(['private.jwk', 'private-lambda.jwk', 'keys.json'])('%s is the key', (name) => {
    const { p, q, n: own } = readPheKey(fixture(name))
    expect([p < q ? [p, q] : [q, p], own]).toEqual([
      pheKey.p < pheKey.q ? [pheKey.p, pheKey.q] : [pheKey.q, pheKey.p],
      n,
    ])
  })

  test('private keys come back from what is written here', () => {
    expect(readPheKey(writePheKey(pheKey, 'test'))).toMatchObject({ n })
  })
})

describe.each(others)('with %s', (_, python) => {
  const literals = ['0', '-1', '24', '0.1', '-2.5e-9', '1e30', '4.9e-39', '-1740.2934756990095']
  const value = (literal: string) => (/^-?\d+$/.test(literal) ? BigInt(literal) : Number(literal))

  test.skipIf(python === null)('it opens what is sealed here', () => {
    const [sealed = []] = sealNumbers(scoringKey(), n, [literals.map(value)], secureRandom)
    const style = { numbers: 'pair', shape: 'record', doubly: true, bare: false } as const
    const opened = python?.('open', [fixturePath('keys.json'), written(writeNumbers(n, [sealed], style, 'data'))])
    expect((opened as string[]).map(Number)).toEqual(literals.map(Number))
  })

  test.skipIf(python === null)('it opens the answers that are computed here, of what it sealed', () => {
    const records = [
      ['24', '4', '6', '1'],
      ['41.5', '0.1', '-3e-7', '0'],
    ]
    const sealed = records.map((record) => python?.('seal', [fixturePath('private.jwk')], JSON.stringify(record)))
    const text = JSON.stringify(sealed.map((file) => (file as { values: unknown }).values))
    const data = `{"public_key": {"n": ${n}}, "values": ${text}}`
    const file = readNumbers(data, 'score')
    expect(file.style.shape).toBe('records')
    const answer = writeAnswer(n, score(data), file.style)
    const opened = python?.('open', [fixturePath('private.jwk'), written(answer)])
    const { weights, intercept } = salary.realHeads[0] as { weights: Float64Array; intercept: number }
    const expected = records.map((record) =>
      record.reduce((sum, v, j) => sum + Number(v) * (weights[j] as number), intercept),
    )
    expect((opened as string[])[0]).toBe('1740.2934756990094')
    expect(opened).toHaveLength(2)
    expect(Number((opened as string[])[1])).toBeCloseTo(expected[1] as number, 9)
    expect(shown(open(readNumbers(answer, 'open')))).toEqual([opened])
  })
})

describe('numbers', () => {
  const doubles = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e170, max: 1e170 })

  test('every double and every whole number comes back, at its own exponent or at a lower one', () => {
    fc.assert(
      fc.property(
        fc.oneof(doubles, fc.bigInt({ min: -(2n ** 500n), max: 2n ** 500n })),
        fc.boolean(),
        (value, lower) => {
          const encoded = encodeNumber(value, n, lower ? -32 : undefined)
          if (lower) expect(encoded.exponent).toBeLessThanOrEqual(-32)
          expect(Number(decodeNumber(encoded, n))).toBe(Number(value) + 0)
        },
      ),
    )
  })

  test('sums of products with exponents of either sign are the exact sum, rounded once', () => {
    const key = scoringKey()
    const owner = ownerKey()
    const exponent = fc.integer({ min: -128, max: 128 })
    const mantissa = fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n })
    const weight = fc.integer({ min: -(2 ** 50), max: 2 ** 50 }).map((w) => w / 2 ** 30)
    const value = fc.record({ mantissa, exponent, weight })
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), weight, (values, intercept) => {
        const squared = n * n
        const record = values.map(({ mantissa, exponent }) => ({
          ciphertext: (1n + (((mantissa % n) + n) % n) * n) % squared,
          exponent,
        }))
        const heads = [{ weights: Float64Array.from(values, ({ weight }) => weight), intercept }]
        const records = scoreNumbers(key, planScoring(n, { records: [record] }, heads), secureRandom)
        // All of it in units of 16^-192, weights in units of 16^-32.
        const units = (w: number): bigint => BigInt(w * 2 ** 32) * 16n ** 24n
        const exact = values.reduce(
          (sum, { mantissa, exponent, weight }) => sum + mantissa * units(weight) * 16n ** BigInt(exponent + 160),
          units(intercept) * 16n ** 160n,
        )
        expect(openNumbers(owner, n, { n, records })).toEqual([[nearestDouble(exact, -4 * 192)]])
      }),
      { numRuns: 40 },
    )
  })

  test('are rounded to the nearest double, halves to the even one, below the smallest and at the largest too', () => {
    expect(nearestDouble(2n ** 53n + 1n, 0)).toBe(2 ** 53)
    expect(nearestDouble(2n ** 53n + 3n, 0)).toBe(2 ** 53 + 4)
    expect(nearestDouble(-(2n ** 54n + 3n), -1)).toBe(-(2 ** 53 + 2))
    expect(nearestDouble(1n, -1074)).toBe(5e-324)
    expect(nearestDouble(1n, -1075)).toBe(0)
    expect(nearestDouble(3n, -1075)).toBe(1e-323)
    expect(nearestDouble(2n ** 2000n + 1n, -2000)).toBe(1)
    expect(nearestDouble(2n ** 54n - 1n, 970)).toBe(Number.POSITIVE_INFINITY)
    expect(nearestDouble(2n ** 53n - 1n, 971)).toBe(Number.MAX_VALUE)
  })

  test('in the middle third of a key’s room have overflowed', () => {
    const most = largestMantissa(n)
    expect(decodeNumber({ plaintext: most, exponent: 0 }, n)).toBe(most)
    expect(decodeNumber({ plaintext: n - most, exponent: 0 }, n)).toBe(-most)
    for (const plaintext of [most + 1n, n - most - 1n, n / 2n]) {
      expect(() => decodeNumber({ plaintext, exponent: 0 }, n)).toThrow(
        expect.objectContaining({ code: 'phe/overflow' }),
      )
    }
    expect(() => encodeNumber(most + 1n, n)).toThrow(expect.objectContaining({ code: 'phe/overflow' }))
    expect(() => decodeNumber({ plaintext: 16n ** 400n, exponent: -1 }, n)).toThrow(
      expect.objectContaining({ code: 'phe/overflow' }),
    )
  })
})

describe('an answer', () => {
  test('has one exponent whatever the weights and the values’ own exponents are, and is masked anew each time', () => {
    const records = [
      [24n, 4n, 6n, 1n],
      [24.5, 0.1, 6, 1],
    ]
    const style = { numbers: 'pair', shape: 'records', doubly: false, bare: false } as const
    const plain = records.map((record) => record.map((value) => encodeNumber(value, n)))
    const sealed = plain.map((record) =>
      record.map(({ plaintext, exponent }) => ({ ciphertext: 1n + plaintext * n, exponent })),
    )
    const text = writeNumbers(n, sealed, style, 'data')
    const small = [{ weights: Float64Array.of(1e-9, 1, 1e9, 0), intercept: 0 }]
    const answers = [score(text), score(text), score(text, {}, small)].map((answer) => answer.flat())
    expect(new Set(answers.flat().map(({ exponent }) => exponent))).toEqual(new Set([-64]))
    expect(new Set(answers.flat().map(({ ciphertext }) => ciphertext)).size).toBe(6)
  })

  test('of the article’s file is the article’s: doubly encoded, "pubkey" and one flat pair', () => {
    const { style } = readNumbers(fixture('data.json'), 'score')
    const answer = JSON.parse(writeAnswer(n, score(fixture('data.json')), style))
    expect(answer).toMatch(/^\{"pubkey": \{"n": \d+\}, .*"values": \["\d+", -64\]\}$/)
  })

  test('of several numbers a record keeps records together', () => {
    const heads = [...salary.realHeads, ...salary.realHeads]
    const { style } = readNumbers(fixture('numbers.json'), 'open')
    expect(readNumbers(writeAnswer(n, score(fixture('data.json'), {}, heads), style), 'open').records[0]).toHaveLength(
      2,
    )
    const listed = writeAnswer(n, score(fixture('data.json')), style, true)
    expect(JSON.parse(listed.replace(/"n": (\d+)/g, '"n": "$1"')).values).toEqual([[expect.any(String), -64]])
    const { style: bare } = readNumbers(fixture('pheutil.txt'), 'score')
    expect(writeAnswer(n, score(fixture('pheutil.txt')), bare)).toMatch(/^\{"v": "\d+", "e": -64\}\n$/)
  })

  test('is the same by the reference', () => {
    const file = readNumbers(fixture('data.json'), 'score')
    const plan = planScoring(n, file, salary.realHeads)
    const records = scoreNumbers(scoringKey(n, paillierScoring(reference)), plan, secureRandom)
    expect(shown(open({ n, records }))).toEqual([['1740.2934756990094']])
  })
})

describe('what is refused', () => {
  const key = `{"n": ${n}}`
  const file = (values: string, named = `"public_key": ${key}`): string => `{${named}, "values": ${values}}`
  const pair = '["5", 0]'
  const record = `[${pair}, ${pair}, ${pair}, ${pair}]`
  const code = (work: () => unknown) => {
    try {
      work()
      return 'nothing'
    } catch (thrown) {
      const { code, fault, place } = thrown as { code: string; fault: string; place: { index?: number } }
      return place.index === undefined ? `${code} ${fault}` : `${code} ${fault} ${place.index}`
    }
  }

  test.each([
    ['an empty text', '', 'phe/syntax pheValues'],
    ['a word', 'hello', 'phe/syntax pheNotJson'],
    ['a cut file', file(record).slice(0, -3), 'phe/syntax pheNotJson'],
    ['Python’s NaN', file('[["5", NaN]]'), 'phe/syntax pheNotJson'],
    ['a trailing comma', file(`[${pair},]`), 'phe/syntax pheNotJson'],
    ['a number with a leading zero', file('[["5", 01]]'), 'phe/syntax pheNotJson'],
    ['a string that does not end', '{"a', 'phe/syntax pheNotJson'],
    ['brackets without end', '['.repeat(100_000), 'phe/syntax pheNesting'],
    [
      'a member twice',
      `{"public_key": ${key}, "public_key": ${key}, "values": ${record}}`,
      'phe/syntax pheMemberTwice',
    ],
    ['two files', `${file(record)} ${file(record)}`, 'phe/syntax pheValues'],
    ['no key', file(record, '"a": 1'), 'phe/syntax pheNoKey'],
    ['a key that is no object', file(record, '"public_key": 5'), 'phe/syntax pheMember'],
    ['n as a fraction', file(record, '"public_key": {"n": 1.5}'), 'phe/syntax pheInteger'],
    ['n in scientific notation', file(record, '"public_key": {"n": 1e600}'), 'phe/syntax pheInteger'],
    ['n of too many digits', file(record, `"public_key": {"n": ${'9'.repeat(3000)}}`), 'phe/syntax pheInteger'],
    ['a negative n', file(record, `"public_key": {"n": -${n}}`), 'key/size keySize'],
    ['a short n', file(record, '"public_key": {"n": 15}'), 'key/size keySize'],
    ['n of 2047 bits', file(record, `"public_key": {"n": ${n >> 1n}}`), 'key/size keySize'],
    ['another g', file(record, `"public_key": {"n": ${n}, "g": 5}`), 'phe/syntax pheGenerator'],
    ['two keys', file(record, `"public_key": ${key}, "pubkey": {"n": ${n + 2n}}`), 'phe/key pheNotThisKey'],
    ['a JWK of another kind', file(record, '"public_key": {"kty": "RSA", "n": "AQ"}'), 'phe/syntax pheMember'],
    ['a JWK of another algorithm', file(record, '"public_key": {"kty": "DAJ", "n": "AQ"}'), 'phe/syntax pheMember'],
    [
      'a JWK whose n is no base64url',
      file(record, '"public_key": {"kty": "DAJ", "alg": "PAI-GN1", "n": "+/"}'),
      'phe/syntax pheInteger',
    ],
    ['no values', `{"public_key": ${key}}`, 'phe/syntax pheValues'],
    ['values that are none', file('[]'), 'phe/syntax pheValues'],
    ['a ciphertext without its exponent', file(`[${pair}, ["5"]]`), 'phe/syntax pheValues 1'],
    ['a ciphertext that is a word', file(`[${pair}, ["five", 0]]`), 'phe/syntax pheInteger 1'],
    ['an exponent that is a fraction', file('[["5", 0.5]]'), 'phe/syntax pheInteger 0'],
    ['an exponent too low', file(`[${pair}, ["5", -129]]`), 'phe/exponent pheExponent 1'],
    ['an exponent too high', file('[["5", 129]]'), 'phe/exponent pheExponent 0'],
    ['an exponent beyond the doubles', file(`[["5", 1${'0'.repeat(400)}]]`), 'phe/exponent pheExponent 0'],
    ['a number of the command line without e', '{"v": "5"}', 'phe/syntax pheInteger 0'],
    ['records of different lengths', file(`[${record}, [${pair}]]`), 'phe/shape pheInputs 4'],
    ['three values of four', file(`[${pair}, ${pair}, ${pair}]`), 'phe/shape pheInputs 0'],
    ['a ciphertext of 0', file(record.replace('"5"', '"0"')), 'request/ciphertext pheCiphertext 0'],
    ['a negative ciphertext', file(record.replace('"5"', '"-5"')), 'request/ciphertext pheCiphertext 0'],
    ['a ciphertext of n²', file(`[${pair}, ["${n * n}", 0], ${pair}, ${pair}]`), 'request/ciphertext pheCiphertext 1'],
    [
      'a ciphertext beyond its bytes',
      file(`[${pair}, ["${2n ** 4097n}", 0], ${pair}, ${pair}]`),
      'request/ciphertext pheCiphertext 1',
    ],
    [
      'a ciphertext with a factor of n',
      file(`[${record}, [${pair}, ${pair}, ["${pheKey.p}", 0], ${pair}]]`),
      'request/ciphertext pheCiphertext 6',
    ],
  ])('%s', (_, text, expected) => {
    expect(code(() => score(text))).toBe(expected)
  })

  const jwk = JSON.parse(fixture('private.jwk'))
  const old = JSON.parse(fixture('private-lambda.jwk'))
  test.each([
    ['a public key', fixture('public.jwk'), 'phe/syntax pheMember'],
    ['data', fixture('data.json'), 'phe/syntax pheMember'],
    ['a list', '[1]', 'phe/syntax phePrivateKey'],
    ['a key without p', JSON.stringify({ ...jwk, p: undefined }), 'phe/syntax pheInteger'],
    ['another p', JSON.stringify({ ...jwk, p: 'AQAB' }), 'key/invalid phePrivateOther'],
    ['the factors 1 and n', JSON.stringify({ ...jwk, p: 'AQ', q: jwk.pub.n }), 'key/invalid primeSizes'],
    ['another λ', JSON.stringify({ ...old, lambda: 'AQAB' }), 'key/invalid phePrivateOther'],
    ['another μ', JSON.stringify({ ...old, mu: 'AQAB' }), 'key/invalid phePrivateOther'],
    ['λ = μ = 1', JSON.stringify({ ...old, lambda: 'AQ', mu: 'AQ' }), 'key/invalid phePrivateOther'],
    ['no public half', JSON.stringify({ ...jwk, pub: undefined }), 'phe/syntax pheMember'],
  ])('as a private key: %s', (_, text, expected) => {
    expect(code(() => readPheKey(text))).toBe(expected)
  })

  test('an answer under another key, or that is none of its ciphertexts', () => {
    expect(code(() => openNumbers(ownerKey(), n, { n: n + 2n, records: [] }))).toBe('phe/key pheNotThisKey')
    for (const ciphertext of [0n, n * n, pheKey.q]) {
      expect(
        code(() =>
          open({
            n,
            records: [
              [
                { ciphertext: 1n, exponent: 0 },
                { ciphertext, exponent: 0 },
              ],
            ],
          }),
        ),
      ).toBe('result/ciphertext returnedCiphertext 1')
    }
  })
})
