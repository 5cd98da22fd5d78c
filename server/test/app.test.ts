import { Validator } from '@seriousme/openapi-schema-validator'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import { card } from '../../core/card/card.ts'
import { errorCodes } from '../../core/errors.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import type { Chunk } from '../../core/protocol/wire.ts'
import type { Compute } from '../compute/compute.ts'
import { docsPage } from '../http/docsPage.ts'
import * as openapi from '../http/openapi.ts'
import type { PageFiles } from '../http/pageFiles.ts'
import { problemOf } from '../http/problem.ts'
import { pageFile } from '../http/readPage.ts'
import { modelList } from '../http/schemas.ts'
import { jsonLog } from '../jsonLog.ts'
import { docsRoutes } from '../routes/docs.ts'
import { clientOf } from '../state/client.ts'
import { readVendor } from '../vendor.ts'
import {
  Client,
  chunkRequest,
  computeHere,
  makeWorld,
  problemOfResponse,
  register,
  tiny,
  zero,
} from './support/world.ts'

const world = await makeWorld()

describe('models', () => {
  test('are listed by summary, with the limits of a chunk', async () => {
    const list = z.parse(modelList, await (await world.ask('/v1/models')).json())
    expect(list.models.map(({ id, hash }) => [id, hash])).toEqual([
      ['tiny', tiny.card.hash],
      ['zero', zero.card.hash],
    ])
    expect(list.limits).toEqual({ recordsPerChunk: 65_536, bodyBytes: 8 * 2 ** 20 })
  })

  test('have their whole card, whose entity tag is its hash', async () => {
    const response = await world.ask('/v1/models/tiny')
    expect(z.parse(card, await response.json())).toEqual(tiny.card)
    const etag = response.headers.get('etag') ?? ''
    expect(etag).toBe(`"${tiny.card.hash}"`)
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await world.ask('/v1/models/tiny', { headers: { 'If-None-Match': header } })
      expect([again.status, await again.text()]).toEqual([304, ''])
    }
    expect((await world.ask('/v1/models/tiny', { headers: { 'If-None-Match': '"other"' } })).status).toBe(200)
  })

  test('a title with markup stays text: JSON, not sniffed, no script allowed', async () => {
    const response = await world.ask('/v1/models/tiny')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect((await response.json()).title).toBe('Tiny <script>alert(1)</script>')
  })

  test('that do not exist: 404, whatever object has a member of that name', async () => {
    for (const id of ['none', '__proto__', 'constructor', 'hasOwnProperty']) {
      expect(await problemOfResponse(await world.ask(`/v1/models/${id}`))).toEqual({
        status: 404,
        code: 'model/unknown',
      })
    }
  })
})

