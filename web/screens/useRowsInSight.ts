import { type RefObject, useEffect, useState } from 'react'

/** The style sheet's row height. */
const rowHeight = 28
/** So many rows are drawn beyond what is in sight, on either side. */
const beyond = 8

interface RowsInSight {
  /** Which of the rows are in sight, or nearly so. */
  readonly places: readonly number[]
  /** The height of those above and below, in pixels. */
  readonly above: number
  readonly below: number
}

/** Which of so many rows have to be drawn in a box that scrolls, or the first so many of them for paper. */
export function useRowsInSight(
  count: number,
  scroller: RefObject<HTMLElement | null>,
  printed: number | null,
): RowsInSight {
  const [{ from, to }, setInSight] = useState({ from: 0, to: 0 })
  useEffect(() => {
    const box = scroller.current
    if (!box) return
    const look = (): void => {
      const next = {
        from: Math.floor(box.scrollTop / rowHeight),
        to: Math.ceil((box.scrollTop + box.clientHeight) / rowHeight),
      }
      setInSight((before) => (before.from === next.from && before.to === next.to ? before : next))
    }
    const sizes = new ResizeObserver(look)
    // It tells at once, too.
    sizes.observe(box)
    box.addEventListener('scroll', look, { passive: true })
    return () => {
      sizes.disconnect()
      box.removeEventListener('scroll', look)
    }
  }, [scroller])
  if (printed !== null) {
    return { places: Array.from({ length: Math.min(count, printed) }, (_, i) => i), above: 0, below: 0 }
  }
  const first = Math.min(count, Math.max(0, from - beyond))
  const end = Math.min(count, to + beyond)
  return {
    places: Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i),
    above: first * rowHeight,
    below: (count - Math.max(first, end)) * rowHeight,
  }
}
