import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { withPolicy } from '../../platform/policies.ts'
import { sha256Hex } from '../digest.ts'
import type { PageFile, PageFiles } from './pageFiles.ts'

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
    files.set(path, await pageFile(path, edited(path, bytes, connect)))
  }
  const index = files.get('/index.html')
  if (index !== undefined) files.set('/', index)
  return files
}

function edited(path: string, bytes: Uint8Array<ArrayBuffer>, connect: readonly string[]): Uint8Array<ArrayBuffer> {
  if (path.endsWith('.html')) return repolicied(bytes, connect)
  // A page with another policy is another version to who keeps it (`web/offline/sw.mjs`).
  if (path === '/sw.js' && connect.length > 0) {
    return new Uint8Array(Buffer.concat([bytes, Buffer.from(`// For a page that may call ${connect.join(' ')}\n`)]))
  }
  return bytes
}

function repolicied(page: Uint8Array, connect: readonly string[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(withPolicy(new TextDecoder().decode(page), connect))
}

export async function pageFile(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<PageFile> {
  const type = types[extname(path)] ?? 'application/octet-stream'
  const small = /^text\/|json$|svg/.test(type) ? new Uint8Array(await compress(bytes)) : bytes
  return { bytes, gzip: small.length < bytes.length * 0.9 ? small : null, type, etag: sha256Hex(bytes).slice(0, 32) }
}
