import { unforeseen } from '../core/errors.ts'
import { latticeOwner } from '../core/private/lattice/owner.ts'
import { latticeOwnerReference } from '../core/private/lattice/reference.ts'
import type { OwnerEngine, OwnerScheme } from '../core/private/owner.ts'
import type { OwnerArithmetic } from '../core/private/paillier/arithmetic.ts'
import { paillierOwner } from '../core/private/paillier/owner.ts'
import { ownerReference } from '../core/private/paillier/reference.ts'
import type { ParameterSet } from '../core/protocol/scheme.ts'
import { loadLattice } from './lattice/loader.ts'
import { latticeOwnerArithmetic } from './lattice/private.ts'
import { type EngineReport, kernelOwnerArithmetic, loadKernel, type OwnerOptions, reportOf } from './private.ts'

/** The engines that this thread seals and opens with, one per scheme: the kernel's where the platform runs it. */
export function ownerEngines(options: OwnerOptions = {}): {
  readonly engines: readonly OwnerEngine[]
  readonly report: EngineReport
} {
  const loaded = loadKernel()
  const arithmetic = ownerArithmetic(options)
  const lattice = loadLattice()
  return {
    engines: [
      paillierOwner(arithmetic),
      latticeOwner(lattice ? latticeOwnerArithmetic(lattice) : latticeOwnerReference),
    ],
    report: reportOf(loaded),
  }
}

/** Paillier's arithmetic for a key's owner, for who packs plaintexts otherwise than for scoring. */
export function ownerArithmetic(options: OwnerOptions = {}): OwnerArithmetic {
  const { kernel } = loadKernel()
  return kernel ? kernelOwnerArithmetic(kernel, options) : ownerReference
}

let owners: readonly OwnerScheme[] | null = null

/** The secret half of a set's scheme, by the fastest engine that this thread has. */
export function ownerOf(set: ParameterSet): OwnerScheme {
  owners ??= ownerEngines().engines.map(({ owner }) => owner)
  return owners.find(({ scheme }) => scheme.name === set.scheme) ?? unforeseen('a scheme without a secret half')
}
