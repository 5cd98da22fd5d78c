import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KeptEntry, KeyStore, ObjectStore, Stores } from '../sealed/ports.ts'
import { PostgresKeys } from '../sealed/postgresKeys.ts'
import { RedisKeys } from '../sealed/redisKeys.ts'
import { S3Objects } from '../sealed/s3Objects.ts'
import { bucket, type S3Service, startS3 } from './services/s3.ts'
import { describeWith, type Service } from './services/service.ts'
import {
  askRun,
  created,
  ended,
  type Handed,
  handedOver,
  opened,
  predictors,
  putChunk,
  Storage,
  sealedChunks,
  stateOf,
} from './support/runs.ts'
import { stores } from './support/stores.ts'
import { Client, problemOfResponse, register, tiny, type World } from './support/world.ts'

/** Runs in a bucket, with their keys in a service: every kind of object and entry is altered, taken away, or put back to what it was. */

const kinds = { redis: RedisKeys, postgres: PostgresKeys } as const
const unknown = { status: 404, code: 'run/unknown' }
const damaged = { status: 410, code: 'run/damaged' }
const slow = process.env.SLOW !== undefined
const bits = slow ? Array.from({ length: 400 }, (_, i) => i) : [0, 13, 100, 180, 399]

let client: Client
let s3: S3Service
beforeAll(async () => {
  client = await Client.make()
  s3 = await startS3(1000)
})
afterAll(() => s3?.stop())

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const copy = Uint8Array.from(bytes)
  copy[(bit >> 3) % copy.length] = (copy[(bit >> 3) % copy.length] ?? 0) ^ (1 << (bit & 7))
  return copy
}

for (const store of stores)
  describeWith([store.name])(`what is stored of runs in a bucket, with keys in ${store.name}`, () => {
    let service: Service
    let storage: Storage
    let where: Stores
    let world: World
    beforeAll(async () => {
      service = await store.start()
      storage = await Storage.make()
      where = { objects: await S3Objects.open(`s3://${bucket}/${store.name}`, s3.env), keys: await keysHere() }
      world = await serve()
    })
    afterAll(async () => {
      await world?.close()
      await where?.keys.close?.()
      await storage?.end()
      await service?.stop()
    })

    const keysHere = (): Promise<KeyStore> => kinds[store.name].open(service.url)
    const objects = (): ObjectStore => where.objects

    /** A process that works on what is stored there. */
    async function serve(): Promise<World> {
      const begun = await storage.serve({}, {}, { objects: where.objects, keys: await keysHere() })
      await register(begun, client)
      return begun
    }

    const nameOf = async ({ id }: Handed, kind: string): Promise<string> =>
      (await objects().list(`${id}/`)).find((name) => name.startsWith(`${id}/${kind}`)) ?? expect.fail(kind)
    async function alter(name: string, change: (bytes: Uint8Array) => Uint8Array): Promise<void> {
      await objects().put(name, change((await objects().get(name)) ?? expect.fail(name)))
    }
    const entryOf = async ({ id }: Handed): Promise<KeptEntry> => (await where.keys.get(id)) ?? expect.fail(id)

    /** Has the entry of a run be this one, whatever is there. */
    async function putEntry({ id }: Handed, bytes: Uint8Array): Promise<void> {
      expect(await where.keys.put(id, bytes, (await where.keys.get(id))?.revision ?? null)).toBe(true)
    }

    async function expectScores(of: World, run: Handed): Promise<void> {
      for (const { chunk } of run.chunks)
        for (const [r, value] of (await opened(of, client, run, chunk)).entries())
          expect(Math.abs(value - (predictors[r] as number))).toBeLessThanOrEqual(tiny.card.tolerance)
    }

    test('a flipped bit of an answer has it made anew, of all else it is named and nothing is answered by it', {
      timeout: slow ? 1_200_000 : 120_000,
    }, async () => {
      const run = await handedOver(world, client, 1)
      await ended(world, run)
      for (const bit of bits) {
        await alter(await nameOf(run, 'out/'), (bytes) => flipped(bytes, bit))
        expect((await askRun(world, run, '/answers/0')).status).toBe(404)
        await ended(world, run)
        await expectScores(world, run)
      }
      const manifest = await nameOf(run, 'manifest/')
      const [sealed, entry] = [(await objects().get(manifest)) ?? expect.fail(), await entryOf(run)]
      for (const bit of bits) {
        await objects().put(manifest, flipped(sealed, bit))
        expect([bit, await problemOfResponse(await askRun(world, run))]).toEqual([bit, damaged])
        await objects().put(manifest, sealed)
        await putEntry(run, flipped(entry.bytes, bit))
        expect([bit, await problemOfResponse(await askRun(world, run))]).toEqual([bit, damaged])
        await putEntry(run, entry.bytes)
      }
      await expectScores(world, run)
    })

    test('a flipped bit of a chunk or of the key, or one that is gone, is named by each chunk that it keeps from an answer', async () => {
      const harms: [string, (name: string) => Promise<void>][] = [
        ['in/', (name) => alter(name, (bytes) => flipped(bytes, 300))],
        ['in/', (name) => objects().delete(name)],
        ['key', (name) => alter(name, (bytes) => flipped(bytes, 300))],
        ['key', (name) => alter(name, (bytes) => flipped(bytes, 9))],
        ['key', (name) => objects().delete(name)],
      ]
      for (const [kind, harm] of harms) {
        const run = await created(world, client, sealedChunks(client, 1))
        await putChunk(world, run, run.chunks[0] ?? expect.fail())
        await harm(await nameOf(run, kind))
        expect((await askRun(world, run, '/start', { method: 'POST' })).status).toBe(202)
        const failed = [{ chunk: 0, code: 'run/damaged' }]
        expect([kind, await ended(world, run)]).toMatchObject([kind, { state: 'failed', answered: 0, failed }])
        expect(await problemOfResponse(await askRun(world, run, '/answers/0'))).toEqual(damaged)
        await alter(await nameOf(run, 'failed/'), (bytes) => flipped(bytes, 200))
        expect(await stateOf(world, run)).toMatchObject({ state: 'failed', failed })
      }
    })

    test('an earlier entry put back with its manifest, or one of a deleted run, is found by whoever saw a later one', async () => {
      const run = await created(world, client, sealedChunks(client, 2))
      const [first, second] = run.chunks
      await putChunk(world, run, first ?? expect.fail())
      const name = await nameOf(run, 'manifest/')
      const [sealed, entry] = [(await objects().get(name)) ?? expect.fail(), await entryOf(run)]
      await putChunk(world, run, second ?? expect.fail())
      await askRun(world, run, '/start', { method: 'POST' })
      await ended(world, run)
      const now = await entryOf(run)
      await objects().put(name, sealed)
      await putEntry(run, entry.bytes)
      expect(await problemOfResponse(await askRun(world, run))).toEqual(damaged)
      expect(world.logged.some((line) => line.includes('"code":"run/damaged"'))).toBe(true)
      await putEntry(run, now.bytes)
      await expectScores(world, run)
      const all = await Promise.all(
        (await objects().list(`${run.id}/`)).map(async (each) => [each, await objects().get(each)] as const),
      )
      expect((await askRun(world, run, '', { method: 'DELETE' })).status).toBe(204)
      expect(await problemOfResponse(await askRun(world, run))).toEqual(unknown)
      for (const [each, bytes] of all) await objects().put(each, bytes ?? expect.fail(each))
      await putEntry(run, now.bytes)
      expect(await problemOfResponse(await askRun(world, run))).toEqual(damaged)
    })
  })
