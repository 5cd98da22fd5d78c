import { kindOfFile, securityHeaders } from './headers.ts'

/** A file of the built page, ready to be sent. */
export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Compressed, for text that gains by it. */
  readonly gzip: Uint8Array<ArrayBuffer> | null
  readonly type: string
  readonly etag: string
}

/** The built page by path, "/" included. Read once: what is not in the table does not exist, whatever a path says. */
export type PageFiles = ReadonlyMap<string, PageFile>

/** The answer for a path of the page, or null when there is no such file. */
export function pageResponse(files: PageFiles, request: Request, connect: readonly string[]): Response | null {
  const path = decodedPath(request)
  const file = path === null ? undefined : files.get(path)
  if (path === null || file === undefined) return null
  const etag = `"${file.etag}"`
  const headers = new Headers({
    ...securityHeaders(kindOfFile(path === '/' ? '/index.html' : path), connect),
    'Content-Type': file.type,
    ETag: etag,
    Vary: 'Accept-Encoding',
    // Names below /assets carry a hash of their content.
    'Cache-Control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (matchesEtag(request, etag)) return new Response(null, { status: 304, headers })
  const zipped =
    file.gzip !== null && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(request.headers.get('accept-encoding') ?? '')
  if (zipped) headers.set('Content-Encoding', 'gzip')
  const body = zipped && file.gzip !== null ? file.gzip : file.bytes
  headers.set('Content-Length', String(body.length))
  return new Response(body, { headers })
}

/** Whether If-None-Match names this entity. */
export function matchesEtag(request: Request, etag: string): boolean {
  const named = (request.headers.get('if-none-match') ?? '').split(',').map((each) => each.trim())
  return named.some((each) => each === '*' || each.replace(/^W\//, '') === etag)
}

function decodedPath(request: Request): string | null {
  try {
    return decodeURIComponent(new URL(request.url).pathname)
  } catch {
    return null
  }
}
