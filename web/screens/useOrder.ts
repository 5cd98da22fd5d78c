import { useEffect, useMemo, useState } from 'react'
import type { Card } from '../../core/card/card.ts'
import type { TextKey } from '../../reader/rowOrder.ts'
import type { Scores } from '../session/scored.ts'
import { type Order, type SortKey, sortedRows } from './sortedRows.ts'
import { useSession } from './useSession.ts'

interface Table {
  readonly scores: Pick<Scores, 'predictors' | 'rows'>
  /** records × responses scores. */
  readonly scored: Float64Array
  readonly card: Card
  /** The cells by record, where they are not the file's that is open. */
  readonly texts: readonly (readonly string[])[] | undefined
}

/**
 * The places of the records in the wanted order, or null where they stand as they are. Numbers are sorted here; what is text
 * is read and sorted by a worker, until which the order is as it was.
 */
export function useOrder({ by, down }: Order, { scores, scored, card, texts }: Table): Uint32Array | null {
  const session = useSession()
  const { predictors, rows } = scores
  const key = textKey(by)
  const wanted = JSON.stringify(key)
  const [sorted, setSorted] = useState<{ readonly key: string; readonly places: Uint32Array } | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a key is compared by what it says
  useEffect(() => {
    if (key === null) return
    const stop = new AbortController()
    const column = typeof key === 'object' ? key.column : 0
    const order = texts
      ? session.textOrder(
          texts.map((cells) => cells[column] ?? ''),
          stop.signal,
        )
      : session.rowOrder(key, stop.signal)
    order.then(
      (places) => stop.signal.aborted || setSorted({ key: wanted, places }),
      () => {},
    )
    return () => stop.abort()
  }, [wanted, scores, texts, session])
  return useMemo(() => {
    if (by === 'row') return down ? Uint32Array.from({ length: rows.length }, (_, i) => rows.length - 1 - i) : null
    if (typeof by === 'object' && 'score' in by) {
      return sortedRows(scored, rows.length, card.responses.length, by.score, down)
    }
    if (typeof by === 'object' && 'head' in by) {
      return sortedRows(predictors, rows.length, card.heads.length, by.head, down)
    }
    if (sorted?.key !== wanted) return null
    return down ? sorted.places.toReversed() : sorted.places
  }, [by, wanted, down, sorted, scored, predictors, rows, card])
}

function textKey(by: SortKey): TextKey | null {
  if (by === 'label' || by === 'reasons') return by
  return typeof by === 'object' && 'column' in by ? by : null
}
