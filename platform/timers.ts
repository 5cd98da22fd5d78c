/** A timer that keeps no process alive, where that could be. */
export function spareTimeout(work: () => void, milliseconds: number): Timer {
  const timer = setTimeout(work, milliseconds)
  ;(timer as unknown as { unref?: () => void }).unref?.()
  return timer
}

export type Timer = ReturnType<typeof setTimeout>
