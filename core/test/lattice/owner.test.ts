import { describe, expect, test } from 'vitest'
import { concat, fromBytes } from '../../number/bytes.ts'
import { latticeOwner } from '../../private/lattice/owner.ts'
import { coefficientsFor, fieldBytes, leastBlanks, parametersFor } from '../../protocol/lattice/parameters.ts'
import { blankCoefficients, ternary } from '../../protocol/lattice/sample.ts'
import { latticeScheme } from '../../protocol/lattice/scheme.ts'
import { latticeScoring } from '../../protocol/lattice/scoring.ts'
import { purposes, Stream } from '../../protocol/lattice/stream.ts'
import type { ParameterSet, Scheme } from '../../protocol/scheme.ts'
import { schemes } from '../../protocol/schemes.ts'
import { offsetOf } from '../../protocol/scoring.ts'
import { secureRandom } from '../sources.ts'
import { bytesOf, engines, forge, openBy, scoreBy } from './support.ts'

/** What a key's owner sees of an answer that a dishonest server made: the attacks of a forged A, against the page's own checks. */

const degree = 512
const scheme = latticeScheme('lattice-small', [degree], (_, ...bits) => {
  const parameters = parametersFor(16384, ...bits)
  return parameters && { ...parameters, degree }
})
;(schemes as Scheme[]).push(scheme)
const [, arithmetic, scoringArithmetic] = engines[0]
const shape = { slotBits: 46, inputs: [{ max: 1000 }, { max: 1 }, { max: 255 }] as never, heads: [{}] as never }
const [set] = scheme.setsFor(shape) as [ParameterSet]
const parameters = scheme.parametersOf(set)
const heads = [{ weights: Float64Array.of(2 ** 20 + 7, -(2 ** 30), 12345), constant: 2n ** 31n }]
const records = 400
const capacity = Math.ceil(records / parameters.slots) * parameters.slots

function answered() {
  const secret = secureRandom(32)
  const owner = latticeOwner(arithmetic, scheme)
  const key = owner.key(set, secret)
  const server = latticeScoring(scoringArithmetic, scheme).key(set, owner.owner.publicKey(set, secret))
  const integers = new Float64Array(3 * capacity)
  for (let r = 0; r < records; r++) integers.set([r], r)
  for (let r = 0; r < records; r++) integers.set([r % 2], capacity + r)
  for (let r = 0; r < records; r++) integers.set([r % 256], 2 * capacity + r)
  const encrypt = () =>
    key.encrypt({ shape, records, integers, capacity, items: new Uint8Array(0), random: secureRandom })
  const ciphertexts = encrypt()
  const score = () =>
    server.score({ shape, heads, records, ciphertexts, items: new Uint8Array(0), random: secureRandom })
  return { key, encrypt, ciphertexts, answer: score(), score }
}

describe('an answer whose A was forged', () => {
  test('is refused, whichever slot it was meant to print the key into', () => {
    const { key, answer } = answered()
    expect(key.decrypt(shape, answer, records).length).toBeGreaterThan(0)
    for (let r = 0; r < parameters.slots; r++) {
      for (const power of [0, 1, 200]) {
        const forged = forge(answer, power, 2n ** BigInt(16 + 46 * r), parameters)
        expect(() => key.decrypt(shape, forged, records)).toThrow(
          expect.objectContaining({ code: expect.stringMatching(/^result\/(integrity|ciphertext)$/) }),
        )
      }
    }
    key.dispose()
  })

  test('is nothing that noise or range show: without blanks it would print the key', () => {
    const secret = secureRandom(32)
    const bare = arithmetic.key(parameters, secret)
    const n = 64
    const polynomials = new Uint8Array(3 * fieldBytes([...parameters.kept, ...parameters.dropped], n))
    const request = {
      seed: bytesOf(1),
      errorSeed: bytesOf(2),
      coefficients: n,
      maxima: [1000, 1, 255],
      place: () => {},
    }
    bare.encrypt(request, polynomials)
    const offset = offsetOf(heads[0] as never, 46, parameters.slots)
    const answer = scoreBy(scoringArithmetic, {
      parameters,
      seed: bytesOf(1),
      coefficients: n,
      polynomials,
      maskKey: bare.maskKey(),
      heads: [{ weights: (heads[0] as (typeof heads)[0]).weights, offset }],
      randomness: bytesOf(3),
    })
    const forged = forge(concat([new Uint8Array(32), answer]), 0, 2n ** 16n, parameters).subarray(32)
    const read = openBy(bare, parameters, n, forged)
    expect(read.spoiled).toBe(-1)
    // Every coefficient is off by one of s: −1, 0 or 1.
    const bytes = read.plaintexts.length / n
    const digits = Array.from(
      { length: n },
      (_, i) => fromBytes(read.plaintexts.subarray(i * bytes, (i + 1) * bytes)) - offset,
    )
    const s = ternary(new Stream(secret, parameters, purposes.secret), degree)
    expect(digits).toEqual(s.slice(0, n))
    bare.dispose()
  })

  test('as is one that is turned by a power of X, or another request’s', () => {
    const { key, answer, encrypt } = answered()
    const other = Uint8Array.from(answer)
    other.set(encrypt().subarray(0, 32))
    expect(() => key.decrypt(shape, other, records)).toThrow(expect.objectContaining({ code: 'result/integrity' }))
    const size = fieldBytes(parameters.kept, degree)
    const turned = Uint8Array.from(answer)
    turned.copyWithin(33, 32, 32 + size - 1)
    expect(() => key.decrypt(shape, turned, records)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^result\//) }),
    )
    key.dispose()
  })
})

