import type { OwnerArithmetic } from '../../../core/private/arithmetic.ts'
import { ownerTwin } from '../../../core/private/twin.ts'

/** The arithmetic that this worker runs on. */
export async function ownerEngine(): Promise<OwnerArithmetic> {
  return ownerTwin
}
