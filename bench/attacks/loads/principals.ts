import type { Load } from '../load.ts'
import { chunks } from './scoring.ts'

/** Who has an API key, beside another who has one. */

const needs = ['apiKeys'] as const

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
]
