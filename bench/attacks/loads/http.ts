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
    start: (by) => by.keepWriting(24, head('GET /healthz HTTP/1.1', 'Host: 127.0.0.1', '').repeat(500)),
  },
  {
    id: 'no-http',
    name: '24 connections with what is no request',
    start: (by) => by.keepWriting(24, 'what is this\r\n\r\n'.repeat(100)),
  },
  { id: 'connecting', name: '24 connections opened and closed without pause', start: (by) => by.keepConnecting(24) },
]
