/** Number theory on BigInt, as far as keys and the reference need it. Plain and obvious; the kernel is the fast one. */

/** a modulo m in [0, m), for m > 0. */
export function mod(a: bigint, m: bigint): bigint {
  const r = a % m
  return r < 0n ? r + m : r
}

/** base^exponent mod m, for exponent ≥ 0 and m > 1: left to right in 4-bit windows. */
export function modPow(base: bigint, exponent: bigint, m: bigint): bigint {
  const table = [1n, mod(base, m)]
  for (let i = 2; i < 16; i++) table.push(((table[i - 1] as bigint) * (table[1] as bigint)) % m)
  let result = 1n
  for (const digit of exponent.toString(16)) {
    for (let i = 0; i < 4 && result !== 1n; i++) result = (result * result) % m
    const value = Number.parseInt(digit, 16)
    if (value > 0) result = (result * (table[value] as bigint)) % m
  }
  return result
}

/** The greatest common divisor of two non-negative integers. */
export function gcd(a: bigint, b: bigint): bigint {
  while (b > 0n) [a, b] = [b, a % b]
  return a
}

/** The inverse of a modulo m in [1, m), or null when there is none. */
export function inverse(a: bigint, m: bigint): bigint | null {
  let [r0, r1] = [m, mod(a, m)]
  let [t0, t1] = [0n, 1n]
  while (r1 > 0n) {
    const q = r0 / r1
    ;[r0, r1] = [r1, r0 - q * r1]
    ;[t0, t1] = [t1, t0 - q * t1]
  }
  return r0 === 1n ? mod(t0, m) : null
}

export function bitLength(a: bigint): number {
  return a === 0n ? 0 : a.toString(2).length
}

/** floor of the k-th root of a, for a ≥ 1 and k ≥ 2, by Newton's method from above. */
export function rootFloor(a: bigint, k: number): bigint {
  const big = BigInt(k)
  let x = 1n << BigInt(Math.ceil(bitLength(a) / k))
  for (;;) {
    const next = ((big - 1n) * x + a / x ** (big - 1n)) / big
    if (next >= x) return x
    x = next
  }
}

/** The product of many integers, in pairs: factors of one size are multiplied fastest. */
export function productOf(factors: readonly bigint[]): bigint {
  if (factors.length <= 2) return (factors[0] ?? 1n) * (factors[1] ?? 1n)
  const middle = factors.length >> 1
  return productOf(factors.slice(0, middle)) * productOf(factors.slice(middle))
}

/** The primes below a limit of up to some millions. */
export function primesBelow(limit: number): number[] {
  const composite = new Uint8Array(limit)
  const primes: number[] = []
  for (let i = 2; i < limit; i++) {
    if (composite[i]) continue
    primes.push(i)
    for (let j = i * i; j < limit; j += i) composite[j] = 1
  }
  return primes
}