describe('operations', () => {
  test('healthz and readyz; a server that is leaving is healthy and not ready', async () => {
    const { status, headers } = await world.ask('/healthz')
    expect(status).toBe(200)
    // A page of another origin sees that somebody answers, and of nothing else even that.
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect((await world.ask('/v1/models')).headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect((await world.ask('/readyz')).status).toBe(200)
    const leaving = await makeWorld({ draining: () => true })
    const [healthz, readyz] = [await leaving.ask('/healthz'), await leaving.ask('/readyz')]
    expect([healthz.status, readyz.status, await readyz.json()]).toEqual([200, 503, { status: 'draining' }])
    expect(readyz.headers.get('connection')).toBe('close')
  })

  test('openapi.json describes every route with the schemas that check it', async () => {
    const document = await (await world.ask('/openapi.json')).json()
    expect(document.openapi).toBe('3.1.0')
    const routes = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item as object).map((method) => `${method} ${path}`),
    )
    expect(routes.sort()).toEqual([
      'get /healthz',
      'get /metrics',
      'get /readyz',
      'get /v1/audit/checkpoint',
      'get /v1/models',
      'get /v1/models/{id}',
      'get /v1/usage',
      'post /v1/models/{id}/files',
      'post /v1/models/{id}/phe',
      'post /v1/models/{id}/scores',
      'put /v1/keys/{fingerprint}',
    ])
    const key = document.paths['/v1/keys/{fingerprint}'].put
    expect(key.requestBody.content['application/json'].schema).toMatchObject({
      required: ['n', 'proof'],
      additionalProperties: false,
    })
    const score = document.paths['/v1/models/{id}/scores'].post
    expect(Object.keys(score.requestBody.content)).toEqual(['application/cbor', 'application/json'])
    expect(Object.keys(score.responses)).toEqual(['200', '400', '401', '403', '404', '409', '413', '415', '429', '503'])
    const file = document.paths['/v1/models/{id}/files'].post
    expect(Object.keys(file.requestBody.content)).toEqual(['application/octet-stream'])
    const problem = score.responses[409].content['application/problem+json'].schema
    expect(problem.properties.code.enum).toEqual(errorCodes)
  })

  test('openapi.json is what OpenAPI 3.1 says, says where the API is, and refers to nothing that is not there', async () => {
    const document = await (await world.ask('/openapi.json')).json()
    expect((await new Validator().validate(structuredClone(document))).errors).toBeUndefined()
    expect(document.servers).toEqual([{ url: '/' }])
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref]) => ref as string)
    expect(new Set(refs)).toContain('#/components/schemas/Expression')
    for (const ref of new Set(refs)) {
      const found = ref
        .slice(2)
        .split('/')
        .reduce((at, name) => at?.[name], document)
      expect([ref.slice(0, 2), typeof found]).toEqual(['#/', 'object'])
    }
    const chunk = document.paths['/v1/models/{id}/scores'].post.requestBody.content['application/json'].schema
    expect(chunk.properties.records.minimum).toBe(1)
  })

  test('metrics count by route, status and code, and by nothing that a client chose', async () => {
    const own = await makeWorld()
    await own.ask('/v1/models/planted-in-a-path')
    await own.ask('/planted-elsewhere?planted=1', { method: 'PATCH' })
    await own.ask('/v1/models')
    const text = await (await own.ask('/metrics')).text()
    expect(text).toContain('blindscore_requests_total{method="GET",route="/v1/models/:id",status="404"} 1')
    expect(text).toContain('blindscore_requests_total{method="GET",route="/v1/models",status="200"} 1')
    expect(text).toContain('blindscore_requests_total{method="other",route="page",status="404"} 1')
    expect(text).toContain('blindscore_problems_total{code="model/unknown"} 1')
    expect(text).not.toContain('planted')
  })

  test('metrics are for this machine alone, unless they are opened: they tell what all clients do', async () => {
    const closed = await makeWorld({ openMetrics: false })
    const status = async (address: string, headers = {}) => (await closed.ask('/metrics', { headers }, address)).status
    expect(await status('192.0.2.1')).toBe(404)
    // A proxy on this machine asks for others.
    expect(await status('127.0.0.1', { 'X-Forwarded-For': '192.0.2.1' })).toBe(404)
    expect(await status('127.0.0.1', { Forwarded: 'for=192.0.2.1' })).toBe(404)
    for (const own of ['127.0.0.1', '::ffff:127.0.0.1', '::1']) expect(await status(own)).toBe(200)
  })

  test('/docs is the same for people: every route, without a script, a style or a link of anybody else', async () => {
    const own = await makeWorld({ moreRoutes: docsRoutes })
    const answer = await own.ask('/docs')
    const page = await answer.text()
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; frame-ancestors 'none'; style-src 'self'",
    )
    const { paths, components } = await (await own.ask('/openapi.json')).json()
    for (const path of Object.keys(paths)) expect(page).toContain(`<code>${path}</code>`)
    for (const name of Object.keys(components.schemas)) expect(page).toContain(`id="${name}"`)
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${id}"`)
    expect(page).not.toMatch(/<script|style=|<style|https?:\/\/|javascript:/i)
    // What descriptions have between backticks is code; in schemas it is text.
    expect(page.replace(/<pre>[^<]*<\/pre>|<code>[^<]*<\/code>/g, '')).not.toContain('`')
    expect((await own.ask('/docs.css')).headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect((await world.ask('/docs')).status).toBe(404)
  })

  test('a document that says markup is shown as text', () => {
    const odd = '<img src=x onerror="alert(1)">&\''
    const paths = {
      [`/${odd}`]: { get: { summary: odd, description: `\`${odd}\``, responses: { [odd]: { description: odd } } } },
    }
    const page = docsPage({
      info: { title: odd, version: odd },
      paths,
      components: { schemas: { [odd]: { title: odd } } },
    })
    expect(page).not.toContain('<img')
    expect(page).toContain('<p><code>&lt;img')
    expect(page.match(/&lt;img src=x onerror=&quot;alert\(1\)&quot;&gt;&amp;&#39;/g)?.length).toBeGreaterThan(6)
  })

  test('the list of models says who answers, where the operator says so', async () => {
    const read = (of: object) => readVendor({ name: 'XYZ', ...of })
    const vendor = read({ terms: 'https://xyz.example/terms', contact: 'mailto:scores@xyz.example' })
    expect(vendor).toMatchObject({ name: 'XYZ', terms: { url: 'https://xyz.example/terms' } })
    const own = await makeWorld({ vendor })
    expect(await (await own.ask('/v1/models')).json()).toMatchObject({ vendor })
    expect(await (await world.ask('/v1/models')).json()).not.toHaveProperty('vendor')
    expect(read({ terms: 'Be kind.\nSecond line.' })?.terms).toEqual({ text: 'Be kind.\nSecond line.' })
    const wrong = [
      { name: '' },
      { name: 'a\u0000b' },
      { contact: 'javascript:alert(1)' },
      { contact: 'http://x.example' },
    ]
    const odd = [
      { contact: 'https://exa mple' },
      { contact: 'mailto:"><b>' },
      { terms: '' },
      { more: 1 },
      { name: 'x'.repeat(101) },
    ]
    for (const each of [...wrong, ...odd]) expect([each, read(each)]).toEqual([each, null])
  })

  test('openapi.json is made once', async () => {
    const own = await makeWorld()
    const described = vi.spyOn(openapi, 'describeApi')
    const texts = await Promise.all([1, 2, 3].map(async () => (await own.ask('/openapi.json')).text()))
    texts.push(await (await own.ask('/openapi.json')).text())
    expect(new Set(texts).size).toBe(1)
    expect(described).toHaveBeenCalledTimes(1)
  })

  test('metrics have what arithmetic took by kind of work, and how masks were made, from the start', async () => {
    const text = await (await (await makeWorld()).ask('/metrics')).text()
    for (const work of ['check', 'score', 'mask', 'table']) {
      expect(text).toContain(`blindscore_compute_seconds_total{work="${work}"} 0`)
    }
    for (const how of ['direct', 'table']) expect(text).toContain(`blindscore_masks_made_total{how="${how}"} 0`)
    expect(text).toContain('blindscore_masks_stock 0')
    expect(text).toContain('blindscore_mask_tables 0')
    expect(text).toContain('blindscore_mask_table_bytes 0')
  })
})

