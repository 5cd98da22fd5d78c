/** Exact fractions, only as far as turning weights into integers needs them. `under` is positive. */
export interface Rational {
  readonly over: bigint
  readonly under: bigint
}

/** A finite double, exactly: every one is an integer times a power of two. */
export function rational(value: number): Rational {
  let under = 1n
  let over = value
  // Doubling is exact until the fraction is gone, at most 1074 times.
  while (!Number.isInteger(over)) {
    over *= 2
    under *= 2n
  }
  return { over: BigInt(over), under }
}

/** base^exponent; the exponent may be negative. */
export function power(base: bigint, exponent: number): Rational {
  return exponent >= 0 ? { over: base ** BigInt(exponent), under: 1n } : { over: 1n, under: base ** BigInt(-exponent) }
}

export function multiply(a: Rational, b: Rational): Rational {
  return { over: a.over * b.over, under: a.under * b.under }
}

export function add(a: Rational, b: Rational): Rational {
  // Denominators are powers of two and ten, so most divide one another: without this a sum's would grow with every term.
  if (a.under % b.under === 0n) return { over: a.over + b.over * (a.under / b.under), under: a.under }
  if (b.under % a.under === 0n) return { over: a.over * (b.under / a.under) + b.over, under: b.under }
  return { over: a.over * b.under + b.over * a.under, under: a.under * b.under }
}

/** The integer nearest to a·b; halves go up. */
export function roundTimes(a: Rational, b: Rational): bigint {
  const over = 2n * a.over * b.over + a.under * b.under
  const under = 2n * a.under * b.under
  const quotient = over / under
  return over < 0n && over % under !== 0n ? quotient - 1n : quotient
}
