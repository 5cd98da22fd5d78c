import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { withPolicy } from '../../platform/policies.ts'
import { sha256Hex } from '../digest.ts'
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

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.csv': 'text/csv; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
}

const compress = promisify(gzip)

/**
 * The regular files below `folder`, or null when there is no such folder: then this server is an API alone. The policy that
 * a page carries is made this server's: `connect` are the other origins that the page may call.
 */
export async function readPage(folder: string, connect: readonly string[]): Promise<PageFiles | null> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => null)
  if (entries === null) return null
  const files = new Map<string, PageFile>()
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const path = `/${relative(folder, file).split(sep).join('/')}`
    const bytes = new Uint8Array(await readFile(file))
    files.set(path, await pageFile(path, path.endsWith('.html') ? repolicied(bytes, connect) : bytes))
  }
  const index = files.get('/index.html')
  if (index !== undefined) files.set('/', index)
  return files
}

function repolicied(page: Uint8Array, connect: readonly string[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(withPolicy(new TextDecoder().decode(page), connect))
}

export async function pageFile(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<PageFile> {
  const type = types[extname(path)] ?? 'application/octet-stream'
  const small = /^text\/|json$|svg/.test(type) ? new Uint8Array(await compress(bytes)) : bytes
  return { bytes, gzip: small.length < bytes.length * 0.9 ? small : null, type, etag: sha256Hex(bytes).slice(0, 32) }
}

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
