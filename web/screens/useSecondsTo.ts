import { useEffect, useState } from 'react'

/** Whole seconds until a time (in milliseconds since 1970), counted down; null where there is none. */
export function useSecondsTo(at: number | null): number | null {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (at === null) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [at])
  return at === null ? null : Math.max(1, Math.ceil((at - now) / 1000))
}
