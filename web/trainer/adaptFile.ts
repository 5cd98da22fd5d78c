import type { Card } from '../../core/card/card.ts'
import { sha256 } from '../../platform/digest.ts'
import { type Adapting, adaptationDesign } from '../../study/adapt.ts'
import { numbersIn } from '../../study/adaptationFile.ts'
import { adaptationOf, type Changes, changesOf } from '../../study/adapted.ts'
import type { Wanted } from '../../study/penalised.ts'
import type { LookedAt } from '../../validation/readPairs.ts'
import { designedRows } from './studyRows.ts'

/** The changes of a vendor's model that outcomes of its customer ask for. */
export interface AdaptedHere {
  readonly changes: Changes
  /** Every number that would go to the vendor, as its file has it. */
  readonly numbers: readonly { readonly name: string; readonly value: number }[]
  /** The file itself. */
  readonly file: string
  readonly leftOut: number
}

/** Fits the changes to a file that has the vendor's predictors and outcomes. Throws `study/…`, and what a check of the file throws. */
export async function adaptFile(
  looked: LookedAt,
  card: Card,
  wanted: Adapting,
  penalty: Wanted | null,
): Promise<AdaptedHere> {
  const { study, design } = await adaptationDesign(card, wanted, sha256)
  const { rows, leftOut } = await designedRows(looked, design)
  const changes = changesOf(study, design, rows, penalty)
  const adaptation = adaptationOf(card, design, changes)
  return { changes, numbers: numbersIn(adaptation), file: `${JSON.stringify(adaptation, null, 2)}\n`, leftOut }
}
