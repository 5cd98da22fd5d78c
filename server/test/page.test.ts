import { beforeAll, describe, expect, test } from 'vitest'
import type { PageFiles } from '../http/pageFiles.ts'
import { pageFile } from '../http/readPage.ts'
import { makeWorld } from './support/world.ts'

/** The page and its files, and pages of other origins. */

describe('the page', () => {
  let files: PageFiles
  beforeAll(async () => {
    const bytes = (text: string) => new TextEncoder().encode(text)
    const names = ['/index.html', '/assets/index-1a2b.js', '/assets/worker-vault-1a2b.js', '/samples/a.csv']
    const map = new Map(
      await Promise.all(
        names.map(async (name) => [name, await pageFile(name, bytes(`<${name}> `.repeat(200)))] as const),
      ),
    )
    files = map.set('/', map.get('/index.html') as never)
  })
  const served = () => makeWorld({ page: files, connectOrigins: ['https://scores.example'] })

  test('has a strict policy, isolation, and may call itself and the named origins', async () => {
    const { headers, status } = await (await served()).ask('/')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';")
    expect(policy).toContain("connect-src 'self' https://scores.example;")
    for (const part of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "worker-src 'self'"]) {
      expect(policy).toContain(part)
    }
    expect(policy).not.toContain('unsafe-inline')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-cache')
  })

  test('starts workers that have no network', async () => {
    const { headers } = await (await served()).ask('/assets/worker-vault-1a2b.js')
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'wasm-unsafe-eval'; connect-src 'none'",
    )
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp')
  })

  test('is compressed where it is asked for, cached by hash, and known by its entity tag', async () => {
    const path = '/assets/index-1a2b.js'
    const plain = await (await served()).ask(path)
    const zipped = await (await served()).ask(path, { headers: { 'Accept-Encoding': 'br, gzip' } })
    expect([plain.headers.get('content-encoding'), zipped.headers.get('content-encoding')]).toEqual([null, 'gzip'])
    const unzipped = new Response(zipped.body?.pipeThrough(new DecompressionStream('gzip')))
    expect(await unzipped.text()).toBe(await plain.text())
    const refused = await (await served()).ask(path, { headers: { 'Accept-Encoding': 'gzip;q=0' } })
    expect(refused.headers.get('content-encoding')).toBeNull()
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const again = await (await served()).ask(path, { headers: { 'If-None-Match': plain.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
  })

  test.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/assets/..%2f..%2fpackage.json',
    '/%00',
    '/%',
    '/assets',
    '/index.html/',
  ])('has nothing at %s', async (path) => {
    expect((await (await served()).ask(path)).status).toBe(404)
  })

  test('is only read', async () => {
    expect((await (await served()).ask('/', { method: 'POST', body: 'x' })).status).toBe(404)
    const head = await (await served()).ask('/', { method: 'HEAD' })
    expect(head.status).toBe(200)
  })
})

describe('other origins', () => {
  const ask = async (origin: string, init: RequestInit = {}, corsOrigins: string[] = ['https://page.example']) =>
    (await makeWorld({ corsOrigins })).ask('/v1/models', { ...init, headers: { Origin: origin, ...init.headers } })
  const allowed = 'access-control-allow-origin'

  test('may call the API when they are named, and read what they need of its answers', async () => {
    const { headers } = await ask('https://page.example')
    expect(headers.get(allowed)).toBe('https://page.example')
    expect(headers.get('access-control-expose-headers')).toBe('ETag,Retry-After,Server-Timing')
    expect(headers.get('timing-allow-origin')).toBe('https://page.example')
    expect(headers.get('access-control-allow-credentials')).toBeNull()
    expect((await ask('https://other.example')).headers.get('timing-allow-origin')).toBeNull()
    expect((await ask('https://other.example')).headers.get(allowed)).toBeNull()
    expect((await ask('https://page.example', {}, [])).headers.get(allowed)).toBeNull()
  })

  test('preflights are answered for them alone', async () => {
    const preflight: RequestInit = {
      method: 'OPTIONS',
      headers: { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' },
    }
    const granted = await ask('https://page.example', preflight)
    expect(granted.status).toBe(204)
    expect(granted.headers.get('access-control-allow-methods')).toBe('GET,PUT,POST,DELETE')
    expect((await ask('https://other.example', preflight)).headers.get(allowed)).toBeNull()
    expect((await ask('https://page.example', preflight, [])).status).toBe(404)
  })

  test.each(['/v1/models/none', '/v1/none', '/v9/models'])(
    'problems reach them too, also that there is no such version: %s',
    async (path) => {
      const response = await (await makeWorld({ corsOrigins: ['https://page.example'] })).ask(path, {
        headers: { Origin: 'https://page.example' },
      })
      expect([response.status, response.headers.get(allowed)]).toEqual([404, 'https://page.example'])
    },
  )

  test('what is not of the API stays theirs alone', async () => {
    const world = await makeWorld({ corsOrigins: ['https://page.example'] })
    for (const path of ['/metrics', '/healthz', '/vendor/x', '/v/x']) {
      const response = await world.ask(path, { headers: { Origin: 'https://page.example' } })
      expect(response.headers.get(allowed), path).toBeNull()
    }
  })
})
