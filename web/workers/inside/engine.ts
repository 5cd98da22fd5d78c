import type { OwnerArithmetic } from '../../../core/private/arithmetic.ts'
import { ownerTwin } from '../../../core/private/twin.ts'
import { kernelOwnerArithmetic, loadKernel } from '../../../kernel/private.ts'

/** Which arithmetic this worker runs on, and why: the page says so. */
export interface EngineReport {
  readonly engine: 'kernel' | 'twin'
  readonly reason: string
}

const mebibyte = 2 ** 20

/**
 * Room for the table of residues. Shared, one table serves all sealers and may be large; otherwise every sealer holds
 * a copy, so windows are narrower there. On a device with little memory they are narrower still.
 */
function tableBytes(): number {
  const gibibytes = (navigator as { deviceMemory?: number }).deviceMemory ?? 8
  const small = gibibytes <= 2
  if (self.crossOriginIsolated) return (small ? 16 : 51) * mebibyte
  return (small ? 8 : 16) * mebibyte
}

/** The kernel where the platform runs it, else its BigInt twin. */
export function ownerEngine(): OwnerArithmetic {
  const { kernel } = loadKernel()
  return kernel
    ? kernelOwnerArithmetic(kernel, { tableBytes: tableBytes(), shared: self.crossOriginIsolated })
    : ownerTwin
}

export function engineReport(): EngineReport {
  const { kernel, reason } = loadKernel()
  return { engine: kernel ? 'kernel' : 'twin', reason }
}
