import type { OwnerEngine } from '../core/private/owner.ts'
import { paillierOwner } from '../core/private/paillier/owner.ts'
import { ownerReference } from '../core/private/paillier/reference.ts'
import { type EngineReport, kernelOwnerArithmetic, loadKernel, type OwnerOptions, reportOf } from './private.ts'

/** The engines that this thread seals and opens with, one per scheme: the kernel's where the platform runs it. */
export function ownerEngines(options: OwnerOptions = {}): {
  readonly engines: readonly OwnerEngine[]
  readonly report: EngineReport
} {
  const loaded = loadKernel()
  const arithmetic = loaded.kernel ? kernelOwnerArithmetic(loaded.kernel, options) : ownerReference
  return { engines: [paillierOwner(arithmetic)], report: reportOf(loaded) }
}
