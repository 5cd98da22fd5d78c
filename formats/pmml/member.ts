import type { ElementFaults } from './faults.ts'
import type { ModelDraft } from './heads.ts'
import { refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import type { XmlElement } from './xml.ts'

/** The models of a MiningModel, and the ways of joining them that the standard and its exporters have. */

/** Reads the one model inside a segment, with its Targets. */
export type ReadMember = (segment: XmlElement, scope: Scope) => { readonly draft: ModelDraft; readonly scope: Scope }

export const methods = [
  'majorityVote',
  'weightedMajorityVote',
  'average',
  'weightedAverage',
  'median',
  'weightedMedian',
  'x-weightedMedian',
  'max',
  'sum',
  'weightedSum',
  'x-weightedSum',
  'selectFirst',
  'selectAll',
  'modelChain',
  'multiModelChain',
] as const
export type Method = (typeof methods)[number]

export function refuseEnsemble(at: XmlElement, why: ElementFaults['ensembleUnread']['why'], method: Method): never {
  return refuseAt('model/unsupported', at, 'ensembleUnread', { why, method })
}
