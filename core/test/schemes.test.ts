import '../../kernel/test/setup.ts'
import { kernelOwnerArithmetic } from '../../kernel/private.ts'
import { kernelArithmetic } from '../../kernel/public.ts'
import { kernel } from '../../kernel/test/harness.ts'
import { concat, toBytes } from '../number/bytes.ts'
import { paillierOwner } from '../private/paillier/owner.ts'
import { ownerReference } from '../private/paillier/reference.ts'
import { reference } from '../protocol/paillier/reference.ts'
import { paillierScoring } from '../protocol/paillier/scoring.ts'
import { parameterSet } from '../protocol/schemes.ts'
import { type Candidate, describeScheme } from './conformance.ts'
import { identityOwner, identityScoring } from './identity.ts'
import { noop } from './noop.ts'
import { secureRandom, sha256 } from './sources.ts'
import { iso } from './vectors.ts'

const platform = { random: secureRandom, sha256, primes: async () => [iso.p, iso.q] as const }
const paillier: Omit<Candidate, 'name' | 'owner' | 'scoring'> = {
  set: parameterSet('paillier-2048'),
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
  set: parameterSet('identity-64'),
  owner: identityOwner,
  scoring: identityScoring,
  platform,
  hides: false,
  spoil: (ciphertext) => ciphertext.fill(0),
})
