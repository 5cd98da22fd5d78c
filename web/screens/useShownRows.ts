import { useMemo, useState } from 'react'
import type { ResponseSummary, Shown } from '../session/summary.ts'

export interface ShownChoice {
  readonly shown: Shown
  readonly show: (rows: Shown['rows']) => void
  readonly bar: number | null
  readonly chooseBar: (bar: number | null) => void
}

/** Which rows a person wants to see, by the threshold that is shown or a bar: what is chosen falls back to all where it no longer says anything. */
export function useShownRows(summary: ResponseSummary, value: number): ShownChoice {
  const [rows, setRows] = useState<Shown['rows']>('all')
  const [bar, setBar] = useState<number | null>(null)
  const shown = useMemo((): Shown => {
    if (rows === 'below' || rows === 'atOrAbove') return { rows, value }
    if (rows === 'bar' && bar !== null) return { rows, bar, chart: summary }
    return { rows: 'all' }
  }, [rows, bar, value, summary])
  const chooseBar = (next: number | null): void => {
    setBar(next)
    setRows(next === null ? 'all' : 'bar')
  }
  return { shown, show: setRows, bar, chooseBar }
}
