import { randomBytes } from 'node:crypto'
import { test, vi } from 'vitest'
import { patience } from '../../../core/test/patience.ts'
import { errorOf } from '../../faults.ts'
import { partsOf } from '../../runs/parts.ts'
import type { OpenQueue, RunPart, RunQueue, RunWork } from '../../runs/ports.ts'

/** What every queue of runs does. */

export const runOf = (): string => randomBytes(16).toString('hex')

/** Stands for the stores, and for who works by them. */
export class Stores implements RunWork {
  /** How many chunks each run has, and which of them are done. */
  readonly chunks = new Map<string, number>()
  readonly done = new Map<string, Set<number>>()
  /** Whose runs they are; what is not here is of a client of its own. */
  readonly clients = new Map<string, string>()
  readonly underWay = new Set<string>()
  /** The runs that were worked on at once, whenever one was begun. */
  readonly atOnce: (readonly string[])[] = []
  /** What was brought to be worked on. */
  readonly brought: RunPart[] = []
  /** What fails that often before it is done. */
  failing = 0
  tookMs = 0

  /** The same stores, and another who works by them. */
  seenByAnother(): Stores {
    return Object.assign(new Stores(), { chunks: this.chunks, done: this.done, tookMs: this.tookMs })
  }

  add(chunks: number): string {
    const run = runOf()
    this.chunks.set(run, chunks)
    this.done.set(run, new Set())
    return run
  }

  async runs(): Promise<readonly string[]> {
    return [...this.chunks.keys()]
  }

  async parts(run: string): Promise<readonly RunPart[]> {
    return partsOf(run, this.chunks.get(run) ?? 0, this.done.get(run) ?? new Set())
  }

  async clientOf(run: string): Promise<string> {
    return this.clients.get(run) ?? run
  }

  async work(part: RunPart, isOver = () => false): Promise<void> {
    this.brought.push(part)
    if (this.failing-- > 0) throw errorOf('server/store-gone', 'runStoreGone')
    this.underWay.add(part.run)
    this.atOnce.push([...this.underWay])
    await new Promise((resolve) => setTimeout(resolve, this.tookMs))
    const done = this.done.get(part.run)
    for (let chunk = part.first; chunk < Math.min(part.end, this.chunks.get(part.run) ?? 0); chunk++) {
      if (done?.has(chunk)) continue
      done?.add(chunk)
      if (isOver()) break
    }
    this.underWay.delete(part.run)
  }

  get isDone(): boolean {
    return [...this.chunks].every(([run, chunks]) => this.done.get(run)?.size === chunks)
  }

  untilDone(): Promise<unknown> {
    return vi.waitUntil(() => this.isDone, { timeout: patience })
  }
}

/** `opener` makes what opens queues that are one. */
export function queueContract(opener: () => Promise<OpenQueue>): void {
  const withQueue = async (stores: Stores, use: (queue: RunQueue) => Promise<void>): Promise<void> => {
    const queue = await (await opener())(stores)
    try {
      await use(queue)
    } finally {
      await queue.close()
    }
  }

  test('a run that is woken is worked on from its first chunk to its last', async () => {
    const stores = new Stores()
    await withQueue(stores, async (queue) => {
      const runs = [stores.add(1), stores.add(30), stores.add(600)]
      await Promise.all(runs.map((run) => queue.wake(run)))
      await stores.untilDone()
    })
  })

  test('a run that waits by the stores is worked on without being woken', async () => {
    const stores = new Stores()
    stores.add(9)
    await withQueue(stores, () => stores.untilDone().then(() => {}))
  })

  test('what fails is tried again, and a run whose work went away is woken again', async () => {
    const stores = new Stores()
    stores.failing = 2
    await withQueue(stores, async (queue) => {
      const run = stores.add(3)
      await queue.wake(run)
      await stores.untilDone()
      stores.done.get(run)?.delete(1)
      await queue.wake(run)
      await stores.untilDone()
    })
  })

  test('what was under way when a queue was closed is done by the next one', async () => {
    const stores = new Stores()
    await withQueue(stores, async (queue) => {
      stores.failing = Number.POSITIVE_INFINITY
      await queue.wake(stores.add(40))
      await vi.waitUntil(() => stores.brought.length > 0, { timeout: patience })
    })
    stores.failing = 0
    await withQueue(stores, () => stores.untilDone().then(() => {}))
  })
}
