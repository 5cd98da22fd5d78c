import { useVirtualizer } from '@tanstack/react-virtual'
import type { RefObject } from 'react'

/** The style sheet's row height. */
const rowHeight = 28

interface RowsInSight {
  /** Which of the rows are in sight, or nearly so. */
  readonly places: readonly number[]
  /** The height of those above and below, in pixels. */
  readonly above: number
  readonly below: number
}

/** Which of so many rows have to be drawn in a box that scrolls. */
export function useRowsInSight(count: number, scroller: RefObject<HTMLElement | null>): RowsInSight {
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  })
  const items = virtual.getVirtualItems()
  return {
    places: items.map(({ index }) => index),
    above: items[0]?.start ?? 0,
    below: virtual.getTotalSize() - (items.at(-1)?.end ?? 0),
  }
}
