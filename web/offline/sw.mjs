// The page's service worker. It keeps the page's own files, so that the page opens without a network, and gives them the
// headers by which a browser isolates a page, so that its workers may share memory. It answers for those files alone:
// what the page sends elsewhere goes past it. `tools/serviceWorker.mjs` writes the build's files and their digest here.

/** @type {any} */
const scope = self
const files = new Set(__FILES__)
const kept = `blindscore ${scope.registration.scope} `
const name = `${kept}__VERSION__`

const isolating = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

scope.addEventListener('install', (/** @type {any} */ event) => event.waitUntil(keep()))
scope.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(forgetOthers()))
// A newer version waits until the person wants it: until then the open page and its files are of one version.
scope.addEventListener('message', (/** @type {any} */ { data }) => {
  if (data === 'use the newer version') scope.skipWaiting()
})
scope.addEventListener('fetch', (/** @type {any} */ event) => {
  const { method, url } = event.request
  if (method !== 'GET' || !url.startsWith(scope.registration.scope)) return
  const path = new URL(url).href.slice(scope.registration.scope.length).replace(/[?#].*$/, '')
  if (files.has(path)) event.respondWith(answer(path))
})

async function keep() {
  const cache = await caches.open(name)
  // Past the browser's own cache, which may have files of the version before.
  const ask = (/** @type {string} */ path) =>
    new Request(new URL(path, scope.registration.scope), { cache: 'no-cache' })
  await cache.addAll([...files].map(ask))
}

async function forgetOthers() {
  for (const each of await caches.keys()) if (each.startsWith(kept) && each !== name) await caches.delete(each)
}

/** @param {string} path */
async function answer(path) {
  const address = new URL(path, scope.registration.scope).href
  const found = (await (await caches.open(name)).match(address)) ?? (await fetch(address))
  // An answer that was led elsewhere may not be given for a page.
  const { status, statusText, headers } = found
  const response = new Response(found.body, { status, statusText, headers })
  for (const [header, value] of Object.entries(isolating)) response.headers.set(header, value)
  return response
}
