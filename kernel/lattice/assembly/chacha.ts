/*
 * XChaCha20 (core/protocol/lattice/stream.ts), four blocks at a time: a v128 holds one word of the state of four
 * consecutive blocks. A stream lies at `state`: twelve words of constants and subkey, the counter, zero, and the last two
 * words of the nonce. Bytes come out in the order of the blocks, 256 at a time.
 */

// @ts-expect-error: decorator
@inline
function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits))
}

// @ts-expect-error: decorator
@inline
function rotate16(x: v128): v128 {
  return i8x16.shuffle(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)
}

// @ts-expect-error: decorator
@inline
function rotate8(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14)
}

/** The next 256 bytes of a stream at `to`, and its counter moved on. */
export function blocks(to: usize, state: usize): void {
  const counter = i32.load(state, 48)
  const c = i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3))
  let x0 = v128.load32_splat(state)
  let x1 = v128.load32_splat(state, 4)
  let x2 = v128.load32_splat(state, 8)
  let x3 = v128.load32_splat(state, 12)
  let x4 = v128.load32_splat(state, 16)
  let x5 = v128.load32_splat(state, 20)
  let x6 = v128.load32_splat(state, 24)
  let x7 = v128.load32_splat(state, 28)
  let x8 = v128.load32_splat(state, 32)
  let x9 = v128.load32_splat(state, 36)
  let xa = v128.load32_splat(state, 40)
  let xb = v128.load32_splat(state, 44)
  let xc = c
  let xd = v128.load32_splat(state, 52)
  let xe = v128.load32_splat(state, 56)
  let xf = v128.load32_splat(state, 60)
  for (let round = 0; round < 10; round++) {
    // Columns.
    x0 = i32x4.add(x0, x4)
    x1 = i32x4.add(x1, x5)
    x2 = i32x4.add(x2, x6)
    x3 = i32x4.add(x3, x7)
    xc = rotate16(v128.xor(xc, x0))
    xd = rotate16(v128.xor(xd, x1))
    xe = rotate16(v128.xor(xe, x2))
    xf = rotate16(v128.xor(xf, x3))
    x8 = i32x4.add(x8, xc)
    x9 = i32x4.add(x9, xd)
    xa = i32x4.add(xa, xe)
    xb = i32x4.add(xb, xf)
    x4 = rotate(v128.xor(x4, x8), 12)
    x5 = rotate(v128.xor(x5, x9), 12)
    x6 = rotate(v128.xor(x6, xa), 12)
    x7 = rotate(v128.xor(x7, xb), 12)
    x0 = i32x4.add(x0, x4)
    x1 = i32x4.add(x1, x5)
    x2 = i32x4.add(x2, x6)
    x3 = i32x4.add(x3, x7)
    xc = rotate8(v128.xor(xc, x0))
    xd = rotate8(v128.xor(xd, x1))
    xe = rotate8(v128.xor(xe, x2))
    xf = rotate8(v128.xor(xf, x3))
    x8 = i32x4.add(x8, xc)
    x9 = i32x4.add(x9, xd)
    xa = i32x4.add(xa, xe)
    xb = i32x4.add(xb, xf)
    x4 = rotate(v128.xor(x4, x8), 7)
    x5 = rotate(v128.xor(x5, x9), 7)
    x6 = rotate(v128.xor(x6, xa), 7)
    x7 = rotate(v128.xor(x7, xb), 7)
    // Diagonals.
    x0 = i32x4.add(x0, x5)
    x1 = i32x4.add(x1, x6)
    x2 = i32x4.add(x2, x7)
    x3 = i32x4.add(x3, x4)
    xf = rotate16(v128.xor(xf, x0))
    xc = rotate16(v128.xor(xc, x1))
    xd = rotate16(v128.xor(xd, x2))
    xe = rotate16(v128.xor(xe, x3))
    xa = i32x4.add(xa, xf)
    xb = i32x4.add(xb, xc)
    x8 = i32x4.add(x8, xd)
    x9 = i32x4.add(x9, xe)
    x5 = rotate(v128.xor(x5, xa), 12)
    x6 = rotate(v128.xor(x6, xb), 12)
    x7 = rotate(v128.xor(x7, x8), 12)
    x4 = rotate(v128.xor(x4, x9), 12)
    x0 = i32x4.add(x0, x5)
    x1 = i32x4.add(x1, x6)
    x2 = i32x4.add(x2, x7)
    x3 = i32x4.add(x3, x4)
    xf = rotate8(v128.xor(xf, x0))
    xc = rotate8(v128.xor(xc, x1))
    xd = rotate8(v128.xor(xd, x2))
    xe = rotate8(v128.xor(xe, x3))
    xa = i32x4.add(xa, xf)
    xb = i32x4.add(xb, xc)
    x8 = i32x4.add(x8, xd)
    x9 = i32x4.add(x9, xe)
    x5 = rotate(v128.xor(x5, xa), 7)
    x6 = rotate(v128.xor(x6, xb), 7)
    x7 = rotate(v128.xor(x7, x8), 7)
    x4 = rotate(v128.xor(x4, x9), 7)
  }
  four(
    to,
    i32x4.add(x0, v128.load32_splat(state)),
    i32x4.add(x1, v128.load32_splat(state, 4)),
    i32x4.add(x2, v128.load32_splat(state, 8)),
    i32x4.add(x3, v128.load32_splat(state, 12)),
  )
  four(
    to + 16,
    i32x4.add(x4, v128.load32_splat(state, 16)),
    i32x4.add(x5, v128.load32_splat(state, 20)),
    i32x4.add(x6, v128.load32_splat(state, 24)),
    i32x4.add(x7, v128.load32_splat(state, 28)),
  )
  four(
    to + 32,
    i32x4.add(x8, v128.load32_splat(state, 32)),
    i32x4.add(x9, v128.load32_splat(state, 36)),
    i32x4.add(xa, v128.load32_splat(state, 40)),
    i32x4.add(xb, v128.load32_splat(state, 44)),
  )
  four(
    to + 48,
    i32x4.add(xc, c),
    i32x4.add(xd, v128.load32_splat(state, 52)),
    i32x4.add(xe, v128.load32_splat(state, 56)),
    i32x4.add(xf, v128.load32_splat(state, 60)),
  )
  i32.store(state, counter + 4, 48)
}

