import '../../kernel/test/setup.ts'
import { type LatticeModule, loadLattice, loadPlainLattice } from '../../kernel/lattice/loader.ts'
import { latticeOwnerArithmetic } from '../../kernel/lattice/private.ts'
import { latticeArithmetic } from '../../kernel/lattice/public.ts'
import { kernelOwnerArithmetic } from '../../kernel/private.ts'
import { kernelArithmetic } from '../../kernel/public.ts'
import { kernel } from '../../kernel/test/harness.ts'
import { concat, toBytes } from '../number/bytes.ts'
import { latticeOwner } from '../private/lattice/owner.ts'
import { latticeOwnerReference } from '../private/lattice/reference.ts'
import { paillierOwner } from '../private/paillier/owner.ts'
import { ownerReference } from '../private/paillier/reference.ts'
import { parametersFor } from '../protocol/lattice/parameters.ts'
import { latticeReference } from '../protocol/lattice/reference.ts'
import { type LatticeScheme, lattice, latticeScheme } from '../protocol/lattice/scheme.ts'
import { latticeScoring } from '../protocol/lattice/scoring.ts'
import { reference } from '../protocol/paillier/reference.ts'
import { paillierScoring } from '../protocol/paillier/scoring.ts'
import type { ParameterSet, Scheme } from '../protocol/scheme.ts'
import { parameterSet, schemes } from '../protocol/schemes.ts'
import { type Candidate, describeScheme } from './conformance.ts'
import { identityOwner, identityScoring } from './identity.ts'
import { noop } from './noop.ts'
import { secureRandom, sha256 } from './sources.ts'
import { iso } from './vectors.ts'

const platform = { random: secureRandom, sha256, primes: async () => [iso.p, iso.q] as const }
const paillier: Omit<Candidate, 'name' | 'owner' | 'scoring'> = {
  setFor: () => parameterSet('paillier-2048'),
  platform,
  hides: true,
  secret: concat([toBytes(iso.p, 128), toBytes(iso.q, 128)]),
  spoil: (ciphertext) => ciphertext.fill(0xff),
}

describeScheme({
  ...paillier,
  name: 'Paillier by the reference',
  owner: paillierOwner(ownerReference),
  scoring: paillierScoring(reference),
})
describeScheme({
  ...paillier,
  name: 'Paillier by the kernel',
  owner: paillierOwner(kernelOwnerArithmetic(kernel())),
  scoring: paillierScoring(kernelArithmetic(kernel())),
})
describeScheme({
  ...paillier,
  name: 'the no-op scheme in the layout of Paillier',
  owner: paillierOwner(noop),
  scoring: paillierScoring(noop),
  hides: false,
})
describeScheme({
  name: 'the no-op scheme in a layout of its own',
  setFor: () => parameterSet('identity-64'),
  owner: identityOwner,
  scoring: identityScoring,
  platform,
  hides: false,
  spoil: (ciphertext) => ciphertext.fill(0),
})

/** The lattice scheme at a degree at which its reference takes no seconds, and which hides nothing. */
const toyDegree = 128
const toyScheme = latticeScheme('lattice-toy', [toyDegree], (_, ...bits) => {
  const parameters = parametersFor(16384, ...bits)
  return parameters && { ...parameters, degree: toyDegree }
})
;(schemes as Scheme[]).push(toyScheme)
const latticeOf = (scheme: LatticeScheme): Omit<Candidate, 'name' | 'owner' | 'scoring'> => ({
  setFor: (shape) => scheme.setsFor(shape).at(-1) as ParameterSet,
  platform,
  hides: true,
  spoil: (polynomial) => polynomial.fill(0xff, 0, 7),
})
const fused = loadLattice() as LatticeModule
const plain = loadPlainLattice() as LatticeModule

describeScheme({
  ...latticeOf(toyScheme),
  name: 'the lattice scheme by the reference, at a toy degree',
  owner: latticeOwner(latticeOwnerReference, toyScheme),
  scoring: latticeScoring(latticeReference, toyScheme),
})
describeScheme({
  ...latticeOf(lattice),
  name: 'the lattice scheme by the kernel',
  owner: latticeOwner(latticeOwnerArithmetic(fused)),
  scoring: latticeScoring(latticeArithmetic(fused)),
})
describeScheme({
  ...latticeOf(lattice),
  name: 'the lattice scheme by the kernel without fused operations',
  owner: latticeOwner(latticeOwnerArithmetic(plain)),
  scoring: latticeScoring(latticeArithmetic(plain)),
})
