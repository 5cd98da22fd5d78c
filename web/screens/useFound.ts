import { useEffect, useState } from 'react'
import { folded } from '../../reader/folded.ts'
import { useSession } from './useSession.ts'

/** Typing goes on for a while; only what it comes to is looked for, in milliseconds. */
const rest = 250

/** Which records hold a text in one of their cells; null while nothing is searched for. */
export function useFound(
  text: string,
  records: number,
  texts: readonly (readonly string[])[] | undefined,
): ReadonlyUint8Array | null {
  const session = useSession()
  const [found, setFound] = useState<ReadonlyUint8Array | null>(null)
  useEffect(() => {
    if (text.trim() === '') {
      setFound(null)
      return
    }
    const stop = new AbortController()
    const timer = setTimeout(async () => {
      const places = texts ? placesWith(texts, text) : await session.rowsWith(text, stop.signal).catch(() => null)
      if (places === null || stop.signal.aborted) return
      const has = new Uint8Array(records)
      for (const place of places) has[place] = 1
      setFound(has)
    }, rest)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [text, records, texts, session])
  return found
}

type ReadonlyUint8Array = Readonly<Uint8Array>

function placesWith(texts: readonly (readonly string[])[], text: string): number[] {
  const wanted = folded(text)
  return texts.flatMap((cells, at) => (cells.some((cell) => folded(cell).includes(wanted)) ? [at] : []))
}