/** Four words of four blocks, each block's words beside each other, the blocks 64 bytes apart. */
// @ts-expect-error: decorator
@inline
function four(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
  const ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
  const cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2))
  v128.store(to, v128.shuffle<i64>(ab, cd, 1, 3), 64)
  v128.store(to, v128.shuffle<i64>(ab2, cd2, 0, 2), 128)
  v128.store(to, v128.shuffle<i64>(ab2, cd2, 1, 3), 192)
}

/**
 * Prepares a stream at `state`: HChaCha20 of the 32 bytes at `key` and the first 16 at `nonce` gives its subkey; the
 * nonce's other 8 bytes are the polynomial and the prime.
 */
export function begin(state: usize, key: usize, nonce: usize): void {
  hchacha20(state + 16, key, nonce)
  i32.store(state, 0x61707865)
  i32.store(state, 0x3320646e, 4)
  i32.store(state, 0x79622d32, 8)
  i32.store(state, 0x6b206574, 12)
  i64.store(state, 0, 48)
  i64.store(state, i64.load(nonce, 16), 56)
}

/** 32 bytes at `to`. One block's rounds, four words to a v128. */
export function hchacha20(to: usize, key: usize, nonce: usize): void {
  let a = i32x4(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574)
  let b = v128.load(key)
  let c = v128.load(key, 16)
  let d = v128.load(nonce)
  for (let round = 0; round < 20; round++) {
    a = i32x4.add(a, b)
    d = rotate16(v128.xor(d, a))
    c = i32x4.add(c, d)
    b = rotate(v128.xor(b, c), 12)
    a = i32x4.add(a, b)
    d = rotate8(v128.xor(d, a))
    c = i32x4.add(c, d)
    b = rotate(v128.xor(b, c), 7)
    // Every other round is of the diagonals: the rows are turned into place and back.
    if (round & 1) {
      b = v128.shuffle<i32>(b, b, 3, 0, 1, 2)
      c = v128.shuffle<i32>(c, c, 2, 3, 0, 1)
      d = v128.shuffle<i32>(d, d, 1, 2, 3, 0)
    } else {
      b = v128.shuffle<i32>(b, b, 1, 2, 3, 0)
      c = v128.shuffle<i32>(c, c, 2, 3, 0, 1)
      d = v128.shuffle<i32>(d, d, 3, 0, 1, 2)
    }
  }
  v128.store(to, a)
  v128.store(to, d, 16)
}
