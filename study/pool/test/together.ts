import type { OwnRows } from '../checks.ts'
import { fitPooled, type Kind, type Pooled } from '../fit.ts'

/** Owners whose numbers are added up in the clear: the fit alone, without pads and messages. */

interface Asked {
  readonly what: string
  readonly numbers: number
}

/** What the last owner says instead of its own numbers, when it already knows what all honest ones come to. */
type Tamper = (what: string, sums: readonly bigint[], own: readonly bigint[]) => readonly bigint[]

interface Waiting {
  readonly what: string
  readonly values: readonly bigint[]
  readonly tell: (sums: readonly bigint[]) => void
}

/** Each owner's fit, and what was opened. */
export function fitTogether(kind: Kind, owners: readonly OwnRows[], tamper: Tamper = (_what, _sums, own) => own) {
  const asked: Asked[] = []
  let waiting: (Waiting | undefined)[] = []
  const tell = (what: string, all: readonly Waiting[]): void => {
    const totals = (of: readonly (readonly bigint[])[]): bigint[] =>
      (of[0] ?? []).map((_, i) => of.reduce((sum, values) => sum + (values[i] as bigint), 0n))
    const said = all.map(({ values }) => values)
    const last = tamper(what, totals(said), said.at(-1) as readonly bigint[])
    asked.push({ what, numbers: last.length })
    for (const each of all) each.tell(totals([...said.slice(0, -1), last]))
  }
  const openOf =
    (k: number) =>
    (what: string, values: readonly bigint[]): Promise<readonly bigint[]> =>
      new Promise((resolve) => {
        waiting[k] = { what, values, tell: resolve }
        const all = owners.flatMap((_, i) => waiting[i] ?? [])
        if (all.length < owners.length) return
        if (all.some((each) => each.what !== what)) throw new Error('owners ask for different sums')
        waiting = []
        tell(what, all)
      })
  const fits: Promise<readonly Pooled[]> = Promise.all(owners.map((own, k) => fitPooled(kind, own, openOf(k))))
  return { fits, asked }
}
