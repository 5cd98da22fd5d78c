import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, test, vi } from 'vitest'
import { atan, atan2, cos, exp, expm1, ln, ln1p, log2, log10, power, sin, tan, tanh } from '../number/elementary.ts'

const elementary = { atan, atan2, cos, exp, expm1, ln, ln1p, log2, log10, power, sin, tan, tanh } as const

interface Vectors {
  readonly cases: Readonly<Record<keyof typeof elementary, readonly (readonly number[])[]>>
}

const { cases } = JSON.parse(readFileSync(new URL('fixtures/elementary.json', import.meta.url), 'utf8')) as Vectors

describe('elementary functions', () => {
  it.each(Object.keys(cases) as (keyof typeof elementary)[])('%s is the nearest double, wherever it runs', (name) => {
    const wrong = cases[name].filter((numbers) => {
      const [value, ...args] = [...numbers].reverse() as [number, ...number[]]
      const f = elementary[name] as (...args: number[]) => number
      return !Object.is(f(...args.reverse()), value)
    })
    expect(wrong).toEqual([])
    expect(cases[name].length).toBeGreaterThanOrEqual(400)
  })

  test('outside the reals they are ECMAScript’s', () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1, -1, -2, 5e-324, -5e-324]
    const pairs = {
      exp: Math.exp,
      expm1: Math.expm1,
      ln: Math.log,
      ln1p: Math.log1p,
      log2: Math.log2,
      log10: Math.log10,
      tanh: Math.tanh,
      sin: Math.sin,
      cos: Math.cos,
      tan: Math.tan,
      atan: Math.atan,
    } as const
    for (const [name, theirs] of Object.entries(pairs)) {
      const ours = elementary[name as keyof typeof pairs]
      for (const x of odd) {
        const [a, b] = [ours(x), theirs(x)]
        expect([name, x, Object.is(a, b) || Math.abs(a - b) <= 3e-16 * Math.abs(b)]).toEqual([name, x, true])
      }
    }
    for (const x of odd) {
      for (const y of [...odd, 2, 3, 0.5]) {
        const exactly = Object.is(elementary.power(x, y), x ** y)
        expect([x, y, exactly || (Number.isFinite(x) && Number.isFinite(y))]).toEqual([x, y, true])
        const same = Object.is(elementary.atan2(y, x), Math.atan2(y, x))
        expect([x, y, same || (Number.isFinite(x) && x !== 0 && y !== 0)]).toEqual([x, y, true])
      }
    }
  })

  test('beyond a double’s range they are infinite or zero, and halfway near its end right', () => {
    expect([elementary.exp(709.79), elementary.exp(-746), elementary.exp(-745.2)]).toEqual([
      Number.POSITIVE_INFINITY,
      0,
      0,
    ])
    expect([elementary.power(10, 309), elementary.power(10, -330)]).toEqual([Number.POSITIVE_INFINITY, 0])
    expect([elementary.power(10, 308), elementary.power(2, -1074), elementary.power(-2, 3)]).toEqual([
      1e308, 5e-324, -8,
    ])
    expect([elementary.expm1(800), elementary.expm1(-800)]).toEqual([Number.POSITIVE_INFINITY, -1])
  })
})

describe('elementary functions of another engine', () => {
  afterEach(() => vi.restoreAllMocks())

  /** What ECMAScript leaves to engines. The logarithm is a guess of an exponent here, which any engine's is good enough for. */
  const own = [
    'exp',
    'expm1',
    'log',
    'log1p',
    'log10',
    'pow',
    'sin',
    'cos',
    'tan',
    'atan',
    'atan2',
    'tanh',
    'cbrt',
    'hypot',
  ] as const

  it.each([1 - 1e-12, 1 + 1e-12])('are the same: its logarithms are off by a factor of %d', (factor) => {
    const theirs = Math.log2
    vi.spyOn(Math, 'log2').mockImplementation((x) => theirs(x) * factor)
    for (const name of own) vi.spyOn(Math, name).mockReturnValue(Number.NaN)
    for (const [name, vectors] of Object.entries(cases)) {
      const f = elementary[name as keyof typeof elementary] as (...args: number[]) => number
      const wrong = vectors.filter((numbers) => !Object.is(f(...numbers.slice(0, -1)), numbers[numbers.length - 1]))
      expect([name, wrong]).toEqual([name, []])
    }
  })
})
