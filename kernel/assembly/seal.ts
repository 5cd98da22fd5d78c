import { readBytes, writeBytes } from './bytes'
import { toIntegers } from './lanes'
import { clearColumns, columns, LIMB, limb, spare } from './memory'
import { begin, forProduct, limbs, modulus, multiply, r3, reduce, subtractOnce } from './modulus'
import { addProduct, expectProduct, settle } from './product'

/*
 * (1 + m·n)·ρ = ρ + n·(m·ρ mod n) modulo n², two ciphertexts in the lanes, nothing wider than n multiplied:
 * t = ρ·R^-1, w = m·t·R^-1, v = w·R³·R^-1 = m·ρ modulo n, then the plain product n·v on top of ρ. Six times n² limb
 * products where the product modulo n² would take sixteen.
 */

/** Bytes that `seal` needs at `work`: ρ and n² of 2n limbs, three numbers of n limbs. */
export function sealBytes(n: i32): usize {
  return usize(n) * LIMB * 7
}

/** Once after `select`: n² behind `work`. */
export function prepareSeal(work: usize): void {
  const n = limbs
  const square = limb(work, 5 * n)
  clearColumns(columns, 2 * n)
  expectProduct(columns, n, n)
  addProduct(columns, modulus, n, modulus, n)
  settle(square, columns, 2 * n)
}

/** Plaintexts of `length` bytes, residues and ciphertexts of twice that. */
export function seal(to: usize, plaintexts: usize, residues: usize, count: i32, length: i32, work: usize): void {
  const n = limbs
  const m = limb(work, 2 * n)
  const v = limb(work, 3 * n)
  const square = limb(work, 5 * n)
  for (let i = 0; i < count; i += 2) {
    for (let lane = 0; lane < 2; lane++) {
      const at = usize(min(i + lane, count - 1))
      readBytes(work, 2 * n, lane, residues + at * usize(2 * length), 2 * length)
      readBytes(m, n, lane, plaintexts + at * usize(length), length)
    }
    reduce(v, work, 2 * n)
    multiply(v, v, m)
    multiply(v, v, r3)
    subtractOnce(v, modulus, n, spare)
    begin(columns, forProduct)
    for (let k = 0; k < 2 * n; k++) {
      const at = limb(columns, k)
      v128.store(at, i64x2.add(v128.load(at), toIntegers(v128.load(limb(work, k)))))
    }
    addProduct(columns, v, n, modulus, n)
    settle(work, columns, 2 * n)
    while (v128.any_true(subtractOnce(work, square, 2 * n, spare))) {}
    for (let lane = 0; lane < 2; lane++) {
      if (i + lane < count) writeBytes(to + usize((i + lane) * 2 * length), 2 * length, work, 2 * n, lane)
    }
  }
}
