import {
  add,
  type DoubleDouble,
  divide,
  multiply,
  negate,
  productOf,
  scale,
  squareRoot,
  sumOf,
} from './doubleDouble.ts'

/**
 * Elementary functions of doubles that give the same double everywhere. ECMAScript leaves `Math.exp` and its kin to the
 * engine, and engines differ in the last digit (exp(1.1651523245054705) ends in …853 in V8 11.3 and in …85 in V8 15.6), so
 * that scores of one record would differ between a page and a server. These are computed in {@link DoubleDouble}s, with an
 * error below 2^-85 of the result before it is rounded to a double: wrong in the last bit where the exact value is that
 * close to the middle of two doubles, and the same wherever it is computed.
 *
 * Arguments and results outside the reals are those of ECMAScript: NaN, infinities, signed zeros.
 */

const ln2: DoubleDouble = [Math.LN2, 2.3190468138462996e-17]
const ln10: DoubleDouble = [Math.LN10, -2.1707562233822494e-16]
const halfPi: DoubleDouble = [1.5707963267948966, 6.123233995736766e-17]
const one: DoubleDouble = [1, 0]
/** 1/n. */
const inverses: readonly DoubleDouble[] = Array.from({ length: 44 }, (_, n) => divide(one, [Math.max(1, n), 0]))
/** 1/((n − 1)·n). */
const pairInverses: readonly DoubleDouble[] = inverses.map((_, n) => divide(one, [Math.max(1, (n - 1) * n), 0]))

export function exp(x: number): number {
  if (Number.isNaN(x)) return x
  if (x > 710) return Number.POSITIVE_INFINITY
  if (x < -746) return 0
  // Near the ends of the range and near zero the quick way would lose what it promises.
  return (Math.abs(x) < 700 && Math.abs(x) > 2 ** -20 ? quickExp(x) : null) ?? expOf([x, 0])
}

/**
 * e^x by a table of e^(j/64) and a short series in doubles, with an error below 2^-63 of it; null where that does not
 * decide how it is rounded (Ziv 1991).
 */
function quickExp(x: number): number | null {
  const whole = Math.round(x / ln2[0])
  const [product, error] = productOf(whole, ln2[0])
  // Both differences are exact, since what is taken away is within a factor of two of what it is taken from.
  const left = x - product
  const j = Math.round(64 * left)
  const t = left - j / 64
  const behind = -error - whole * ln2[1]
  const [high, low] = expOf64ths[j + 23] as DoubleDouble
  // e^(t + behind) − 1 − t.
  const tail = t * t * (1 / 2 + t * (1 / 6 + t * (1 / 24 + t * (1 / 120 + t * (1 / 720 + t / 5040)))))
  const rest = tail + behind + behind * (t + tail)
  const [grown, ofGrown] = productOf(high, t)
  const sum = high + grown
  const below = grown - (sum - high) + (ofGrown + low + (high * rest + low * t))
  return decided(sum, below, sum * 2 ** -62, 2 ** whole)
}

/** (sum + below) · factor, where that is the same double whatever is within `slack` of it; else null. */
function decided(sum: number, below: number, slack: number, factor: number): number | null {
  const size = Math.abs(slack)
  const result = sum + below
  return sum + (below + size) === result && sum + (below - size) === result ? result * factor : null
}

/** e^x − 1. */
export function expm1(x: number): number {
  if (Number.isNaN(x) || x === 0) return x
  if (x > 710) return Number.POSITIVE_INFINITY
  if (x < -60) return -1
  // What a double cannot hold half of is the result itself.
  if (Math.abs(x) < 2 ** -600) return x
  const [power, rest] = reduced([x, 0])
  if (power === 0) return rest[0]
  const factor = 2 ** Math.min(power, 1000)
  return (add(scale(add(one, rest), factor), [-1, 0])[0] as number) * 2 ** (power - Math.min(power, 1000))
}

/** The natural logarithm. */
export function ln(x: number): number {
  if (!isPositive(x)) return ofNoPositive(x)
  return (x > 2 ** -1000 ? quickLn(x) : null) ?? logarithm([x, 0])[0]
}

