import { FairQueue, type Turn } from '../../compute/fairQueue.ts'
import { MaskPool, type MaskPoolOptions } from '../../compute/masks/maskPool.ts'

const schemeKey = { set: 'paillier-2048', publicKey: new Uint8Array(256).fill(0xff) }
const width = 512
/** Steps of a table here. */
export const tableSteps = 30

interface Chosen extends Partial<MaskPoolOptions['limits']> {
  readonly threads?: number
  readonly hasTables?: boolean
  readonly fails?: () => boolean
  readonly tableFails?: boolean
  readonly onTable?: (turn: Turn, bases: Uint8Array | null) => void
}

/** A pool whose masks are counted instead of computed, behind a real queue: every mask is another number. */
export function makePool({
  threads = 1,
  hasTables = true,
  fails = () => false,
  tableFails = false,
  onTable,
  ...limits
}: Chosen = {}) {
  let made = 0
  const queue = new FairQueue(threads)
  const done: string[] = []
  const sizes: number[] = []
  const errors: unknown[] = []
  const spent = { mask: 0, table: 0, direct: 0, byTable: 0 }
  const steps = new Map<SharedArrayBuffer, number>()
  const working = new Set<SharedArrayBuffer>()
  const clock = { ms: 0 }
  const tick = () => new Promise((resolve) => setImmediate(resolve))
  const pool = new MaskPool(
    {
      threads,
      engine: { engine: 'kernel', reason: 'fused', hasTables },
      masks: ({ count, table }, turn, signal) =>
        queue.run(turn, signal, async () => {
          await tick()
          if (fails()) throw new Error('no masks')
          if (table !== null && (steps.get(table) ?? 0) < tableSteps) throw new Error('the table is not ready')
          done.push(table ? 'masks by table' : 'masks')
          sizes.push(count)
          const masks = new Uint8Array(count * width)
          for (let i = 0; i < count; i++) new DataView(masks.buffer).setUint32(i * width, ++made)
          const kind = table === null ? { direct: count, byTable: 0 } : { direct: 0, byTable: count }
          return { masks, spent: { ms: { mask: count }, ...kind } }
        }),
      growTable: ({ memory, steps: more, bases }, turn, signal) => {
        onTable?.(turn, bases)
        return queue.run(turn, signal, async () => {
          if (working.has(memory)) throw new Error('two work on one table')
          working.add(memory)
          await tick()
          working.delete(memory)
          if (tableFails) throw new Error('no table')
          done.push(`table ${turn.kind}`)
          steps.set(memory, (steps.get(memory) ?? 0) + more)
          const ready = (steps.get(memory) ?? 0) >= tableSteps
          return { ready, spent: { ms: { table: 30 * more }, direct: 0, byTable: 0 } }
        })
      },
    },
    {
      limits: {
        masksPerKey: 100,
        masksByTable: 150,
        maskKeys: 8,
        maskKeysPerClient: 8,
        maskIdleMs: 600_000,
        maskTables: 0,
        maskTableBytes: 1024,
        maskTableKeepMs: 60_000,
        quietMs: 1000,
        ...limits,
      },
      now: () => clock.ms,
      onSpent({ ms, direct, byTable }) {
        spent.mask += ms.mask ?? 0
        spent.table += ms.table ?? 0
        spent.direct += direct
        spent.byTable += byTable
      },
      onError: (thrown) => errors.push(thrown),
    },
  )
  const numbers = (masks: Uint8Array): number[] =>
    Array.from({ length: masks.length / width }, (_, i) =>
      new DataView(masks.buffer, masks.byteOffset + i * width).getUint32(0),
    )
  /** A request: what it got. Its work takes a place of the queue, as a score does. */
  const request = (
    key: string,
    count: number,
    work: () => Promise<unknown> = tick,
    client = `client of ${key}`,
    coming: number | null = null,
  ) =>
    pool.lend({ fingerprint: key, key: schemeKey, client, coming }, count, (masks, table) =>
      queue.run({ kind: 'score', client, work: count }, undefined, async () => {
        await work()
        return { masks: numbers(masks), byTable: table !== null && (steps.get(table) ?? 0) >= tableSteps, table }
      }),
    )
  const add = (key: string, client = `client of ${key}`) =>
    pool.add({ fingerprint: key, key: schemeKey, client, coming: null })
  /** A run of which so many masks are coming, and what its key's table is made of. */
  const prepare = (key: string, coming: number, client = `client of ${key}`) =>
    pool.prepare({ fingerprint: key, key: schemeKey, client, coming }, new Uint8Array(1))
  /** A run of chunks of 8 masks of which it is known how many it takes. */
  const knownRun = async (key: string, masks: number) => {
    const byTable: boolean[] = []
    for (let left = masks - 8; left >= 0; left -= 8)
      byTable.push((await request(key, 8, tick, `client of ${key}`, left)).byTable)
    return byTable
  }
  const take = async (key: string, count: number) => (await request(key, count)).masks
  /** Until nothing more happens. */
  const settled = async () => {
    for (let quiet = 0, before = done.length; quiet < 20; quiet++, before = done.length) {
      await tick()
      if (done.length !== before) quiet = 0
    }
  }
  return {
    pool,
    clock,
    done,
    sizes,
    errors,
    spent,
    queue,
    tick,
    add,
    request,
    prepare,
    knownRun,
    take,
    settled,
    steps,
    made: () => made,
  }
}
