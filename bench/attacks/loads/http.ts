import type { Caller } from '../caller.ts'
import type { Load } from '../load.ts'

/** Requests and connections, whatever they ask for. */

const cbor = 'application/cbor'
const scores = ({ target }: Caller) => `/v1/models/${target.model}/scores`
const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n`

function gets(count: number, path: string) {
  return (by: Caller): void => by.keepAsking(count, () => by.ask('GET', path))
}

function slowBodies(by: Caller): void {
  const lines = ['Host: 127.0.0.1', 'Content-Type: application/cbor', 'Content-Length: 2000000', '']
  by.keepConnected(300, head(`POST ${scores(by)} HTTP/1.1`, ...lines), 'x')
}

/** Bodies to where nothing is: answered before they have come. */
function unreadBodies(by: Caller): void {
  const body = new Uint8Array(60 * 2 ** 20)
  by.keepAsking(24, () => by.ask('POST', '/v1/nothing', { type: cbor, body }))
}

/** More is announced than a client's pace lets in: what is asked beside it is refused. */
function refused(by: Caller): void {
  const body = new Uint8Array(8 * 2 ** 20)
  by.keepAsking(60, (lane) =>
    lane < 4 ? by.ask('POST', '/v1/nothing', { type: cbor, body, breaksOffAt: 1 }) : by.ask('GET', '/healthz'),
  )
}

const manyHeaders = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`x-${i}`, 'x'.repeat(25)]))

/** The page's script, whole and uncompressed. */
async function pageFiles(by: Caller): Promise<void> {
  const { body } = await by.ask('GET', '/')
  const path = /assets\/index-[\w-]+\.js/.exec(body.toString())?.[0] ?? ''
  gets(60, `/${path}`)(by)
}

/** A chunk in JSON with as many texts as a body holds. */
function texts(by: Caller): void {
  const name = '0'.repeat(64)
  const head = `{"v":1,"card":"${name}","key":"${name}","run":"${name.slice(32)}","chunk":0,"records":1,"ciphertexts":["A"`
  const body = Buffer.from(`${head}${',"A"'.repeat(250_000)}]}`)
  by.keepAsking(20, () => by.ask('POST', scores(by), { type: 'application/json', body }))
}

const tinyChunks = ['Host: 127.0.0.1', 'Content-Type: application/cbor', 'Transfer-Encoding: chunked', '']

const manyRequests = head('GET /healthz HTTP/1.1', 'Host: 127.0.0.1', '').repeat(500)

export const httpLoads: readonly Load[] = [
  {
    id: 'no-chunks',
    name: '20 bodies that are no chunk, without pause',
    start: (by) => by.keepAsking(20, () => by.ask('POST', scores(by), { type: cbor, body: new Uint8Array(100) })),
  },
  { id: 'openapi', name: '20 × GET /openapi.json without pause', start: gets(20, '/openapi.json') },
  { id: 'metrics', name: '20 × GET /metrics without pause', start: gets(20, '/metrics') },
  { id: 'usage', name: '20 × GET /v1/usage without pause', start: gets(20, '/v1/usage') },
  { id: 'models', name: '60 × GET /v1/models without pause', start: gets(60, '/v1/models') },
  {
    id: 'card',
    name: '20 × GET of a card without pause',
    start: (by) => gets(20, `/v1/models/${by.target.model}`)(by),
  },
  { id: 'idle', name: '500 idle connections', start: (by) => by.keepConnected(500, '', '') },
  { id: 'very-idle', name: '4,200 idle connections', start: (by) => by.keepConnected(4200, '', '') },
  { id: 'slow-bodies', name: '300 slow bodies, a byte a second', start: slowBodies },
  { id: 'unread-bodies', name: '24 bodies of 60 MiB to where nothing is', start: unreadBodies },
  {
    id: 'pipelined',
    name: '24 connections full of requests that wait for no answer',
    start: (by) => by.keepWriting(24, manyRequests),
  },
  {
    id: 'pipelined-strangers',
    name: '24 connections full of requests, each from an address of its own',
    start: (by) => by.keepWriting(24, manyRequests, { strangers: true }),
  },
  {
    id: 'no-http',
    name: '24 connections with what is no request',
    start: (by) => by.keepWriting(24, 'what is this\r\n\r\n'.repeat(100)),
  },
  {
    id: 'expectations',
    name: '24 connections full of requests that expect what no server does',
    start: (by) =>
      by.keepWriting(24, head('GET /healthz HTTP/1.1', 'Host: 127.0.0.1', 'Expect: anything', '').repeat(500)),
  },
  {
    id: 'tiny-chunks',
    name: '24 bodies in chunks of a byte, as fast as they are taken',
    start: (by) =>
      by.keepWriting(24, '1\r\nx\r\n'.repeat(5000), { first: head(`POST ${scores(by)} HTTP/1.1`, ...tinyChunks) }),
  },
  {
    id: 'headers',
    name: '60 × GET with 13 KB of headers without pause',
    start: (by) => by.keepAsking(60, () => by.ask('GET', '/healthz', { headers: manyHeaders })),
  },
  { id: 'refused', name: '60 × GET without pause beyond what is let in', start: refused },
  { id: 'page-files', name: '60 × GET of the page’s script without pause', start: pageFiles },
  { id: 'texts', name: '20 chunks in JSON with 250,000 texts', start: texts },
  {
    id: 'unread-answers',
    name: '60 connections that read none of eight answers each',
    start: (by) => by.keepUnread(60, head('GET /openapi.json HTTP/1.1', 'Host: 127.0.0.1', '').repeat(8)),
  },
  {
    id: 'churn',
    name: '60 × GET without pause, each over a connection of its own',
    start: (by) => by.keepAsking(60, () => by.ask('GET', '/healthz', { headers: { Connection: 'close' } })),
  },
  {
    id: 'abandoned',
    name: '24 connections that are closed as soon as they have asked',
    start: (by) => by.keepConnecting(24, head('GET /healthz HTTP/1.1', 'Host: 127.0.0.1', '')),
  },
  {
    id: 'many-idle',
    name: '64 idle connections from each of 40 addresses',
    addresses: 40,
    start: (by) => by.keepConnected(64, '', ''),
  },
  { id: 'connecting', name: '24 connections opened and closed without pause', start: (by) => by.keepConnecting(24) },
]
