interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createHTML(text: string): string; createScriptURL(text: string): string },
  ): { createHTML(text: string): string; createScriptURL(text: string): string }
}

/** The places where the page hands the browser a document and a script. */
interface Trust {
  html(text: string): string
  script(address: string): string
}

/** A window has each policy once. */
const made = new WeakMap<object, Trust>()

/** By the one policy that Trusted Types allow the page: its frame's document, workers from blobs, its service worker. */
export function trust(scope: object): Trust {
  const known = made.get(scope) ?? makeTrust((scope as { trustedTypes?: TrustedTypes }).trustedTypes)
  made.set(scope, known)
  return known
}

function makeTrust(types: TrustedTypes | undefined): Trust {
  const itself = (text: string): string => text
  if (!types) return { html: itself, script: itself }
  const createScriptURL = (address: string): string => {
    if (address.startsWith('blob:') || address === serviceWorkerAddress) return address
    throw new TypeError('No script of this page.')
  }
  const policy = types.createPolicy('blindscore', { createHTML: itself, createScriptURL })
  return { html: (text) => policy.createHTML(text), script: (address) => policy.createScriptURL(address) }
}

export const serviceWorkerAddress = './sw.js'
