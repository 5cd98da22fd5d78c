import { useEffect, useRef, useState } from 'react'
import { useSession } from './useSession.ts'

/** Rows whose cells are remembered. */
const mostRows = 4000
/** Scrolling goes on for a while; only where it rests is read, in milliseconds. */
const rest = 60

/**
 * The cells of the rows in sight, read again from the file as they come into sight. Until they are there a row has
 * none. Bounded: rows long out of sight are forgotten.
 */
export function useCells(rows: readonly number[], columns: readonly number[]): ReadonlyMap<number, readonly string[]> {
  const session = useSession()
  const [cells, setCells] = useState<ReadonlyMap<number, readonly string[]>>(new Map())
  const known = useRef({ columns: '', rows: new Map<number, readonly string[]>() })
  const wanted = `${columns.join()}|${rows.join()}`

  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows and columns are compared by their numbers
  useEffect(() => {
    if (known.current.columns !== columns.join()) known.current = { columns: columns.join(), rows: new Map() }
    const { rows: have } = known.current
    const missing = rows.filter((row) => !have.has(row))
    if (columns.length === 0 || missing.length === 0) {
      setCells(new Map(have))
      return
    }
    const stop = new AbortController()
    const timer = setTimeout(async () => {
      const read = await session.cells(missing, columns, stop.signal).catch(() => null)
      if (read === null || stop.signal.aborted) return
      if (have.size + missing.length > mostRows) have.clear()
      for (const [i, row] of missing.entries()) have.set(row, read[i] ?? [])
      setCells(new Map(have))
    }, rest)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [session, wanted])

  return cells
}