/** ln x by a table of reciprocals and their logarithms and a short series in doubles, or null, as {@link quickExp}. */
function quickLn(x: number): number | null {
  const [[mantissa], exponent] = split([x, 0])
  const j = Math.round(128 * (mantissa - 1))
  const [inverse, high, low] = lnOf128ths[j + 38] as readonly [number, number, number]
  // inverse has few bits, so that the product is exact in two parts, and near 1 for the difference to be.
  const [product, error] = productOf(mantissa, inverse)
  const t = product - 1
  // ln(1 + t + error) − t.
  const series = -1 / 2 + t * (1 / 3 + t * (-1 / 4 + t * (1 / 5 + t * (-1 / 6 + t * (1 / 7 - t / 8)))))
  const rest = error - error * t + t * t * series
  const [turns, ofTurns] = productOf(exponent, ln2[0])
  const first = sumOf(turns, high)
  const second = sumOf(first[0], t)
  const below = first[1] + second[1] + (ofTurns + exponent * ln2[1] + low + rest)
  const sum = second[0] + below
  return decided(sum, second[0] - sum + below, Math.abs(second[0]) * 2 ** -60 + Math.abs(t) * 2 ** -60, 1)
}

/** ln(1 + x). */
export function ln1p(x: number): number {
  if (x === 0 || Math.abs(x) < 2 ** -600) return x
  if (!isPositive(1 + x)) return x === -1 ? Number.NEGATIVE_INFINITY : ofNoPositive(1 + x)
  return logarithm(sumOf(1, x))[0]
}

export function log2(x: number): number {
  if (!isPositive(x)) return ofNoPositive(x)
  const [mantissa, power] = split([x, 0])
  return add([power, 0], divide(lnNearOne(mantissa), ln2))[0]
}

export function log10(x: number): number {
  if (!isPositive(x)) return ofNoPositive(x)
  return divide(logarithm([x, 0]), ln10)[0]
}

/** x^y, as ECMAScript's operator has it. */
export function power(x: number, y: number): number {
  // What is not finite, and powers of 0 and of ±1, the standard fixes to the last bit.
  if (!Number.isFinite(x) || !Number.isFinite(y) || x === 0 || y === 0 || Math.abs(x) === 1) return x ** y
  if (x < 0 && !Number.isInteger(y)) return Number.NaN
  const sign = x < 0 && y % 2 !== 0 ? -1 : 1
  const size = Math.abs(x)
  const whole = wholePower(size, y)
  if (whole !== null) return sign * whole
  // Beyond these the product overflows, and the result is clear.
  const rough = Math.log2(size) * y
  if (rough > 1100) return sign * Number.POSITIVE_INFINITY
  if (rough < -1200) return sign * 0
  return sign * expOf(multiply(logarithm([size, 0]), [y, 0]))
}

/** Small whole powers by multiplication: exact where the result is a double. Null for others. */
function wholePower(x: number, y: number): number | null {
  if (!Number.isInteger(y) || Math.abs(y) > 64) return null
  const rough = Math.log2(x) * y
  if (Math.abs(rough) > 900 || Math.abs(Math.log2(x)) > 400) return null
  let result = one
  let factor: DoubleDouble = [x, 0]
  for (let n = Math.abs(y); n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result = multiply(result, factor)
    if (n > 1) factor = multiply(factor, factor)
  }
  return y < 0 ? divide(one, result)[0] : result[0]
}

export function tanh(x: number): number {
  if (Number.isNaN(x) || x === 0 || Math.abs(x) < 2 ** -600) return x
  const size = Math.abs(x)
  if (size > 20) return Math.sign(x)
  const [powerOfTwo, rest] = reduced([2 * size, 0])
  const grown = powerOfTwo === 0 ? rest : add(scale(add(one, rest), 2 ** powerOfTwo), [-1, 0])
  return Math.sign(x) * divide(grown, add(grown, [2, 0]))[0]
}

export function sin(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN
  if (x === 0 || Math.abs(x) < 2 ** -300) return x
  const [quarter, rest] = inQuarter(x)
  return [sine, cosine, minus(sine), minus(cosine)][quarter]?.(rest)[0] ?? Number.NaN
}

export function cos(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN
  if (Math.abs(x) < 2 ** -300) return 1
  const [quarter, rest] = inQuarter(x)
  return [cosine, minus(sine), minus(cosine), sine][quarter]?.(rest)[0] ?? Number.NaN
}

export function tan(x: number): number {
  if (!Number.isFinite(x)) return Number.NaN
  if (x === 0 || Math.abs(x) < 2 ** -300) return x
  const [quarter, rest] = inQuarter(x)
  const [s, c] = [sine(rest), cosine(rest)]
  return (quarter % 2 === 0 ? divide(s, c) : negate(divide(c, s)))[0]
}

export function atan(x: number): number {
  if (Number.isNaN(x) || x === 0 || Math.abs(x) < 2 ** -300) return x
  return Math.abs(x) > 2 ** 60 ? Math.sign(x) * halfPi[0] : arctangent(x, 1)
}

