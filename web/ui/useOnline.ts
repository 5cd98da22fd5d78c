import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'

/** Whether the device has a network at all, as far as the browser knows. */
export function useOnline(): boolean {
  return useSyncExternalStore(listen, () => navigator.onLine)
}

/** Hears of the moment at which the network is back. */
export function useBackOnline(onBack: () => void): void {
  const back = useEffectEvent(onBack)
  useEffect(() => {
    const hear = (): void => back()
    window.addEventListener('online', hear)
    return () => window.removeEventListener('online', hear)
  }, [])
}

function listen(tell: () => void): () => void {
  for (const event of ['online', 'offline']) window.addEventListener(event, tell)
  return () => {
    for (const event of ['online', 'offline']) window.removeEventListener(event, tell)
  }
}
