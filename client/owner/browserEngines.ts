import { ownerEngines } from '../../kernel/ownerEngines.ts'
import type { OwnerOptions } from '../../kernel/private.ts'

const mebibyte = 2 ** 20

/**
 * Room for the table that a key draws from. Shared, one table serves all sealers and may be large; otherwise every sealer
 * holds a copy, so windows are narrower there. On a device with little memory they are narrower still.
 */
function options(): OwnerOptions {
  const gibibytes = (navigator as { deviceMemory?: number }).deviceMemory ?? 8
  const small = gibibytes <= 2
  const shared = self.crossOriginIsolated
  const tableBytes = (shared ? (small ? 16 : 51) : small ? 8 : 16) * mebibyte
  return { tableBytes, shared }
}

/** The engines of this worker, and what they run on. */
export const { engines, report } = ownerEngines(options())
