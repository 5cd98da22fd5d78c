import { serviceWorkerAddress, trust } from '../workers/trust.ts'

/** What the page knows of its service worker, which keeps its files for when there is no network. */
export type Offline =
  /** None, or not yet. */
  | { readonly status: 'none' }
  /** The page opens without a network. */
  | { readonly status: 'kept' }
  /** A newer version is there, and waits until `use` is called. */
  | { readonly status: 'newer'; readonly use: () => void }

/** Has the page kept, where the browser can. `tell` hears what is so, and of every change. */
export async function keepPage(tell: (offline: Offline) => void): Promise<void> {
  const { serviceWorker } = navigator
  if (!serviceWorker) return
  const registration = await serviceWorker.register(trust(window).script(serviceWorkerAddress), {
    updateViaCache: 'none',
  })
  const look = (): void => {
    const { waiting, active } = registration
    if (waiting && active) tell({ status: 'newer', use: () => use(waiting) })
    else if (active) tell({ status: 'kept' })
  }
  const watch = (): void => registration.installing?.addEventListener('statechange', look)
  registration.addEventListener('updatefound', watch)
  watch()
  look()
}

/** Loads the page anew, in its newest version where there is a newer one than is kept. */
export async function loadNewest(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined)
  if (registration?.active) {
    // Without a network, what is kept is the newest that there is.
    await registration.update().catch(() => {})
    const { installing } = registration
    if (installing) await installed(installing)
    if (registration.waiting) return use(registration.waiting)
  }
  location.reload()
}

function installed(worker: ServiceWorker): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (worker.state !== 'installing') resolve()
    }
    worker.addEventListener('statechange', look)
    look()
  })
}

/** The newer version takes the page over, which is loaded anew with it. */
function use(waiting: ServiceWorker): void {
  // Not when it controls this page: one that was loaded past the one before is controlled by none.
  waiting.addEventListener('statechange', () => {
    if (waiting.state === 'activated') location.reload()
  })
  waiting.postMessage('use the newer version')
}
