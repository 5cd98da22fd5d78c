/** Milliseconds between two drawings of what changes many times a second: a person reads no faster. */
export const pace = 250

/**
 * A call that may be asked for at any rate. It is made at once, then at most every {@link pace}, and once more after the
 * last time it was asked for, so what it tells is never stale for long.
 */
export function throttle(tell: () => void): () => void {
  let last = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined
  const now = (): void => {
    timer = undefined
    last = performance.now()
    tell()
  }
  return () => {
    if (timer !== undefined) return
    const wait = last + pace - performance.now()
    if (wait <= 0) now()
    else timer = setTimeout(now, wait)
  }
}
