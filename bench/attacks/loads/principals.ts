import type { Load } from '../load.ts'
import { chunks } from './scoring.ts'

const type = 'application/cbor'
const body = new Uint8Array(8 * 2 ** 20)

/** Who has an API key, beside another who has one. */

const needs = ['apiKeys'] as const
const asking = 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'

export const principalLoads: readonly Load[] = [
  {
    id: 'one-principal',
    name: '24 chunks of 124 blocks from each of 3 addresses under one API key',
    addresses: 3,
    needs,
    bearer: 'own',
    start: chunks(24, 124),
  },
  {
    id: 'same-address',
    name: '24 chunks of 124 blocks under another API key from the honest client’s own address',
    addresses: 0,
    needs,
    bearer: 'own',
    start: chunks(24, 124),
  },
  {
    id: 'same-address-bodies',
    name: '50 bodies of 8 MiB that are no chunk under another API key from the honest client’s own address',
    addresses: 0,
    needs,
    bearer: 'own',
    start: (by) => by.keepAsking(50, () => by.ask('POST', `/v1/models/${by.target.model}/scores`, { type, body })),
  },
  {
    id: 'same-address-connections',
    name: '100 connections over which something is asked each second from the honest client’s own address',
    addresses: 0,
    needs,
    start: (by) => by.keepConnected(100, asking, asking),
  },
]
