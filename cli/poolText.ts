import { exp } from '../core/number/elementary.ts'
import type { Told } from '../study/pool/compare.ts'
import type { OwnRowsTold } from '../study/pool/join.ts'

/** What a pooled fit says of an owner's own rows, and what was told of them: a line each. For the owner alone. */
export function ownRowsText({ comparison, numbers }: OwnRowsTold): string[] {
  const { all, own, difference, freedom, lnP } = comparison
  const ofOwn =
    own === null || difference === null || lnP === null
      ? 'Your rows alone determine no fit of their own.'
      : `Your rows by their own fit: ${toldText(own)}; difference ${difference.toPrecision(4)} of ${freedom} coefficients, P = ${exp(lnP).toPrecision(2)}.`
  return [
    `Your rows by the model of all: ${toldText(all)}.`,
    ofOwn,
    `Of your rows ${numbers.here} sums with those of the others were opened, ${numbers.all} over all studies; ${numbers.most} may be.`,
    'Any one owner can falsify the result by numbers of its own making: look at what it says of your rows before you use it.',
  ]
}

const toldText = ({ deviance, explained, auc }: Told): string =>
  [
    `deviance ${deviance.toPrecision(6)}`,
    `${(100 * explained).toFixed(1)} % of it explained`,
    ...(auc === null ? [] : [`AUC ${auc.toFixed(3)}`]),
  ].join(', ')
