import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Piscina } from 'piscina'
import { build } from 'vite'
import type { CentredModel, Parameters } from './ckks/scheme.ts'
import type { ScoreOutcome, ScoreTask } from './ckks/scoreThread.ts'
import { inRoot } from './root.ts'

/** The page of the benchmark, bundled and served on the loopback address under the product's own isolation. */
export interface Site {
  readonly url: string
  /** Sets what the CKKS endpoint scores with. */
  prepareCkks(model: CentredModel, parameters: Parameters, threads: number): Promise<void>
  /** Milliseconds that the endpoint's threads have computed, since this was last asked. */
  computed(): number
  close(): Promise<void>
}

const output = inRoot('dist/bench-page')

export async function openSite(): Promise<Site> {
  await build({
    configFile: false,
    root: inRoot('bench/page'),
    base: './',
    logLevel: 'error',
    publicDir: false,
    build: {
      outDir: output,
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    worker: { format: 'es' },
  })
  let pool: Piscina | null = null
  let computed = 0

  const keys = new Map<string, Uint8Array>()

  const key = async (request: IncomingMessage): Promise<Uint8Array> => {
    const bytes = new Uint8Array(await buffer(request))
    // Only now: two keys may be on their way at once.
    const keyId = String(keys.size)
    keys.set(keyId, bytes)
    return new TextEncoder().encode(keyId)
  }
  const scores = async (request: IncomingMessage, keyId: string): Promise<Uint8Array> => {
    const publicKey = keys.get(keyId)
    if (pool === null || publicKey === undefined) throw new Error('CKKS has not been prepared.')
    const task: ScoreTask = { body: new Uint8Array(await buffer(request)), keyId, publicKey }
    const { answer, took } = (await pool.run(task)) as ScoreOutcome
    computed += took
    return answer
  }
  const respond = (request: IncomingMessage, path: string): Promise<Uint8Array> => {
    if (request.method !== 'POST') return file(path)
    const [, keyId] = /^\/ckks\/scores\/(\d+)$/.exec(path) ?? []
    return keyId === undefined ? key(request) : scores(request, keyId)
  }
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    respond(request, path).then(
      (bytes) => response.writeHead(200, headers(path)).end(bytes),
      (thrown: NodeJS.ErrnoException) => {
        response.writeHead(thrown.code === 'ENOENT' ? 404 : 500, headers('.txt')).end(thrown.message)
      },
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async prepareCkks(model, parameters, threads) {
      await pool?.destroy()
      const filename = inRoot('dist/bench/ckks/scoreThread.js')
      pool = new Piscina({ filename, minThreads: threads, maxThreads: threads, workerData: { model, parameters } })
    },
    computed() {
      const taken = computed
      computed = 0
      return taken
    },
    async close() {
      await pool?.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function file(path: string): Promise<Uint8Array> {
  if (path === '/seal.wasm') return readFile(inRoot('node_modules/node-seal-7/dist/seal_throws.wasm'))
  return readFile(join(output, normalize(path === '/' ? '/index.html' : path)))
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
}

function headers(path: string): Record<string, string> {
  return {
    'Content-Type': types[path === '/' ? '.html' : extname(path)] ?? 'application/octet-stream',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Content-Security-Policy':
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'",
    'Cache-Control': 'no-store',
  }
}
