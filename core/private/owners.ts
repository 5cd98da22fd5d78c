import { unforeseen } from '../errors.ts'
import type { ParameterSet } from '../protocol/scheme.ts'
import type { OwnerScheme } from './owner.ts'
import { paillierSecrets } from './paillier/owner.ts'

/** The secret halves of the schemes that there are. */
const owners: readonly OwnerScheme[] = [paillierSecrets]

export function ownerOf(set: ParameterSet): OwnerScheme {
  return owners.find(({ scheme }) => scheme.name === set.scheme) ?? unforeseen('a scheme without a secret half')
}
