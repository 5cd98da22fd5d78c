import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { parseModelFile } from '../../model/modelFile.ts'
import { reviewModel, type ServedModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { startPool } from '../compute/pool.ts'
import { ModelSet, weightsOf } from '../modelSet.ts'
import { rotatedRuns } from '../runs/manifest.ts'
import type { RunQueue } from '../runs/ports.ts'
import { rotate } from '../sealed/rotate.ts'
import {
  askRun,
  created,
  createRequest,
  ended,
  type Handed,
  handedOver,
  opened,
  predictors,
  putChunk,
  records,
  Storage,
  sealedChunks,
} from './support/runs.ts'
import { Client, chunkRequest, fixture, problemOfResponse, register, tiny, type World, zero } from './support/world.ts'

/** Stored runs whose model is replaced or withdrawn before they are scored, by a process that never had their version. */

const workerFile = new URL('../../dist/server/compute/worker.js', import.meta.url)
const idle: RunQueue = { wake: async () => {}, close: async () => {} }
const changed = { status: 409, code: 'model/changed' }

let storage: Storage
let client: Client
let other: ServedModel
const worlds: World[] = []
beforeAll(async () => {
  storage = await Storage.make()
  client = await Client.make()
  const file = JSON.parse(fixture('tiny'))
  const heads = [{ ...file.heads[0], intercept: 7 }]
  other = await reviewModel(parseModelFile(JSON.stringify({ ...file, heads, verification: [] })), sha256)
})
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})
afterAll(() => storage.end())

/** A process that takes runs and works on none. */
async function take(models: readonly ServedModel[] = [tiny]): Promise<World> {
  const world = await storage.serve({ models }, {}, { openQueue: async () => idle })
  worlds.push(world)
  await register(world, client)
  return world
}

/** A process with these models alone, on a thread that is told of others with a task. */
async function serve(models: readonly ServedModel[]): Promise<World> {
  const set = new ModelSet(models)
  const compute = await startPool({
    ...{ threads: 1, models: models.map(weightsOf), workerFile },
    weightsOf: (hash) => set.weightsOf(hash),
    onError: () => {},
  })
  const world = await storage.serve({ models: set, compute })
  worlds.push({ ...world, close: () => world.close().finally(() => compute.close()) })
  await register(world, client)
  return world
}

async function expectOwnScores(world: World, run: Handed): Promise<void> {
  expect(await ended(world, run)).toMatchObject({ state: 'done', failed: [], card: tiny.card.hash })
  for (const { chunk } of run.chunks)
    for (const [r, value] of (await opened(world, client, run, chunk)).entries())
      expect(Math.abs(value - (predictors[r] as number))).toBeLessThanOrEqual(tiny.card.tolerance)
}

test.each([
  ['has another version of it', () => [other]],
  ['has it no more', () => [zero]],
])('a run ends on the version of its model that it began with where who works on it %s', async (_, models) => {
  const run = await handedOver(await take(), client, 2)
  const key = { was: storage.key, becomes: storage.key }
  await rotate(rotatedRuns, await storage.stores(), { ...key, reencrypt: true })
  await expectOwnScores(await serve(models()), run)
})

test('a run whose chunks come over a restart with another version ends on the one that it began with', async () => {
  const first = await take()
  const run = await created(first, client, sealedChunks(client, 3))
  const [one, ...more] = run.chunks as [Handed['chunks'][0], ...Handed['chunks']]
  expect((await putChunk(first, run, one)).status).toBe(201)
  const second = await serve([other])
  for (const chunk of more) expect((await putChunk(second, run, chunk)).status).toBe(201)
  expect((await askRun(second, run, '/start', { method: 'POST' })).status).toBe(202)
  await expectOwnScores(second, run)
  // What lies with runs is for them alone.
  const chunk = chunkRequest(client.seal(tiny.card, records))
  expect(await problemOfResponse(await second.ask('/v1/models/tiny/scores', chunk))).toEqual(changed)
  expect((await problemOfResponse(await second.ask(`/v1/models/tiny@${tiny.card.hash}`))).code).toBe('model/unknown')
  const asked = createRequest(client, run.chunks)
  expect(await problemOfResponse(await second.ask('/v1/models/tiny/runs', asked))).toEqual(changed)
})

test('a run of which nothing was paid for says that its version is gone', async () => {
  const run = await created(await take(), client, sealedChunks(client, 1))
  const later = await take([other])
  expect(await problemOfResponse(await putChunk(later, run, run.chunks[0] as Handed['chunks'][0]))).toEqual(changed)
})

test.each([
  ['that was altered is believed by nobody', 'run/damaged', (file: string) => flip(file)],
  ['that is gone is said to be so', 'model/changed', (file: string) => rmSync(file)],
])('a version %s, and its run has no scores of another', async (_, code, harm) => {
  const run = await handedOver(await take(), client, 1)
  harm(storage.at(`runs/${run.id}/model`))
  const world = await serve([other])
  expect(await ended(world, run)).toMatchObject({ state: 'failed', answered: 0, failed: [{ chunk: 0, code }] })
})

function flip(file: string): void {
  const bytes = readFileSync(file)
  bytes[60] = (bytes[60] ?? 0) ^ 1
  writeFileSync(file, bytes)
}
