import type { OwnRows } from '../checks.ts'
import { fitPooled, type Pooled } from '../fit.ts'

/** Owners whose numbers are added up in the clear: the fit alone, without pads and messages. */

export interface Asked {
  readonly what: string
  readonly numbers: number
}

type Kind = Parameters<typeof fitPooled>[0]

/** Each owner's fit, and what was opened. */
export async function fitTogether(kind: Kind, parts: readonly OwnRows[]) {
  const asked: Asked[] = []
  let waiting: {
    readonly what: string
    readonly values: readonly bigint[]
    readonly tell: (sums: bigint[]) => void
  }[] = []
  const open = (what: string, values: readonly bigint[]): Promise<readonly bigint[]> =>
    new Promise((resolve, reject) => {
      waiting.push({ what, values, tell: resolve })
      if (waiting.some((each) => each.what !== what)) reject(new Error('owners ask for different sums'))
      if (waiting.length < parts.length) return
      const all = waiting
      waiting = []
      asked.push({ what, numbers: values.length })
      for (const { tell } of all)
        tell(values.map((_, i) => all.reduce((sum, each) => sum + (each.values[i] as bigint), 0n)))
    })
  const fits: readonly Pooled[] = await Promise.all(parts.map((own) => fitPooled(kind, own, open)))
  return { fits, asked }
}
