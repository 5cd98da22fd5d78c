import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'

export interface Printing {
  /** So many rows are drawn, for paper; null while nothing is printed. */
  readonly rows: number | null
  /** Somebody asked for them here, and not by the browser's own command, for which nothing can be waited. */
  readonly asked: boolean
  /** Has so many drawn, and once they are whole printed: {@link usePrintOnce}. */
  readonly print: (rows: number) => void
}

/** Rows that are drawn for paper: those that were asked for, or by the browser's own command the first `usual`. */
export function usePrinting(usual: number): Printing {
  const [rows, setRows] = useState<number | null>(null)
  const [asked, setAsked] = useState(false)
  useEffect(() => {
    const before = (): void => flushSync(() => setRows((now) => now ?? usual))
    const after = (): void => {
      delete document.documentElement.dataset.prints
      setAsked(false)
      setRows(null)
    }
    window.addEventListener('beforeprint', before)
    window.addEventListener('afterprint', after)
    return () => {
      window.removeEventListener('beforeprint', before)
      window.removeEventListener('afterprint', after)
    }
  }, [usual])
  const print = (count: number): void => {
    setRows(count)
    setAsked(true)
  }
  return { rows, asked, print }
}

/** Prints what `what` names in print.css, once it is whole. */
export function usePrintOnce(whole: boolean, what: string): void {
  useEffect(() => {
    if (!whole) return
    document.documentElement.dataset.prints = what
    window.print()
  }, [whole, what])
}
