import { centre, multiply } from './lanes'

/*
 * The transform of core/protocol/lattice/ring.ts: the values of a polynomial at the roots of X^N + 1 modulo a prime, in the
 * order of its recursion. `table` holds, at m + i, the factor of block i where there are m blocks: ψ to the power of m + i
 * with its log2 N bits reversed, centred; for the inverse, the inverses of those.
 */

/*
 * Forward: u, v -> u + v·w, u - v·w, from many blocks of large halves to small ones. From |x| <= p/2 + 1, a level adds at
 * most (1/2 + 1.5·2^-53·|v|)·p to the largest magnitude. With p < 2^49 that recursion gives at most 15.2·p after the 14
 * levels of N = 16384, below 16·p < 2^53. (For fewer levels, less.)
 */
export function forward(values: usize, table: usize, degree: usize, p: f64, inverse: f64): void {
  const prime = f64x2.splat(p)
  const inverted = f64x2.splat(inverse)
  let half = degree << 2
  for (let blocks: usize = 1; half > 8; blocks <<= 1, half >>= 1) {
    for (let block: usize = 0; block < blocks; block++) {
      const w = v128.load64_splat(table + ((blocks + block) << 3))
      const from = values + block * (half << 1)
      for (let at = from; at < from + half; at += 16) {
        const u = v128.load(at)
        const v = multiply(v128.load(at + half), w, prime, inverted)
        v128.store(at, f64x2.add(u, v))
        v128.store(at + half, f64x2.sub(u, v))
      }
    }
  }
  // The last level: neighbours, two pairs at a time, each with a factor of its own.
  const factors = table + (degree << 2)
  for (let pair: usize = 0; pair < degree << 3; pair += 32) {
    const at = values + pair
    const first = v128.load(at)
    const second = v128.load(at, 16)
    const u = v128.shuffle<f64>(first, second, 0, 2)
    const v = multiply(v128.shuffle<f64>(first, second, 1, 3), v128.load(factors + (pair >> 1)), prime, inverted)
    const sum = f64x2.add(u, v)
    const difference = f64x2.sub(u, v)
    v128.store(at, v128.shuffle<f64>(sum, difference, 0, 2))
    v128.store(at, v128.shuffle<f64>(sum, difference, 1, 3), 16)
  }
}

/*
 * Inverse, without its factor 1/N: u, v -> u + v, (u - v)·w, from small blocks to large ones. Beyond the first level two are
 * taken at once, which reads and writes what is larger than the nearest cache half as often. From |x| <= 4·p, sums of the
 * lower of the two are at most 8·p, and products of differences at most (1/2 + 1.5·2^-53·8·p)·p <= 1.25·p; then sums of sums
 * are at most 16·p < 2^53 and centred, products of their differences at most 2·p, and sums of two products at most 2.5·p:
 * again at most 4·p. So are the results, since sums of a single last level are centred, too.
 */
export function backward(values: usize, table: usize, degree: usize, p: f64, inverse: f64): void {
  const prime = f64x2.splat(p)
  const inverted = f64x2.splat(inverse)
  const factors = table + (degree << 2)
  for (let pair: usize = 0; pair < degree << 3; pair += 32) {
    const at = values + pair
    const first = v128.load(at)
    const second = v128.load(at, 16)
    const u = v128.shuffle<f64>(first, second, 0, 2)
    const v = v128.shuffle<f64>(first, second, 1, 3)
    const sum = centre(f64x2.add(u, v), prime, inverted)
    const difference = multiply(f64x2.sub(u, v), v128.load(factors + (pair >> 1)), prime, inverted)
    v128.store(at, v128.shuffle<f64>(sum, difference, 0, 2))
    v128.store(at, v128.shuffle<f64>(sum, difference, 1, 3), 16)
  }
  let half: usize = 16
  let blocks = degree >> 2
  for (; blocks >= 2; blocks >>= 2, half <<= 2) {
    for (let block: usize = 0; block < blocks; block += 2) {
      const lower = table + ((blocks + block) << 3)
      const first = v128.load64_splat(lower)
      const second = v128.load64_splat(lower, 8)
      const both = v128.load64_splat(table + (((blocks >> 1) + (block >> 1)) << 3))
      const from = values + block * (half << 1)
      for (let at = from; at < from + half; at += 16) {
        const third = at + (half << 1)
        const a = v128.load(at)
        const b = v128.load(at + half)
        const c = v128.load(third)
        const d = v128.load(third + half)
        const ab = f64x2.add(a, b)
        const cd = f64x2.add(c, d)
        const x = multiply(f64x2.sub(a, b), first, prime, inverted)
        const y = multiply(f64x2.sub(c, d), second, prime, inverted)
        v128.store(at, centre(f64x2.add(ab, cd), prime, inverted))
        v128.store(at + half, f64x2.add(x, y))
        v128.store(third, multiply(f64x2.sub(ab, cd), both, prime, inverted))
        v128.store(third + half, multiply(f64x2.sub(x, y), both, prime, inverted))
      }
    }
  }
  if (blocks == 0) return
  const w = v128.load64_splat(table + 8)
  for (let at = values; at < values + half; at += 16) {
    const u = v128.load(at)
    const v = v128.load(at + half)
    v128.store(at, centre(f64x2.add(u, v), prime, inverted))
    v128.store(at + half, multiply(f64x2.sub(u, v), w, prime, inverted))
  }
}

/** The table of a root: its powers from 0 to N - 1, each at the place with the reversed bits. */
export function fillTable(table: usize, degree: i32, root: f64, p: f64, inverse: f64): void {
  const prime = f64x2.splat(p)
  const inverted = f64x2.splat(inverse)
  const factor = f64x2.splat(root)
  const shift = clz(degree) + 1
  let power = f64x2.splat(1.0)
  for (let i = 0; i < degree; i++) {
    const place = reversed(<u32>i) >> shift
    f64.store(table + ((<usize>place) << 3), f64x2.extract_lane(power, 0))
    power = centre(multiply(power, factor, prime, inverted), prime, inverted)
  }
}

function reversed(word: u32): u32 {
  let x = word
  x = ((x >> 1) & 0x55555555) | ((x & 0x55555555) << 1)
  x = ((x >> 2) & 0x33333333) | ((x & 0x33333333) << 2)
  x = ((x >> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4)
  return bswap(x)
}
