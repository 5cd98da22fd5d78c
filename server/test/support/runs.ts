import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { toHex } from '../../../core/number/bytes.ts'
import { type Chunk, encodeChunk } from '../../../core/protocol/wire.ts'
import { patience } from '../../../core/test/patience.ts'
import { runTokenHeader } from '../../http/runToken.ts'
import type { Limits } from '../../limits.ts'
import { runRoutes } from '../../routes/runs.ts'
import { type OpenRuns, openRuns, type RunsOptions } from '../../runs/openRuns.ts'
import { openFolders } from '../../sealed/places.ts'
import type { Dependencies } from '../../service.ts'
import { answerOf, type Client, makeWorld, tiny, type World } from './world.ts'

export const records = [
  ['40', '123.45', 'south'],
  ['18', '0', 'north'],
  ['99', '1000', 'east'],
]
export const predictors = [0.190755, -0.96, -1.5 + 0.03 * 99 - 2.1 - 0.4]

/** Two folders and a key, of which servers are started and ended; each of them is a world. */
export class Storage {
  readonly folder: string
  readonly key = new Uint8Array(randomBytes(32))
  readonly #open = new Set<OpenRuns>()

  private constructor(folder: string) {
    this.folder = folder
  }

  static async make(): Promise<Storage> {
    return new Storage(await mkdtemp(join(tmpdir(), 'runs-')))
  }

  at(path: string): string {
    return join(this.folder, path)
  }

  stores() {
    return openFolders(this.at('runs'), this.at('keys'))
  }

  async serve(
    chosen: Partial<Dependencies> = {},
    limits: Partial<Limits> = {},
    more: Partial<RunsOptions> = {},
  ): Promise<World> {
    let open: OpenRuns | undefined
    const world = await makeWorld(
      {
        storesRuns: true,
        moreRoutes: async (app, service) => {
          open = await openRuns({ ...(await this.stores()), key: this.key, ...more }, service)
          this.#open.add(open)
          runRoutes(app, service, open.runs)
        },
        ...chosen,
      },
      limits,
    )
    return {
      ...world,
      close: async () => {
        if (open) this.#open.delete(open)
        await open?.close()
        await world.close()
      },
    }
  }

  async end(): Promise<void> {
    for (const each of this.#open) await each.close()
    await rm(this.folder, { recursive: true })
  }
}

/** A run, as its client knows it. */
export interface Handed {
  readonly id: string
  readonly token: string
  readonly chunks: readonly Chunk[]
}

export function sealedChunks(client: Client, count: number): Chunk[] {
  const run = randomBytes(16)
  return Array.from({ length: count }, (_, i) => client.seal(tiny.card, records, run, i))
}

export function createRequest(client: Client, chunks: readonly Chunk[], more: object = {}): RequestInit {
  const [first] = chunks
  const asked = {
    ...{ v: 1, card: tiny.card.hash, key: client.fingerprint, run: toHex(first?.run ?? randomBytes(16)) },
    ...{ chunks: chunks.length, records: chunks.reduce((sum, { records }) => sum + records, 0) },
  }
  const body = JSON.stringify({ ...asked, ...more })
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }
}

export async function created(world: World, client: Client, chunks: readonly Chunk[]): Promise<Handed> {
  const response = await world.ask('/v1/models/tiny/runs', createRequest(client, chunks))
  if (response.status !== 201) throw new Error(await response.text())
  const { id, token } = await response.json()
  return { id, token, chunks }
}

export function askRun(world: World, { id, token }: Handed, path = '', init: RequestInit = {}): Promise<Response> {
  return world.ask(`/v1/runs/${id}${path}`, { ...init, headers: { ...init.headers, [runTokenHeader]: token } })
}

export function putChunk(world: World, run: Handed, chunk: Chunk, number = chunk.chunk): Promise<Response> {
  const init = { method: 'PUT', headers: { 'Content-Type': 'application/cbor' }, body: encodeChunk(chunk) }
  return askRun(world, run, `/chunks/${number}`, init)
}

/** A run whose chunks are there, and which is started. */
export async function handedOver(world: World, client: Client, count: number): Promise<Handed> {
  const run = await created(world, client, sealedChunks(client, count))
  for (const chunk of run.chunks) {
    const { status } = await putChunk(world, run, chunk)
    if (status !== 201) throw new Error(`a chunk was answered ${status}`)
  }
  const { status } = await askRun(world, run, '/start', { method: 'POST' })
  if (status !== 202) throw new Error(`the start was answered ${status}`)
  return run
}

export async function stateOf(world: World, run: Handed) {
  return (await askRun(world, run)).json()
}

export async function ended(world: World, run: Handed) {
  return vi.waitUntil(
    async () => {
      const state = await stateOf(world, run)
      return state.state === 'done' || state.state === 'failed' ? state : undefined
    },
    { timeout: patience },
  )
}

/** The predictors of a chunk's answer. */
export async function opened(world: World, client: Client, run: Handed, chunk: number): Promise<number[]> {
  const answer = await answerOf(await askRun(world, run, `/answers/${chunk}`))
  return client.open(tiny.card, answer).map(([first]) => first ?? Number.NaN)
}
