import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Card } from '../../core/card/card.ts'
import { fromHex } from '../../core/number/bytes.ts'
import type { KeySize } from '../../core/protocol/paillier/layout.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import { type ServerProcess, spawnServer } from '../journeys/server.ts'
import { inRoot } from '../root.ts'
import { Caller } from './caller.ts'
import { p95Ratio, type Seen, watch } from './honest.ts'
import type { Load } from './load.ts'
import { loads } from './loads/all.ts'
import { type Provisions, provide } from './provision.ts'
import { makeKey, register } from './publicKey.ts'
import { asked, type PublicHalf, type Target } from './target.ts'

/** An honest client under one load, and beside it alone: just before and just after. */
export interface Measured {
  readonly load: string
  readonly under: Seen
  readonly alone: Seen
  /** Milliseconds by which the server's event loop came too late while the load ran: one time in a hundred, and at most. */
  readonly loopLate: { readonly p99: number; readonly most: number }
  /** Mebibytes of the server's process before the load, and under it. */
  readonly memory: { readonly before: number; readonly under: number }
  /** How the load was answered, by status; `closed`: not at all. */
  readonly answers: Readonly<Record<string, number>>
}

export interface AttackOptions {
  readonly bits: KeySize
  readonly quick: boolean
  /** The ids of loads; all where none is named. */
  readonly chosen: readonly string[]
  readonly tell: (line: string) => void
}

interface Keys {
  readonly honest: PublicHalf
  readonly other: PublicHalf
  readonly unheld: PublicHalf
}

const model = 'credit-default'
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** All loads in turn, each on a server of its own with the defaults of the command, on this machine's own addresses. */
export async function attack({ bits, quick, chosen, tell }: AttackOptions): Promise<Measured[]> {
  const keys = { honest: await makeKey(bits), other: await makeKey(bits), unheld: await makeKey(bits) }
  const measured: Measured[] = []
  for (const load of loads) {
    if (chosen.length > 0 && !chosen.includes(load.id)) continue
    tell(`attacks: ${load.id}: ${load.name}`)
    const provisions = await provide(load.needs ?? [])
    const server = await spawnServer(provisions.options)
    try {
      const seen = await measure(server, load, { keys, provisions, bits, quick })
      measured.push(seen)
      // A later load that fails takes nothing of it away.
      tell(`attacks: ${load.id}: p95 ${p95Ratio(seen.under, seen.alone).toFixed(2)} times, ${seen.under.failed} failed`)
    } finally {
      await server.close()
      provisions.end()
    }
  }
  return measured
}

interface Setting {
  readonly keys: Keys
  readonly provisions: Provisions
  readonly bits: KeySize
  readonly quick: boolean
}

async function measure(
  server: ServerProcess,
  load: Load,
  { keys, provisions, bits, quick }: Setting,
): Promise<Measured> {
  const { honest: bearer, other } = provisions
  const shape = await shapeOf(server.url, bits, bearer)
  const honest: Target = { ...shape, url: server.url, model, key: keys.honest, unheld: keys.unheld, bearer }
  const attacking: Target = { ...honest, key: keys.other, bearer: load.bearer === 'own' ? other : null }
  const forMs = quick ? 4000 : 15_000
  await register(new Caller(honest, '127.0.0.1', new AbortController().signal), keys.honest)
  // Until the masks that a key gets are there, and its table.
  await watch(honest, 1000)
  await sleep(quick ? 8000 : 20_000)
  const before = await watch(honest, forMs / 2)
  const quiet = await server.metrics()
  const running = await startLoad(load.id, attacking)
  await sleep(1000)
  await server.metrics()
  const under = await watch(honest, forMs)
  const metrics = await server.metrics()
  const answers = await running.stop()
  await sleep(3000)
  const after = await watch(honest, forMs / 2)
  const late = (name: string) => 1000 * (metrics.get(`nodejs_eventloop_lag_${name}_seconds`) ?? Number.NaN)
  return {
    load: load.name,
    under,
    alone: joined(before, after),
    loopLate: { p99: late('p99'), most: late('max') },
    memory: { before: memoryOf(quiet), under: memoryOf(metrics) },
    answers,
  }
}

const memoryOf = (metrics: ReadonlyMap<string, number>): number =>
  (metrics.get('process_resident_memory_bytes') ?? Number.NaN) / 2 ** 20

const joined = (a: Seen, b: Seen): Seen => ({
  ms: [...a.ms, ...b.ms],
  failed: a.failed + b.failed,
  healthMs: [...a.healthMs, ...b.healthMs],
})

async function startLoad(id: string, target: Target): Promise<{ stop(): Promise<Record<string, number>> }> {
  const child = fork(inRoot('dist/bench/attacks/loadProcess.js'), { serialization: 'advanced' })
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`The load "${id}" ended.`)))
  ended.catch(() => {})
  const next = async () => (await Promise.race([once(child, 'message'), ended]))[0] as unknown
  child.send({ id, target })
  await next()
  return {
    async stop() {
      const exit = once(child, 'exit')
      child.send({ id: null, target })
      const answers = (await next()) as Record<string, number>
      await exit
      return answers
    },
  }
}

async function shapeOf(url: string, bits: KeySize, bearer: string | null) {
  const headers = asked({ bearer })
  const wholeCard = (await (await fetch(new URL(`/v1/models/${model}`, url), { headers })).json()) as Card
  const { slots } = layoutOf(`paillier-${bits}`, wholeCard)
  return { card: fromHex(wholeCard.hash), wholeCard, inputs: wholeCard.inputs.length, slots, width: bits / 4 }
}
