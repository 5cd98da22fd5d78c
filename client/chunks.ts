import type { Card } from '../core/card/card.ts'
import { layoutOf } from '../core/protocol/schemes.ts'
import { chunkHeaderBytes } from '../core/protocol/wire.ts'
import type { ModelList } from './server.ts'

/** What a server takes in one request. */
export type RequestLimits = ModelList['limits']

/** A chunk takes at most so many bytes and blocks, whatever the server takes: several are under way at once. */
const mostBytes = 2 * 1024 * 1024
const mostBlocks = 16

/**
 * Slots per chunk: whole blocks, an even number of them where there are several, since engines work on two at a time;
 * enough chunks for every lane to stay busy, as far as it is known how many records there will be; and no more than the
 * server takes. Throws `model/budget` where no record of the model fits the key.
 */
export function chunkSlots(
  card: Card,
  set: string,
  limits: RequestLimits,
  lanes: number,
  records: number | null,
): number {
  const { blockRecords, requestBytes } = layoutOf(set, card)
  const byBytes = Math.floor((Math.min(limits.bodyBytes, mostBytes) - chunkHeaderBytes) / requestBytes(blockRecords))
  const byRecords = Math.floor(limits.recordsPerChunk / blockRecords)
  const byLanes = records === null ? mostBlocks : Math.floor(Math.ceil(records / blockRecords) / (4 * lanes))
  const blocks = Math.max(1, Math.min(byBytes, byRecords, byLanes, mostBlocks))
  return blockRecords * (blocks > 1 ? blocks & ~1 : 1)
}
