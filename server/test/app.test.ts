import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import { card } from '../../core/card/card.ts'
import { errorCodes } from '../../core/errors.ts'
import { readVendor } from '../brand.ts'
import { docsPage } from '../http/docsPage.ts'
import * as openapi from '../http/openapi.ts'
import { problemOf } from '../http/problem.ts'
import { modelList } from '../http/schemas.ts'
import { jsonLog } from '../jsonLog.ts'
import { docsRoutes } from '../routes/docs.ts'
import { makeWorld, problemOfResponse, tiny, zero } from './support/world.ts'

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
      { terms: 'http://xyz.example/terms' },
      { terms: 'https://exa"mple' },
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