/** The angle of (x, y), in (−π, π]. */
export function atan2(y: number, x: number): number {
  // On the axes and at infinity the standard says what comes out.
  const plain = Number.isFinite(x) && Number.isFinite(y) && x !== 0 && y !== 0
  if (!plain) return Math.atan2(y, x)
  return arctangent(y, x)
}

function isPositive(x: number): boolean {
  return x > 0 && x < Number.POSITIVE_INFINITY
}

/** The logarithm of what is no positive real. */
function ofNoPositive(x: number): number {
  return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN
}

/** e^x as 2^power · (1 + rest), with |rest| < 0.42. */
function reduced(x: DoubleDouble): [power: number, rest: DoubleDouble] {
  const whole = Math.round(x[0] / ln2[0])
  // The argument in 512ths: ten terms of the series are enough, and 1 + rest is squared nine times.
  const part = scale(add(x, negate(multiply(ln2, [whole, 0]))), 1 / 512)
  let rest = part
  let term = part
  for (let n = 2; n <= 10; n++) {
    term = multiply(multiply(term, part), inverses[n] as DoubleDouble)
    rest = add(rest, term)
  }
  for (let i = 0; i < 9; i++) rest = add(scale(rest, 2), multiply(rest, rest))
  return [whole, rest]
}

function expOf(x: DoubleDouble): number {
  const [whole, rest] = reduced(x)
  const [high] = add(one, rest)
  // In two steps, so that neither factor is beyond a double's range.
  const half = Math.floor(whole / 2)
  return high * 2 ** half * 2 ** (whole - half)
}

/** x as mantissa · 2^power, with the mantissa in [√½, √2). */
function split(x: DoubleDouble): [mantissa: DoubleDouble, power: number] {
  let [high, low] = x
  let power = 0
  if (high < 2 ** -1000) {
    high *= 2 ** 60
    low *= 2 ** 60
    power = -60
  }
  let exponent = Math.round(Math.log2(high))
  // What the engine's logarithm rounds does not matter: the mantissa is brought into its interval here.
  let mantissa = high / 2 ** Math.min(exponent, 1000) / 2 ** (exponent - Math.min(exponent, 1000))
  while (mantissa >= Math.SQRT2) {
    mantissa /= 2
    exponent += 1
  }
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2
    exponent -= 1
  }
  const factor = mantissa / high
  return [[mantissa, low * factor], power + exponent]
}

/** ln of a number in [√½, √2): 2·artanh((m − 1)/(m + 1)), term by term. */
function lnNearOne(mantissa: DoubleDouble): DoubleDouble {
  const ratio = divide(add(mantissa, [-1, 0]), add(mantissa, one))
  const square = multiply(ratio, ratio)
  let sum: DoubleDouble = [0, 0]
  for (let n = 43; n >= 1; n -= 2) sum = add(multiply(sum, square), inverses[n] as DoubleDouble)
  return scale(multiply(sum, ratio), 2)
}

function logarithm(x: DoubleDouble): DoubleDouble {
  const [mantissa, exponent] = split(x)
  return add(multiply(ln2, [exponent, 0]), lnNearOne(mantissa))
}

/** x less a whole number of quarter turns, and that number modulo 4. */
function inQuarter(x: number): [quarter: 0 | 1 | 2 | 3, rest: DoubleDouble] {
  if (Math.abs(x) > 1e5) return inQuarterExactly(x)
  const whole = Math.round(x / halfPi[0])
  const third = -1.4973849048591698e-33
  const rest = add(add([x, 0], negate(productOf(whole, halfPi[0]))), negate(productOf(whole, halfPi[1])))
  return [quarterOf(BigInt(whole)), add(rest, [-whole * third, 0])]
}

const quarterOf = (whole: bigint): 0 | 1 | 2 | 3 => Number(BigInt.asUintN(2, whole)) as 0 | 1 | 2 | 3

/** The same for large arguments, in integers: a double is one times a power of two, and π is taken to 1,300 bits. */
function inQuarterExactly(x: number): [quarter: 0 | 1 | 2 | 3, rest: DoubleDouble] {
  const bits = 1300n
  // Beyond 2^53 a double is an integer; below, 2^53 times it is one.
  const size = Math.abs(x)
  const fixed = size < 2 ** 53 ? BigInt(size * 2 ** 53) << (bits - 53n) : BigInt(size) << bits
  const quarterTurn = halfPiInBits(bits)
  let whole = fixed / quarterTurn
  let rest = fixed - whole * quarterTurn
  if (2n * rest > quarterTurn) {
    whole += 1n
    rest -= quarterTurn
  }
  const high = fromFixed(rest, bits)
  const low = fromFixed(rest - toFixed(high, bits), bits)
  return x < 0 ? [quarterOf(-whole), [-high, -low]] : [quarterOf(whole), [high, low]]
}

