import { onTestFinished, vi } from 'vitest'

/** For this test, the waits between two tries take a fiftieth. They pass nothing on, unlike those of Node's own connections. */
export function shortWaits(): void {
  const soon = setTimeout
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((work, wait, ...passed) =>
    soon(work, passed.length === 0 ? Number(wait) / 50 : wait, ...passed),
  )
  onTestFinished(() => void vi.restoreAllMocks())
}
