/** The security headers of every kind of answer, in one table. */

/** `connect`: other origins that the page may call, because a scoring server lives there. */
function pagePolicy(connect: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ['connect-src', "'self'", ...connect].join(' '),
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** A worker holds the key or the records, so the browser gives it no network at all. */
const workerPolicy = "default-src 'none'; script-src 'wasm-unsafe-eval'; connect-src 'none'"

const inertPolicy = "default-src 'none'; frame-ancestors 'none'"

export type AnswerKind = 'page' | 'worker' | 'asset' | 'api'

const everywhere = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // A worker script needs the embedder policy of its page, else an isolated page may not start it.
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

export function securityHeaders(kind: AnswerKind, connect: readonly string[] = []): Record<string, string> {
  switch (kind) {
    case 'page':
      return {
        ...everywhere,
        'Content-Security-Policy': pagePolicy(connect),
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Permissions-Policy':
          'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), display-capture=()',
        'X-Frame-Options': 'DENY',
      }
    case 'worker':
      return { ...everywhere, 'Content-Security-Policy': workerPolicy }
    case 'asset':
    case 'api':
      return { ...everywhere, 'Content-Security-Policy': inertPolicy }
  }
}

/** What a file of the built page is. Vite names every worker's script `assets/worker-…`. */
export function kindOfFile(path: string): AnswerKind {
  if (path.endsWith('.html')) return 'page'
  return /^\/assets\/worker-[^/]*\.js$/.test(path) ? 'worker' : 'asset'
}