/** An integer of 2^-bits as the double nearest to it, as far as this needs: of its 120 leading bits. */
function fromFixed(value: bigint, bits: bigint): number {
  const length = BigInt((value < 0n ? -value : value).toString(2).length)
  const drop = length > 120n ? length - 120n : 0n
  return Number(value >> drop) * 2 ** Number(drop - bits)
}

function toFixed(value: number, bits: bigint): bigint {
  const exponent = value === 0 ? 0 : Math.max(-1000, Math.floor(Math.log2(Math.abs(value))) - 60)
  return (BigInt(value * 2 ** -exponent) << bits) >> BigInt(-exponent)
}

let halfPiBits: { readonly bits: bigint; readonly value: bigint } | null = null

/** π/2 in 2^-bits, by Machin's formula. */
function halfPiInBits(bits: bigint): bigint {
  if (halfPiBits?.bits !== bits) {
    const unit = 1n << (bits + 40n)
    const ofInverse = (n: bigint): bigint => {
      let [sum, term] = [unit / n, unit / n]
      for (let k = 3n; term !== 0n; k += 2n) {
        term = -term / (n * n)
        sum += term / k
      }
      return sum
    }
    halfPiBits = { bits, value: (2n * (4n * ofInverse(5n) - ofInverse(239n))) >> 40n }
  }
  return halfPiBits.value
}

/** sin of |x| ≤ π/4, by its series. */
function sine(x: DoubleDouble): DoubleDouble {
  return multiply(x, series(multiply(x, x), 27))
}

function cosine(x: DoubleDouble): DoubleDouble {
  return series(multiply(x, x), 26)
}

/** 1 − s/((n−1)·n)·(…): the terms of sine (n odd) and cosine (n even), from the last one on. */
function series(square: DoubleDouble, last: number): DoubleDouble {
  let sum = one
  for (let n = last; n >= 2; n -= 2)
    sum = add(one, negate(multiply(multiply(sum, square), pairInverses[n] as DoubleDouble)))
  return sum
}

const minus =
  (f: (x: DoubleDouble) => DoubleDouble) =>
  (x: DoubleDouble): DoubleDouble =>
    negate(f(x))

/** The angle of (x, y): a first one in doubles, and its error from the sine of what is left. */
function arctangent(y: number, x: number): number {
  // To a length near one; the factor is a power of two, so that the angle stays.
  const size = 2 ** Math.round(Math.log2(Math.max(Math.abs(x), Math.abs(y))))
  const [a, b] = [Math.abs(x) / size, Math.abs(y) / size]
  if (b === 0) return x > 0 ? y / x : Math.sign(y) * Math.PI
  const swapped = b > a
  const ratio = divide([swapped ? a : b, 0], [swapped ? b : a, 0])
  let angle = smallArctangent(ratio)
  if (swapped) angle = add(halfPi, negate(angle))
  if (x < 0) angle = add(scale(halfPi, 2), negate(angle))
  return Math.sign(y) * angle[0]
}

/** arctan of a number in [0, 1]: halved twice, then its series. */
function smallArctangent(ratio: DoubleDouble): DoubleDouble {
  const halved = (t: DoubleDouble): DoubleDouble => divide(t, add(one, squareRoot(add(one, multiply(t, t)))))
  const t = halved(halved(halved(ratio)))
  const square = multiply(t, t)
  let sum: DoubleDouble = [0, 0]
  for (let n = 33; n >= 1; n -= 2) {
    sum = add(negate(multiply(sum, square)), inverses[n] as DoubleDouble)
  }
  return scale(multiply(sum, t), 8)
}

/** e^(j/64) for j from −23 on. */
const expOf64ths: readonly DoubleDouble[] = Array.from({ length: 47 }, (_, i) => {
  const [whole, rest] = reduced([(i - 23) / 64, 0])
  return scale(add(one, rest), 2 ** whole)
})

/** For 1 + j/128, j from −38 on: its reciprocal in nine bits, and the logarithm of that, negated. */
const lnOf128ths: readonly (readonly [inverse: number, high: number, low: number])[] = Array.from(
  { length: 92 },
  (_, i) => {
    const inverse = Math.round(512 / (1 + (i - 38) / 128)) / 512
    const [high, low] = negate(logarithm([inverse, 0]))
    return [inverse, high, low] as const
  },
)
