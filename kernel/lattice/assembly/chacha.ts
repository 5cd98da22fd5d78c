/*
 * XChaCha20 (core/protocol/lattice/stream.ts), eight blocks at a time, as two groups of four: a v128 holds one word of the
 * state of four consecutive blocks. A stream lies at `state`: twelve words of constants and subkey, the counter, zero, and
 * the last two words of the nonce; behind them the words of both groups while rounds go over them. Bytes come out in the
 * order of the blocks.
 *
 * A quarter round is a chain of twelve steps, and a group has four of them side by side: too few to fill a processor that
 * waits for each, and sixteen words are more than there are registers besides. So words are in memory between quarter
 * rounds, of which the processor then has eight under way.
 */

/** Bytes that a call of `blocks` makes. */
export const BLOCKS: usize = 512
const GROUP: usize = 256
const WORDS: usize = 64

// @ts-expect-error: decorator
@inline
function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits))
}

// @ts-expect-error: decorator
@inline
function rotate16(x: v128): v128 {
  return i8x16.swizzle(x, i8x16(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13))
}

// @ts-expect-error: decorator
@inline
function rotate8(x: v128): v128 {
  return i8x16.swizzle(x, i8x16(3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14))
}

/** Where the word of a row is that a quarter round takes: rows are four words, and those of diagonals are turned. */
// @ts-expect-error: decorator
@inline
function word(row: usize, column: usize, turn: usize): usize {
  return (row << 6) + (((column + row * turn) & 3) << 4)
}

/**
 * Two quarter rounds of a group's words, step by step, so that there is always one that need not wait: from a column and the
 * next one on, downwards (`turn` 0) or along the diagonal (1).
 */
// @ts-expect-error: decorator
@inline
function quarters(at: usize, column: usize, turn: usize): void {
  const next = column + 1
  let a = v128.load(at + word(0, column, turn))
  let b = v128.load(at + word(1, column, turn))
  let c = v128.load(at + word(2, column, turn))
  let d = v128.load(at + word(3, column, turn))
  let e = v128.load(at + word(0, next, turn))
  let f = v128.load(at + word(1, next, turn))
  let g = v128.load(at + word(2, next, turn))
  let h = v128.load(at + word(3, next, turn))
  a = i32x4.add(a, b)
  e = i32x4.add(e, f)
  d = rotate16(v128.xor(d, a))
  h = rotate16(v128.xor(h, e))
  c = i32x4.add(c, d)
  g = i32x4.add(g, h)
  b = rotate(v128.xor(b, c), 12)
  f = rotate(v128.xor(f, g), 12)
  a = i32x4.add(a, b)
  e = i32x4.add(e, f)
  v128.store(at + word(0, column, turn), a)
  v128.store(at + word(0, next, turn), e)
  d = rotate8(v128.xor(d, a))
  h = rotate8(v128.xor(h, e))
  v128.store(at + word(3, column, turn), d)
  v128.store(at + word(3, next, turn), h)
  c = i32x4.add(c, d)
  g = i32x4.add(g, h)
  v128.store(at + word(2, column, turn), c)
  v128.store(at + word(2, next, turn), g)
  v128.store(at + word(1, column, turn), rotate(v128.xor(b, c), 7))
  v128.store(at + word(1, next, turn), rotate(v128.xor(f, g), 7))
}

/** The next 512 bytes of a stream at `to`, and its counter moved on. */
export function blocks(to: usize, state: usize): void {
  const counter = i32.load(state, 48)
  const words = state + WORDS
  const end = words + 2 * GROUP
  const first = i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3))
  let counters = first
  for (let at = words; at < end; at += GROUP) {
    for (let i: usize = 0; i < WORDS; i += 4) v128.store(at + (i << 2), v128.load32_splat(state + i))
    v128.store(at, counters, 192)
    counters = i32x4.add(counters, i32x4.splat(4))
  }
  for (let round = 0; round < 10; round++) {
    for (let at = words; at < end; at += GROUP) {
      quarters(at, 0, 0)
      quarters(at, 2, 0)
    }
    for (let at = words; at < end; at += GROUP) {
      quarters(at, 0, 1)
      quarters(at, 2, 1)
    }
  }
  counters = first
  let out = to
  for (let at = words; at < end; at += GROUP, out += GROUP) {
    for (let i: usize = 0; i < WORDS; i += 16) {
      const word = at + (i << 2)
      four(
        out + i,
        i32x4.add(v128.load(word), i == 48 ? counters : v128.load32_splat(state + i)),
        i32x4.add(v128.load(word, 16), v128.load32_splat(state + i, 4)),
        i32x4.add(v128.load(word, 32), v128.load32_splat(state + i, 8)),
        i32x4.add(v128.load(word, 48), v128.load32_splat(state + i, 12)),
      )
    }
    counters = i32x4.add(counters, i32x4.splat(4))
  }
  i32.store(state, counter + 8, 48)
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