describe('blanks', () => {
  test('are at least forty, anywhere, and others for every request', () => {
    const seen = new Map<number, number>()
    for (let i = 0; i < 400; i++) {
      const stream = new Stream(bytesOf(i), parameters, 6)
      const blanks = blankCoefficients(stream, 120, leastBlanks)
      expect(new Set(blanks).size).toBe(leastBlanks)
      expect(blanks.every((at) => at >= 0 && at < 120)).toBe(true)
      for (const at of blanks) seen.set(at, (seen.get(at) ?? 0) + 1)
    }
    // 400 draws of 40 from 120: each is blank a third of the time, give or take.
    expect(seen.size).toBe(120)
    for (const count of seen.values()) expect(Math.abs(count - 400 / 3)).toBeLessThan(50)
  })

  test('a request has room for them, at least 64 coefficients, and a multiple of 8', () => {
    for (const count of [1, 2, 100, 400, 1000, 2000]) {
      const n = coefficientsFor(parameters, count)
      expect(n % 8).toBe(0)
      expect(n).toBeGreaterThanOrEqual(Math.max(64, Math.ceil(count / parameters.slots) + leastBlanks))
    }
  })
})

describe('sealing once', () => {
  test('the same records sealed again have another seed, other bytes and other places of blanks', () => {
    const { key, encrypt, ciphertexts } = answered()
    const again = encrypt()
    expect(again.subarray(0, 32)).not.toEqual(ciphertexts.subarray(0, 32))
    const same = again.filter((byte, i) => byte === ciphertexts[i]).length
    expect(same / again.length).toBeLessThan(0.02)
    key.dispose()
  })

  test('the same request answered twice has another A and B each time', () => {
    const { key, answer, score } = answered()
    const again = score()
    expect(again.subarray(0, 32)).toEqual(answer.subarray(0, 32))
    const same = again.subarray(32).filter((byte, i) => byte === answer[32 + i]).length
    expect(same / again.length).toBeLessThan(0.02)
    expect(key.decrypt(shape, again, records)).toEqual(key.decrypt(shape, answer, records))
    key.dispose()
  })
})

test('weights beyond what the parameters hide are never used, whoever compiled them', () => {
  const { ciphertexts } = answered()
  const owner = latticeOwner(arithmetic, scheme)
  const server = latticeScoring(scoringArithmetic, scheme).key(set, owner.owner.publicKey(set, secureRandom(32)))
  const score = (weight: number) =>
    server.score({
      shape,
      heads: [{ weights: Float64Array.of(weight, 0, 0), constant: 0n }],
      records,
      ciphertexts,
      items: new Uint8Array(0),
      random: secureRandom,
    })
  expect(score(2 ** parameters.weightBits).length).toBeGreaterThan(0)
  expect(() => score(2 ** parameters.weightBits + 1)).toThrow(expect.objectContaining({ code: 'internal' }))
})
