import { centre, multiply, WRITTEN_OUT } from './lanes'

/* Polynomials of residues modulo one prime, as doubles. All counts are multiples of 8. */

/** z := x·y, place by place; |x| <= 16·p, y centred. */
export function product(z: usize, x: usize, y: usize, count: i32, p: f64, inverse: f64): void {
  const prime = f64x2.splat(p)
  const inverted = f64x2.splat(inverse)
  for (let i: usize = 0; i < (<usize>count) << 3; i += 16) {
    v128.store(z + i, multiply(v128.load(x + i), v128.load(y + i), prime, inverted))
  }
}

/** z := z + c·x; c centred, or 1 or -1. |x| <= p adds at most 0.6·p to |z|, |x| < 2^53 at most 2·p. */
export function addScaled(z: usize, x: usize, c: f64, count: i32, p: f64, inverse: f64): void {
  const prime = f64x2.splat(p)
  const inverted = f64x2.splat(inverse)
  const factor = f64x2.splat(c)
  const end = z + ((<usize>count) << 3)
  const step: usize = WRITTEN_OUT ? 32 : 16
  for (let to = z, from = x; to < end; to += step, from += step) {
    addTerm(to, from, factor, prime, inverted)
    if (!WRITTEN_OUT) continue
    addTerm(to + 16, from + 16, factor, prime, inverted)
  }
}

// @ts-expect-error: decorator
@inline
function addTerm(to: usize, from: usize, factor: v128, prime: v128, inverted: v128): void {
  v128.store(to, f64x2.add(v128.load(to), multiply(v128.load(from), factor, prime, inverted)))
}

/** z := z + x·y, place by place; |x| <= 16·p, y centred: adds at most 2·p to |z|. */
export function addProduct(z: usize, x: usize, y: usize, count: i32, p: f64, inverse: f64): void {
  const prime = f64x2.splat(p)
  const inverted = f64x2.splat(inverse)
  for (let i: usize = 0; i < (<usize>count) << 3; i += 16) {
    const product = multiply(v128.load(x + i), v128.load(y + i), prime, inverted)
    v128.store(z + i, f64x2.add(v128.load(z + i), product))
  }
}

/** z := z + x + c, with c an integer. */
export function addTo(z: usize, x: usize, c: f64, count: i32): void {
  const constant = f64x2.splat(c)
  for (let i: usize = 0; i < (<usize>count) << 3; i += 16) {
    v128.store(z + i, f64x2.add(f64x2.add(v128.load(z + i), v128.load(x + i)), constant))
  }
}

export function centreAll(z: usize, count: i32, p: f64, inverse: f64): void {
  const prime = f64x2.splat(p)
  const inverted = f64x2.splat(inverse)
  for (let i: usize = 0; i < (<usize>count) << 3; i += 16) {
    v128.store(z + i, centre(v128.load(z + i), prime, inverted))
  }
}

/** z := (z − x)·c, centred: a residue divided by a dropped prime whose centred rests are x. */
export function divided(z: usize, x: usize, c: f64, count: i32, p: f64, inverse: f64): void {
  const prime = f64x2.splat(p)
  const inverted = f64x2.splat(inverse)
  const factor = f64x2.splat(c)
  for (let i: usize = 0; i < (<usize>count) << 3; i += 16) {
    const difference = f64x2.sub(v128.load(z + i), v128.load(x + i))
    v128.store(z + i, centre(multiply(difference, factor, prime, inverted), prime, inverted))
  }
}

/*
 * z := z + e + Σ_r c_r·x_r over the values of each coefficient, which lie slot by slot, `count` of each: in three ways, by
 * how large they are. |z| <= 4·p and |e| is small; the result is below 16·p.
 */

/** Values up to 2^53: a product modulo p for each. */
export function addMessage(
  z: usize,
  e: usize,
  x: usize,
  factors: usize,
  slots: i32,
  count: i32,
  p: f64,
  inverse: f64,
): void {
  const prime = f64x2.splat(p)
  const inverted = f64x2.splat(inverse)
  const step = (<usize>slots) << 3
  const row = (<usize>count) << 3
  for (let offset: usize = 0; offset < row; offset += 16) {
    let at = x + offset
    let sum = f64x2.add(v128.load(z + offset), v128.load(e + offset))
    for (let r: usize = 0; r < step; r += 8, at += row) {
      const pair = v128.load(at)
      sum = f64x2.add(sum, multiply(pair, v128.load64_splat(factors + r), prime, inverted))
      // Each adds at most 2·p.
      if ((r & 24) == 24) sum = centre(sum, prime, inverted)
    }
    v128.store(z + offset, sum)
  }
}

/**
 * Values whose sums with factors of 24 bits stay below 2^53: the factors' halves, which follow each other at `factors`, are
 * summed by themselves, and the upper sum is multiplied by 2^24 once.
 */
export function addShortMessage(
  z: usize,
  e: usize,
  x: usize,
  factors: usize,
  slots: i32,
  count: i32,
  p: f64,
  inverse: f64,
): void {
  const prime = f64x2.splat(p)
  const inverted = f64x2.splat(inverse)
  const shift = f64x2.splat(16777216.0)
  const step = (<usize>slots) << 3
  const row = (<usize>count) << 3
  for (let offset: usize = 0; offset < row; offset += 16) {
    let at = x + offset
    let low = f64x2.splat(0.0)
    let high = f64x2.splat(0.0)
    for (let r: usize = 0; r < step; r += 8, at += row) {
      const pair = v128.load(at)
      low = f64x2.add(low, f64x2.mul(pair, v128.load64_splat(factors + r)))
      high = f64x2.add(high, f64x2.mul(pair, v128.load64_splat(factors + step + r)))
    }
    const sum = f64x2.add(v128.load(z + offset), v128.load(e + offset))
    const message = f64x2.add(centre(low, prime, inverted), multiply(high, shift, prime, inverted))
    v128.store(z + offset, f64x2.add(sum, message))
  }
}

/** Values whose sums with whole factors stay below 2^53, such as those of indicators. */
export function addTinyMessage(
  z: usize,
  e: usize,
  x: usize,
  factors: usize,
  slots: i32,
  count: i32,
  p: f64,
  inverse: f64,
): void {
  const prime = f64x2.splat(p)
  const inverted = f64x2.splat(inverse)
  const step = (<usize>slots) << 3
  const row = (<usize>count) << 3
  for (let offset: usize = 0; offset < row; offset += 16) {
    let at = x + offset
    let message = f64x2.splat(0.0)
    for (let r: usize = 0; r < step; r += 8, at += row) {
      const pair = v128.load(at)
      message = f64x2.add(message, f64x2.mul(pair, v128.load64_splat(factors + r)))
    }
    const sum = f64x2.add(v128.load(z + offset), v128.load(e + offset))
    v128.store(z + offset, f64x2.add(sum, centre(message, prime, inverted)))
  }
}
