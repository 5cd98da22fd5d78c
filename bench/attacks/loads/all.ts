import { Caller } from '../caller.ts'
import type { Load } from '../load.ts'
import { askToHold } from '../publicKey.ts'
import { isOfThisMachine, type Target } from '../target.ts'
import { httpLoads } from './http.ts'
import { keyLoads } from './keys.ts'
import { principalLoads } from './principals.ts'
import { scoringLoads } from './scoring.ts'
import { storedLoads } from './stored.ts'

export const loads: readonly Load[] = [...scoringLoads, ...keyLoads, ...httpLoads, ...storedLoads, ...principalLoads]

/** Starts a load; resolves, once it has begun, with what was answered so far, by status. */
export async function start(id: string, target: Target, signal: AbortSignal): Promise<() => Record<string, number>> {
  if (!isOfThisMachine(target.url)) throw new Error('A load is for a server on this machine alone.')
  const load = loads.find((each) => each.id === id)
  if (load === undefined) throw new Error(`There is no load "${id}".`)
  const addresses = load.addresses === 0 ? [1] : Array.from({ length: load.addresses ?? 1 }, (_, i) => 2 + i)
  const callers = addresses.map((last) => new Caller(target, `127.0.0.${last}`, signal))
  // A key is whose that brings it: its masks and its table are made for that client.
  for (const first of callers.slice(0, 1)) await askToHold(first, target.key, target.key.proof)
  await Promise.all(callers.map((by) => load.start(by)))
  return () => {
    const sums: Record<string, number> = {}
    for (const { answers } of callers) for (const [answer, count] of answers) sums[answer] = (sums[answer] ?? 0) + count
    return sums
  }
}
