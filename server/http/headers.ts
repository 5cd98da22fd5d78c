import { pagePolicy, workerPolicy } from '../../platform/policies.ts'

/** The security headers of every kind of answer, in one table. */

const inertPolicy = "default-src 'none'; frame-ancestors 'none'"

export type AnswerKind = 'page' | 'worker' | 'keeper' | 'asset' | 'api' | 'docs' | 'health'

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
        // What only a header can say stands here; the rest is in the page itself, too.
        'Content-Security-Policy': `${pagePolicy(connect)}; frame-ancestors 'none'`,
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Permissions-Policy':
          'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), display-capture=()',
        'X-Frame-Options': 'DENY',
      }
    case 'worker':
      return { ...everywhere, 'Content-Security-Policy': workerPolicy }
    // The service worker fetches the page's own files, and nothing of it is run but itself.
    case 'keeper':
      return { ...everywhere, 'Content-Security-Policy': "default-src 'none'; connect-src 'self'" }
    // So that a page of another origin can tell a server that does not allow it from one that is not there.
    case 'health':
      return { ...everywhere, 'Cross-Origin-Resource-Policy': 'cross-origin', 'Content-Security-Policy': inertPolicy }
    case 'docs':
      return { ...everywhere, 'Content-Security-Policy': `${inertPolicy}; style-src 'self'`, 'X-Frame-Options': 'DENY' }
    case 'asset':
    case 'api':
      return { ...everywhere, 'Content-Security-Policy': inertPolicy }
  }
}

/** What a file of the built page is. Vite names every worker's script `assets/worker-…`. */
export function kindOfFile(path: string): AnswerKind {
  if (path.endsWith('.html')) return 'page'
  if (path === '/sw.js') return 'keeper'
  return /^\/assets\/worker-[^/]*\.js$/.test(path) ? 'worker' : 'asset'
}
