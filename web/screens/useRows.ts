import { useEffect, useRef, useState } from 'react'
import { useSession } from './useSession.ts'

/** Rows of which what was read is remembered. */
const mostRows = 4000
/** Scrolling goes on for a while; only where it rests is read, in milliseconds. */
const rest = 60

/** The cells of the rows in sight, in these columns. */
export function useCells(rows: readonly number[], columns: readonly number[]): ReadonlyMap<number, readonly string[]> {
  const session = useSession()
  return useRows(columns.length === 0 ? [] : rows, `cells ${columns.join()}`, (missing, signal) =>
    session.cells(missing, columns, signal),
  )
}

/** The reason codes of the scored rows in sight. */
export function useReasons(rows: readonly number[]): ReadonlyMap<number, readonly string[]> {
  const session = useSession()
  return useRows(rows, 'reasons', (missing, signal) => session.reasons(missing, signal))
}

/**
 * What is read of rows, again from the file, as they come into sight: `what` says what it is. Until it is there a row has
 * none. Bounded: rows long out of sight are forgotten.
 */
function useRows(
  rows: readonly number[],
  what: string,
  read: (rows: readonly number[], signal: AbortSignal) => Promise<readonly (readonly string[])[]>,
): ReadonlyMap<number, readonly string[]> {
  const [found, setFound] = useState<ReadonlyMap<number, readonly string[]>>(new Map())
  const known = useRef({ what, rows: new Map<number, readonly string[]>() })
  const wanted = `${what}|${rows.join()}`

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is wanted is compared by its names and numbers
  useEffect(() => {
    if (known.current.what !== what) known.current = { what, rows: new Map() }
    const { rows: have } = known.current
    const missing = rows.filter((row) => !have.has(row))
    if (missing.length === 0) {
      setFound(new Map(have))
      return
    }
    const stop = new AbortController()
    const timer = setTimeout(async () => {
      const texts = await read(missing, stop.signal).catch(() => null)
      if (texts === null || stop.signal.aborted) return
      if (have.size + missing.length > mostRows) have.clear()
      for (const [i, row] of missing.entries()) have.set(row, texts[i] ?? [])
      setFound(new Map(have))
    }, rest)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [wanted])

  return found
}
