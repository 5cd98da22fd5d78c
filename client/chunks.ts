import type { Card } from '../core/card/card.ts'
import type { Layout } from '../core/protocol/scheme.ts'
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
  const layout = layoutOf(set, card)
  if (!layout.apart) return wholeSlots(layout, limits, lanes, records)
  const { blockRecords, requestBytes } = layout
  const byBytes = Math.floor((Math.min(limits.bodyBytes, mostBytes) - chunkHeaderBytes) / requestBytes(blockRecords))
  const byRecords = Math.floor(limits.recordsPerChunk / blockRecords)
  const byLanes = records === null ? mostBlocks : Math.floor(Math.ceil(records / blockRecords) / (4 * lanes))
  const blocks = Math.max(1, Math.min(byBytes, byRecords, byLanes, mostBlocks))
  return blockRecords * (blocks > 1 ? blocks & ~1 : 1)
}

/** Where a request is made as a whole it pays to be large; several are under way at once all the same. */
const mostWholeBytes = 4 * 1024 * 1024
/** So many times the smallest request are always taken, where the server does. */
const wholeRequests = 4

/** As few chunks as bytes allow, of nearly equal size, and where there are several, one for each pair of lanes at least. */
function wholeSlots(layout: Layout, limits: RequestLimits, lanes: number, records: number | null): number {
  const { blockRecords, requestBytes, mostRecords } = layout
  // Of a model with very many inputs the smallest request, most of which is blank, is large by itself.
  const wanted = Math.max(mostWholeBytes, wholeRequests * requestBytes(blockRecords))
  const bytes = Math.min(limits.bodyBytes - chunkHeaderBytes, wanted)
  const most = Math.floor(Math.min(limits.recordsPerChunk, mostRecords) / blockRecords)
  let [low, high] = [1, Math.max(1, most)]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (requestBytes(middle * blockRecords) <= bytes) low = middle
    else high = middle - 1
  }
  const largest = low * blockRecords
  if (records === null) return largest
  // What is planted takes room, too.
  const all = Math.ceil((records * 33) / 32)
  const fewest = Math.ceil(all / largest)
  const sealers = Math.max(1, Math.floor(lanes / 2) - 1)
  const chunks = fewest === 1 ? 1 : Math.ceil(fewest / sealers) * sealers
  return Math.min(largest, Math.ceil(all / chunks / blockRecords) * blockRecords)
}
