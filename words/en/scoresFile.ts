import type { Card } from '../../core/card/card.ts'
import type { Threshold } from '../../core/card/threshold.ts'

/** What is said in a saved file of scores, whoever saves it. */

/** What a workbook of scores is about. */
export interface About {
  readonly card: Card | null
  /** The name of the file that was scored; empty where it has none. */
  readonly file: string
  readonly report: { readonly scorable: number; readonly leftOut: number } | null
  readonly threshold: Threshold | null
}

interface ScoreSheets {
  readonly names: readonly [table: string, about: string]
  readonly about: readonly (readonly [name: string, value: string | number])[]
}

/** The sheets of such a workbook: the table's name, and what the other one says. */
export function scoreSheets({ card, file, report, threshold }: About): ScoreSheets {
  const score = card && card.responses.length > 1 ? ` of ${card.responses[threshold?.response ?? 0]}` : ''
  return {
    names: ['Scores', 'About'],
    about: [
      ['Model', card?.title ?? ''],
      ['Model id', card?.id ?? ''],
      ['Version', card?.version ?? ''],
      ['Hash of its card', card?.hash ?? ''],
      ...(file === '' ? [] : [['File', file] as const]),
      ['Records scored', report?.scorable ?? 0],
      ['Rows left out', report?.leftOut ?? 0],
      ...(threshold
        ? [
            [`Threshold${score}`, threshold.value] as const,
            ['Below', threshold.below] as const,
            ['At or above', threshold.atOrAbove] as const,
          ]
        : []),
    ],
  }
}

/** What either side of a threshold means until somebody says it otherwise. */
export const decisions = { below: 'decline', atOrAbove: 'accept' } as const
