import { liftMultiply, liftSquare } from './lifted'
import { multiply, square } from './modulus'

/** Repeats one operation, for measuring: 0 multiply, 1 square, 2 lifted multiply, 3 lifted square. */
export function repeat(kind: i32, z: usize, x: usize, y: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    if (kind == 0) multiply(z, x, y)
    else if (kind == 1) square(z, x)
    else if (kind == 2) liftMultiply(z, x, y)
    else liftSquare(z, x)
    const swap = z
    z = x
    x = swap
  }
}
