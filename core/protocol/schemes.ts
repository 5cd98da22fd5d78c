import { unforeseen } from '../errors.ts'
import { fail } from '../faults.ts'
import { lattice } from './lattice/scheme.ts'
import { paillier } from './paillier/scheme.ts'
import type { Layout, ModelShape, ParameterSet, Scheme } from './scheme.ts'

/** The schemes that there are. A new one is added here, and its engines in `kernel/scoringEngines.ts`. */
export const schemes: readonly Scheme[] = [paillier, lattice]

/** Those of keys that outlive a run. */
export const parameterSets: readonly ParameterSet[] = schemes.flatMap((scheme) => scheme.parameterSets)

/** What a new key gets where nobody asks for another: 128-bit security. */
export const defaultSet = 'paillier-3072'

/** The parameter set of that id. Throws `key/size` for one that there is not. */
export function parameterSet(id: string): ParameterSet {
  for (const scheme of schemes) {
    const set = scheme.parameterSet(id)
    if (set !== null) return set
  }
  return fail('key/size', 'noSuchKeySize')
}

export function schemeOf(set: ParameterSet): Scheme {
  return schemes.find(({ name }) => name === set.scheme) ?? unforeseen('a parameter set without a scheme')
}

/** How a model's records lie under the parameter set of that id. Throws `model/budget` where no record fits. */
export function layoutOf(id: string, model: ModelShape): Layout {
  const set = parameterSet(id)
  return schemeOf(set).layout(set, model) ?? fail('model/budget', 'recordFitsNot', { bits: set.bits })
}