describe('addresses and methods that do not exist', () => {
  test.each([
    ['GET', '/nothing'],
    ['POST', '/v1/models'],
    ['GET', '/v1/models/tiny/scores'],
    ['DELETE', '/v1/keys/x'],
    ['GET', '/v1/%'],
    ['GET', '/..%2f..%2fpackage.json'],
  ])('%s %s: 404', async (method, path) => {
    expect(await problemOfResponse(await world.ask(path, { method }))).toEqual({
      status: 404,
      code: 'request/not-found',
    })
  })
})

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

describe('one client does not take what others need', () => {
  test('beyond its places it is told to come back; others are served', async () => {
    const waiting: (() => void)[] = []
    const here = computeHere([tiny])
    const compute = {
      ...here,
      score: async (...task: Parameters<typeof here.score>) => {
        await new Promise<void>((resolve) => waiting.push(resolve))
        return here.score(...task)
      },
    }
    const own = await makeWorld({ models: [tiny], compute }, { scorings: 3, requestsPerClient: 2 })
    const client = await Client.make()
    await register(own, client)
    const body = chunkRequest(client.seal(tiny.card, [['18', '0', 'north']]))
    const score = (address: string) => own.ask('/v1/models/tiny/scores', body, address)
    const begun = async (count: number) => {
      while (waiting.length < count) await new Promise((resolve) => setImmediate(resolve))
    }
    const first = [score('192.0.2.1'), score('192.0.2.1')]
    await begun(2)
    const third = await score('192.0.2.1')
    expect(third.headers.get('retry-after')).toBe('1')
    expect(await problemOfResponse(third)).toEqual({ status: 503, code: 'request/busy' })
    const other = score('192.0.2.2')
    await begun(3)
    expect(await problemOfResponse(await score('192.0.2.3'))).toEqual({ status: 503, code: 'request/busy' })
    for (const end of waiting.splice(0)) end()
    expect((await Promise.all([...first, other])).map(({ status }) => status)).toEqual([200, 200, 200])
    const after = score('192.0.2.1')
    await begun(1)
    waiting.pop()?.()
    expect((await after).status).toBe(200)
    expect(own.service.admission.scoring).toBe(0)
  })

  test('a budget in records an hour counts slots: what is refused, fails or is sent again is not charged', async () => {
    const client = await Client.make()
    const { slots } = layoutOf('paillier-2048', tiny.card)
    const here = computeHere([tiny])
    let fails = false
    const compute: Compute = {
      ...here,
      score: (...task) => (fails ? Promise.reject(new Error('a thread died')) : here.score(...task)),
    }
    const own = await makeWorld({ models: [tiny], compute }, { recordsPerHour: 3 * slots })
    await register(own, client)
    const seal = (count: number) => client.seal(tiny.card, Array(count).fill(['18', '0', 'north']))
    const score = (chunk: Chunk, address = '192.0.2.1') =>
      own.ask('/v1/models/tiny/scores', chunkRequest(chunk), address)
    const statuses = async (...chunks: Chunk[]) =>
      (await Promise.all(chunks.map((chunk) => score(chunk)))).map(({ status }) => status)

    const one = seal(1)
    const bad = { ...seal(1), ciphertexts: one.ciphertexts.slice().fill(0, 512) }
    for (let i = 0; i < 5; i++) expect(await statuses(bad)).toEqual([400])
    fails = true
    for (let i = 0; i < 5; i++) expect(await statuses(seal(1))).toEqual([500])
    fails = false
    // Four blocks are more than an hour ever has; so many records in two blocks are not.
    expect(await statuses(seal(3 * slots + 1))).toEqual([413])
    expect(await statuses(seal(slots + 1))).toEqual([200])
    // One record is a block: whatever else is in its slots is answered as well.
    expect(await statuses(one)).toEqual([200])
    expect(await statuses(one, one, one, one)).toEqual([200, 200, 200, 200])
    const refused = await score(seal(1))
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000)
    expect(await problemOfResponse(refused)).toEqual({ status: 429, code: 'request/budget' })
    expect((await score(seal(3 * slots), '192.0.2.2')).status).toBe(200)
    const metrics = await (await own.ask('/metrics')).text()
    expect(metrics).toContain(`blindscore_slots_total{model="tiny"} ${(3 + 4 + 3) * slots}`)
  })

  test('the same chunk sent many times at once is charged once', async () => {
    const client = await Client.make()
    const { slots } = layoutOf('paillier-2048', tiny.card)
    const own = await makeWorld({ models: [tiny] }, { recordsPerHour: 5 * slots })
    await register(own, client)
    const chunk = client.seal(tiny.card, [['18', '0', 'north']])
    const score = (each: Chunk) => own.ask('/v1/models/tiny/scores', chunkRequest(each))
    const answers = await Promise.all(Array.from({ length: 4 }, () => score(chunk)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const rest = client.seal(tiny.card, Array(4 * slots).fill(['18', '0', 'north']))
    expect((await score(rest)).status).toBe(200)
  })

  test('clients are told apart by address, of IPv6 by the network that one has', () => {
    expect(clientOf('192.0.2.1')).toBe('192.0.2.1')
    expect(clientOf('::ffff:192.0.2.1')).toBe('192.0.2.1')
    expect(clientOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
    expect(clientOf('2001:DB8:1:2::1')).toBe('2001:db8:1:2::/64')
    expect(clientOf('2001:db8::1')).toBe('2001:db8:0:0::/64')
    expect(clientOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
    expect(clientOf(undefined)).toBe('unknown')
  })
})

test('what was not foreseen keeps its message to itself', () => {
  const problem = problemOf(new TypeError('planted-message 42'))
  expect(problem).toMatchObject({ status: 500, code: 'internal', detail: 'Something failed that should not have.' })
})

test('the log drops members that it must never hold', () => {
  const lines: string[] = []
  const log = jsonLog('info', { write: (line) => void lines.push(line) })
  const planted = 'planted-secret'
  log.info(
    { n: planted, proof: planted, body: planted, request: { ciphertexts: planted, headers: planted }, kept: 1 },
    'x',
  )
  expect(lines.join('')).not.toContain(planted)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ kept: 1 })
})
