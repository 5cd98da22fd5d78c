import { ownerReference } from '../core/private/paillier/reference.ts'
import { reference } from '../core/protocol/paillier/reference.ts'
import { loadLattice } from '../kernel/lattice/loader.ts'
import { enableRelaxedSimd } from '../kernel/node.ts'
import { kernelOwnerArithmetic } from '../kernel/private.ts'
import { kernelArithmetic, loadKernel } from '../kernel/public.ts'
import type { Parameters } from './ckks/scheme.ts'
import { bindSeal5 } from './ckks/seal5.ts'
import { type Comparison, compare } from './compare.ts'
import type { Material } from './material.ts'
import { ckks } from './participants/ckks.ts'
import { engine } from './participants/engine.ts'
import { latticeParticipants } from './participants/lattice.ts'
import { library } from './participants/library.ts'
import type { Pace } from './timing.ts'

/** The server's part of the comparison, in this process, on the engine that Node runs. */
export async function compareInNode(
  material: Material,
  allParameters: readonly Parameters[],
  pace: Pace,
  tell: (line: string) => void,
): Promise<Comparison & { engine: string }> {
  enableRelaxedSimd()
  const { kernel, reason } = loadKernel()
  // Whoever sealed them, the server gets the same ciphertexts.
  const owner = kernel ? kernelOwnerArithmetic(kernel) : ownerReference
  const participants = [library(material), engine('BigInt reference', material, reference, owner)]
  if (kernel) participants.push(engine('kernel', material, kernelArithmetic(kernel), owner))
  for (const parameters of allParameters) {
    const seal = await bindSeal5(parameters)
    if (seal) participants.push(ckks('node-seal 5.1', material, seal, parameters))
  }
  participants.push(...latticeParticipants(material, loadLattice()))
  return { ...compare(participants, ['scoreBlock', 'maskDirect', 'maskTable', 'check'], pace, tell), engine: reason }
}
