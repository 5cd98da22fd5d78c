import { latticeReference } from '../core/protocol/lattice/reference.ts'
import { latticeScoring } from '../core/protocol/lattice/scoring.ts'
import type { Arithmetic } from '../core/protocol/paillier/arithmetic.ts'
import { reference } from '../core/protocol/paillier/reference.ts'
import { paillierScoring } from '../core/protocol/paillier/scoring.ts'
import type { ScoringEngine } from '../core/protocol/scheme.ts'
import { loadLattice } from './lattice/loader.ts'
import { latticeArithmetic } from './lattice/public.ts'
import { type EngineReport, kernelArithmetic, loadKernel, reportOf } from './public.ts'

/** The engines that this thread scores with, one per scheme: the kernel's where the platform runs it, else the reference's. */
export function scoringEngines(): { readonly engines: readonly ScoringEngine[]; readonly report: EngineReport } {
  const loaded = loadKernel()
  const arithmetic = publicArithmetic()
  const lattice = loadLattice()
  return {
    engines: [paillierScoring(arithmetic), latticeScoring(lattice ? latticeArithmetic(lattice) : latticeReference)],
    report: reportOf(loaded),
  }
}

/** Paillier's arithmetic under a public key, for who computes something else than scores. */
export function publicArithmetic(): Arithmetic {
  const { kernel } = loadKernel()
  return kernel ? kernelArithmetic(kernel) : reference
}
