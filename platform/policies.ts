/** The content security policies of the page and its workers (CSP Level 3), for the server's headers and the page itself. */

/**
 * The page's. `connect`: other origins that it may call, because a scoring server lives there. Its workers are started from
 * blobs, in a frame of `isolatedFramePolicy`; `self` is for the service worker.
 */
export function pagePolicy(connect: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ['connect-src', "'self'", ...connect].join(' '),
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types blindscore',
  ].join('; ')
}

/** A page's in one file, whose script and style have these digests. It may reach nothing. */
export function singleFilePolicy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src ${script} 'wasm-unsafe-eval'`,
    `style-src ${style}`,
    'img-src data: blob:',
    "connect-src 'none'",
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types blindscore',
  ].join('; ')
}

/** The element by which a page carries the policy itself. */
export function policyElement(connect: readonly string[]): string {
  return `<meta http-equiv="Content-Security-Policy" content="${pagePolicy(connect)}" />`
}

/** A page with the policy for these origins in the place of its own. */
export function withPolicy(page: string, connect: readonly string[]): string {
  return page.replace(/<meta http-equiv="Content-Security-Policy" content="[^"]*" \/>/, () => policyElement(connect))
}

/** A worker holds the key or the records, so the browser gives it no network at all. */
export const workerPolicy = "default-src 'none'; script-src 'wasm-unsafe-eval'; connect-src 'none'"

/** The frame that the page's workers are started in, and whose policy they therefore have, whatever host sends the page. */
export const isolatedFramePolicy = `${workerPolicy}; worker-src blob:`
