import type { Arithmetic } from '../core/arithmetic.ts'
import { twin } from '../core/twin.ts'

/** The engine that this thread computes with: the one place where it is chosen. */
export async function chooseEngine(): Promise<Arithmetic> {
  return twin
}
