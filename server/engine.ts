import type { Arithmetic } from '../core/arithmetic.ts'
import { twin } from '../core/twin.ts'
import { enableRelaxedSimd } from '../kernel/node.ts'
import { kernelArithmetic, loadKernel } from '../kernel/public.ts'

/** The engine that this thread computes with, and why: the kernel where the platform runs it, else its BigInt twin. */
export function chooseEngine(): { readonly engine: Arithmetic; readonly reason: string } {
  enableRelaxedSimd()
  const { kernel, reason } = loadKernel()
  return { engine: kernel ? kernelArithmetic(kernel) : twin, reason }
}
