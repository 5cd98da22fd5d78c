import { basisOf } from '../../stats/exactBasis.ts'
import { gramOf } from '../../stats/exactSums.ts'
import { canonicalNames, usualLink } from '../../stats/families.ts'
import { fitGlm } from '../../stats/glm.ts'
import { devianceOf } from '../../stats/irls.ts'
import { rotated } from '../../stats/rotation.ts'
import { meanOf } from '../../stats/sums.ts'
import { fail } from '../faults.ts'
import { checkWeights, mostRounds, type OwnRows } from './checks.ts'
import { isLinear, type Kind, roundOf } from './fit.ts'
import { firstWorking, optimumOf } from './iterate.ts'

/**
 * Whether the rounds of a pool come to an end of an owner's own rows, where these have an optimum. With a link that is not canonical
 * what sums say may come nearer by a share each round, and more would have been told of all rows than their fit, which there is none of.
 * Throws `study/fit`, and `study/leverage` where already the first sums would be of a few records; before a word is said.
 */
export async function rehearse(kind: Kind, own: OwnRows): Promise<void> {
  const { family, link } = kind
  checkFirst(kind, own)
  if (canonicalNames.some((name) => name === family) && link === usualLink(family)) return
  if (!hasOptimum(kind, own)) return
  const { columns, outcomes } = own
  const records = outcomes.length
  const round = roundOf(kind, own, rotated(columns, basisOf(gramOf(columns), records)))
  const nullDeviance = devianceOf(round, new Float64Array(records).fill(meanOf(outcomes)))
  try {
    await optimumOf({
      records,
      round,
      columns,
      nullDeviance,
      isLinear: isLinear(kind),
      open: async (_, values) => values,
    })
  } catch {
    fail('study/fit', 'poolRehearsed', { family, link, rounds: mostRounds })
  }
}

/** R's first weights are of the outcomes alone: of counts that are mostly 0 they are those of a few records, which no owner answers with. */
function checkFirst(kind: Kind, own: OwnRows): void {
  const { weights } = firstWorking(roundOf(kind, own, []))
  try {
    checkWeights(own.columns, weights)
  } catch {
    fail('study/leverage', 'poolFirst')
  }
}

function hasOptimum({ family, link }: Kind, { columns, outcomes }: OwnRows): boolean {
  try {
    fitGlm({ family, link, columns, outcomes })
    return true
  } catch {
    return false
  }
}
