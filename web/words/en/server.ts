import type { Parts } from '../parts.ts'
import { numbers } from './numbers.ts'

/** The server's side of the line: what it gets to see, and what it got. */
export const server = {
  sees: 'Sees',
  seen: 'Sealed numbers, how many records, when they come, and the key’s public half.',
  neverSees: 'Never sees',
  unseen: 'The records, the scores, the key’s private half.',
  keeps: 'Keeps',
  weights: 'The model’s weights: this page never gets them.',
  saw: 'What the server saw',
  requests: 'Requests',
  bytesTo: 'Bytes to it',
  bytesFrom: 'Bytes from it',
  card: 'Model’s card',
  fingerprint: 'Key’s fingerprint',
  openHint: 'Open a chunk to see its bytes beside the cells that they were made from.',
  downloadReceipt: 'Download the receipt',
}

export const exchanges = {
  scroller: 'Exchanges',
  title: 'Exchanges with the server',
  request: 'Request',
  status: 'Status',
  noStatus: 'none',
  up: 'Up',
  down: 'Down',
  milliseconds: 'ms',
  open: (request: number) => `Open request ${request}`,
  chunk: (chunk: number) => `Chunk ${numbers.integer(chunk)}`,
  models: 'Models',
  card: (model: string): Parts<'data'> => ['Card ', { data: model }],
  key: (fingerprint: string): Parts<'data'> => ['Key ', { data: fingerprint }],
}
