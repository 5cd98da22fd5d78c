import { availableParallelism } from 'node:os'
import { setOfChoice, uplinkTo } from '../client/estimate.ts'
import type { SchemeChoice } from '../client/schemeChoice.ts'
import { lanesFor } from '../client/score.ts'
import type { ModelList } from '../client/server.ts'
import type { Card } from '../core/card/card.ts'
import type { ParameterSet } from '../core/protocol/scheme.ts'

interface Asked {
  readonly scheme: SchemeChoice
  readonly server: string
  readonly threads?: number
}

/** The set of a key that a run has for itself, by the page's rule; null where it takes `lasting`, the key that outlives runs. */
export function setOfRun(
  { scheme, server, threads }: Asked,
  { limits, models }: ModelList,
  lasting: ParameterSet,
  { card, records }: { readonly card: Card; readonly records: number },
): string | null {
  const served = models.find(({ id }) => id === card.id)?.schemes ?? []
  const shape = { card, limits, lanes: lanesFor({ size: 1 }), records }
  const conditions = { sealers: threads ?? availableParallelism(), uplink: uplinkTo(new URL(server)) }
  return setOfChoice({ choice: scheme, served, lasting, shape }, conditions)?.id ?? null
}
