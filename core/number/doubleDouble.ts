/**
 * Numbers as the unevaluated sum of two doubles, about 106 bits: what the elementary functions are computed in. Every
 * operation is +, −, ×, ÷ and √ of doubles, which IEEE 754 fixes, so results are the same on every platform. Finite
 * arguments of moderate size are assumed: a product of parts beyond 2^970 would overflow in its splitting.
 * Algorithms: Dekker, "A Floating-Point Technique for Extending the Available Precision", 1971; Hida, Li and Bailey,
 * "Library for Double-Double and Quad-Double Arithmetic", 2007.
 */
export type DoubleDouble = readonly [high: number, low: number]

/** a + b, exactly. */
export function sumOf(a: number, b: number): DoubleDouble {
  const sum = a + b
  const ofB = sum - a
  return [sum, a - (sum - ofB) + (b - ofB)]
}

/** a + b, exactly, where |a| ≥ |b|. */
function fastSum(a: number, b: number): DoubleDouble {
  const sum = a + b
  return [sum, b - (sum - a)]
}

/** a · b, exactly. */
export function productOf(a: number, b: number): DoubleDouble {
  const product = a * b
  const splitA = 134217729 * a
  const highA = splitA - (splitA - a)
  const lowA = a - highA
  const splitB = 134217729 * b
  const highB = splitB - (splitB - b)
  const lowB = b - highB
  return [product, highA * highB - product + highA * lowB + lowA * highB + lowA * lowB]
}

export function add(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const high = sumOf(x[0], y[0])
  const low = sumOf(x[1], y[1])
  const first = fastSum(high[0], high[1] + low[0])
  return fastSum(first[0], first[1] + low[1])
}

export function negate([high, low]: DoubleDouble): DoubleDouble {
  return [-high, -low]
}

export function multiply(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const [high, low] = productOf(x[0], y[0])
  return fastSum(high, low + (x[0] * y[1] + x[1] * y[0]))
}

export function divide(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const first = x[0] / y[0]
  const rest = add(x, negate(multiply(y, [first, 0])))
  const second = rest[0] / y[0]
  const last = add(rest, negate(multiply(y, [second, 0])))
  const [high, low] = fastSum(first, second)
  return add([high, low], [last[0] / y[0], 0])
}

/** x times a power of two, exactly. */
export function scale([high, low]: DoubleDouble, factor: number): DoubleDouble {
  return [high * factor, low * factor]
}

/** The square root of a positive number. */
export function squareRoot(x: DoubleDouble): DoubleDouble {
  const root = Math.sqrt(x[0])
  const rest = add(x, negate(productOf(root, root)))
  return fastSum(root, rest[0] / (2 * root))
}
