import type { Column, Derived, Feature } from '../core/card/card.ts'
import { log10 } from '../core/number/elementary.ts'
import { type Interval, rangeOf } from './interval.ts'
import type { NarrowPower } from './notes.ts'
import type { Range } from './range.ts'
import { usedBy } from './uses.ts'

/** Beyond this, values are rare in people's data. */
const ordinary = 1e6
const mostNamed = 8

/** The derived columns that ordinary values of features take out of their default range, the narrowest first. */
export function narrowPowers(
  features: readonly Feature[],
  derived: readonly Derived[],
  rangesFrom: readonly (Range['from'] | undefined)[],
): NarrowPower[] {
  const columns: readonly Column[] = [...features, ...derived]
  const indexOf = new Map(columns.map(({ name }, c) => [name, c]))
  const open = (c: number): boolean => c < features.length && isOpen(rangesFrom[c])
  return derived
    .flatMap((column, d): NarrowPower[] => {
      const at = features.length + d
      if (column.type !== 'number' || rangesFrom[at] !== 'default') return []
      const used = usedBy([at], columns, indexOf)
      const within = largestWithin(used, columns, open, { min: Number(column.min), max: Number(column.max) })
      const from = used.filter(open).map((c) => (columns[c] as Column).name)
      return within === null || within >= ordinary || from.length === 0
        ? []
        : [{ column: column.name, features: from.slice(0, mostNamed), within }]
    })
    .sort((a, b) => a.within - b.within)
}

/** A range that nobody stated. */
function isOpen(from: Range['from'] | undefined): boolean {
  return from === 'default' || from === 'any'
}

/** The largest size of the open features, to two digits, that keeps the last of the columns inside; null for none. */
function largestWithin(
  used: readonly number[],
  columns: readonly Column[],
  open: (c: number) => boolean,
  range: Interval,
): number | null {
  const fits = (size: number): boolean => {
    const known = new Map<string, Interval>()
    let last: Interval = { min: 0, max: 0 }
    for (const c of used) {
      const column = columns[c] as Column
      if (column.type === 'category') continue
      last = open(c)
        ? { min: -size, max: size }
        : 'expression' in column
          ? rangeOf(column.expression, known)
          : { min: Number(column.min), max: Number(column.max) }
      known.set(column.name, last)
    }
    return last.min >= range.min && last.max <= range.max
  }
  if (!fits(1)) return null
  let [low, high] = [1, ordinary]
  if (fits(high)) return high
  while (high / low > 1.005) {
    const middle = Math.sqrt(low * high)
    if (fits(middle)) low = middle
    else high = middle
  }
  const unit = Number(`1e${Math.floor(log10(low)) - 1}`)
  return Math.floor(low / unit) * unit
}
