import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { patience } from '../../core/test/patience.ts'
import { embeddedQueue } from '../runs/embeddedQueue.ts'
import {
  askRun,
  created,
  createRequest,
  ended,
  handedOver,
  opened,
  predictors,
  putChunk,
  records,
  Storage,
  sealedChunks,
  stateOf,
} from './support/runs.ts'
import {
  answerOf,
  Client,
  chunkRequest,
  computeHere,
  makeWorld,
  problemOfResponse,
  register,
  tiny,
  type World,
} from './support/world.ts'

/** Runs that are handed over and come back for, in a server that is not interrupted. */

let storage: Storage
let client: Client
let world: World

beforeAll(async () => {
  storage = await Storage.make()
  client = await Client.make()
  // Later at every look, so what should be of one moment is seen not to be.
  let at = Date.now()
  world = await storage.serve({}, {}, { now: () => ++at })
  await register(world, client)
})
afterAll(() => storage.end())

const used = async (asked = world): Promise<number> => {
  const { budget } = await (await asked.ask('/v1/models')).json()
  return budget.perHour - budget.left
}

describe('a run', () => {
  test('is made, put, started, answered and taken away', async () => {
    const run = await handedOver(world, client, 2)
    const state = await ended(world, run)
    expect(state).toMatchObject({
      ...{ v: 1, id: run.id, model: 'tiny', card: tiny.card.hash, key: client.fingerprint, chunks: 2, records: 6 },
      ...{ state: 'done', stored: 2, answered: 2, failed: [] },
    })
    expect(Date.parse(state.expires) - Date.parse(state.created)).toBe(7 * 86_400_000)
    for (const chunk of [0, 1]) {
      const own = await opened(world, client, run, chunk)
      own.forEach((value, r) => {
        expect(Math.abs(value - (predictors[r] as number))).toBeLessThanOrEqual(tiny.card.tolerance)
      })
    }
    expect((await askRun(world, run, '', { method: 'DELETE' })).status).toBe(204)
    expect(await problemOfResponse(await askRun(world, run))).toEqual({ status: 404, code: 'run/unknown' })
  })

  test('has no masks made ahead of it, since its chunks are there and take their own', async () => {
    const compute = computeHere([tiny])
    let made = 0
    const masks: typeof compute.masks = async (request, turn, signal) => {
      made += request.count
      return compute.masks(request, turn, signal)
    }
    const ahead = await storage.serve({ models: [tiny], compute: { ...compute, masks } }, { masksPerKey: 4 })
    const own = await Client.make()
    await register(ahead, own)
    await vi.waitFor(() => expect(made).toBe(4), { timeout: patience })
    await ended(ahead, await handedOver(ahead, own, 2))
    // A request whose end nobody knows has the used ones replaced.
    expect(made).toBe(4)
    await answerOf(await ahead.ask('/v1/models/tiny/scores', chunkRequest(own.seal(tiny.card, records))))
    await vi.waitFor(() => expect(made).toBeGreaterThan(4), { timeout: patience })
    await ahead.close()
  })

  test('is charged once, when its chunks are stored, however often they are sent', async () => {
    const before = await used()
    const run = await created(world, client, sealedChunks(client, 1))
    const [chunk] = run.chunks
    if (chunk === undefined) throw new Error()
    expect((await putChunk(world, run, chunk)).status).toBe(201)
    const once = await used()
    expect(once).toBeGreaterThan(before)
    expect((await putChunk(world, run, chunk)).status).toBe(200)
    await askRun(world, run, '/start', { method: 'POST' })
    await ended(world, run)
    expect((await putChunk(world, run, chunk)).status).toBe(200)
    expect(await used()).toBe(once)
  })

  test('is charged once for a chunk of a number, also where it is sealed anew', async () => {
    const [first, second] = [sealedChunks(client, 1), sealedChunks(client, 1)]
    const run = await created(world, client, first)
    const anew = { ...(second[0] as (typeof first)[0]), run: first[0]?.run as Uint8Array }
    const before = await used()
    expect((await putChunk(world, run, first[0] as (typeof first)[0])).status).toBe(201)
    const once = await used()
    expect(once).toBeGreaterThan(before)
    expect((await putChunk(world, run, anew)).status).toBe(201)
    expect(await used()).toBe(once)
    await askRun(world, run, '/start', { method: 'POST' })
    await ended(world, run)
    expect(await used()).toBe(once)
  })

  test('takes another chunk in one’s place before it is started, and none after', async () => {
    const [first, second] = [sealedChunks(client, 1), sealedChunks(client, 1)]
    const run = await created(world, client, first)
    const other = { ...(second[0] as (typeof first)[0]), run: first[0]?.run as Uint8Array }
    expect((await putChunk(world, run, first[0] as (typeof first)[0])).status).toBe(201)
    expect((await putChunk(world, run, other)).status).toBe(201)
    expect((await stateOf(world, run)).stored).toBe(1)
    await askRun(world, run, '/start', { method: 'POST' })
    const answer = await problemOfResponse(await putChunk(world, run, first[0] as (typeof first)[0]))
    expect(answer).toEqual({ status: 409, code: 'run/frozen' })
    expect((await putChunk(world, run, other)).status).toBe(200)
  })

  test('is not started without all of its chunks', async () => {
    const run = await created(world, client, sealedChunks(client, 3))
    await putChunk(world, run, run.chunks[1] as (typeof run.chunks)[0])
    const response = await askRun(world, run, '/start', { method: 'POST' })
    expect(await response.json()).toMatchObject({ status: 409, code: 'run/incomplete', facts: { missing: [0, 2] } })
    expect((await stateOf(world, run)).missing).toEqual([
      [0, 0],
      [2, 2],
    ])
    const answer = await askRun(world, run, '/answers/1')
    expect(answer.headers.get('retry-after')).toBe('2')
    expect(await problemOfResponse(answer)).toEqual({ status: 404, code: 'run/unanswered' })
  })

  test('is for who has its token alone', async () => {
    const run = await created(world, client, sealedChunks(client, 1))
    const unknown = { status: 404, code: 'run/unknown' }
    for (const other of [
      { ...run, token: `${run.token.slice(0, -4)}AAAA` },
      { ...run, token: '' },
      { ...run, id: '0'.repeat(32) },
      { ...run, id: 'x' },
      { ...run, id: `..%2f${run.id}` },
    ])
      for (const [path, method] of [
        ['', 'GET'],
        ['', 'DELETE'],
        ['/start', 'POST'],
        ['/answers/0', 'GET'],
      ] as const)
        expect(await problemOfResponse(await askRun(world, other, path, { method }))).toEqual(unknown)
    expect(await problemOfResponse(await world.ask(`/v1/runs/${run.id}`))).toEqual(unknown)
    expect((await askRun(world, run)).status).toBe(200)
  })

  test('takes no chunk that is another run’s, card’s, key’s or number’s', async () => {
    const run = await created(world, client, sealedChunks(client, 2))
    const [first, second] = run.chunks as [(typeof run.chunks)[0], (typeof run.chunks)[0]]
    const shape = { status: 400, code: 'request/shape' }
    const flipped = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 1)
    for (const odd of [
      { ...first, run: flipped(first.run) },
      { ...first, card: flipped(first.card) },
      { ...first, key: flipped(first.key) },
      { ...first, records: 0 },
      { ...first, ciphertexts: first.ciphertexts.slice(1) },
    ])
      expect(await problemOfResponse(await putChunk(world, run, odd, 0))).toEqual(shape)
    expect(await problemOfResponse(await putChunk(world, run, second, 0))).toEqual(shape)
    expect((await problemOfResponse(await putChunk(world, run, first, 2))).code).toBe('run/unknown')
  })

  test('says which chunks will have no answer, and why', async () => {
    const chunks = sealedChunks(client, 2)
    const [bad] = chunks as [(typeof chunks)[0]]
    const run = await created(world, client, chunks)
    await putChunk(world, run, { ...bad, ciphertexts: bad.ciphertexts.map(() => 255) })
    await putChunk(world, run, chunks[1] as (typeof chunks)[0])
    await askRun(world, run, '/start', { method: 'POST' })
    const state = await ended(world, run)
    expect(state).toMatchObject({ state: 'failed', answered: 1, failed: [{ chunk: 0, code: 'request/ciphertext' }] })
    const problem = await (await askRun(world, run, '/answers/0')).json()
    expect(problem).toMatchObject({ code: 'run/unanswered', facts: { code: 'request/ciphertext' } })
    await opened(world, client, run, 1)
  })

  test('is asked for with a key and a card that the server has', async () => {
    const chunks = sealedChunks(client, 1)
    const refusal = async (path: string, more: object) =>
      (await problemOfResponse(await world.ask(path, createRequest(client, chunks, more)))).code
    const path = '/v1/models/tiny/runs'
    expect(await refusal(path, { key: '0'.repeat(64) })).toBe('key/unknown')
    expect(await refusal(path, { card: '0'.repeat(64) })).toBe('model/changed')
    expect(await refusal('/v1/models/nothing/runs', {})).toBe('model/unknown')
    expect(await refusal(path, { chunks: 0 })).toBe('request/syntax')
    expect(await refusal(path, { chunks: 16_385 })).toBe('request/too-large')
    expect(await refusal(path, { more: 1 })).toBe('request/syntax')
  })
})

test('a server that stores runs says so in its list, and one that does not answers run/not-stored', async () => {
  const { limits } = await (await world.ask('/v1/models')).json()
  expect(limits.runs).toEqual({ stored: true, days: 7, bytes: 8 * 2 ** 30, runs: 20 })
  const { runRoutes } = await import('../routes/runs.ts')
  const none = await makeWorld({ moreRoutes: (app, service) => runRoutes(app, service, null) })
  expect((await (await none.ask('/v1/models')).json()).limits.runs).toBeUndefined()
  const run = await created(world, client, sealedChunks(client, 1))
  for (const response of [
    none.ask('/v1/models/tiny/runs', createRequest(client, run.chunks)),
    askRun(none, run),
    askRun(none, run, '/start', { method: 'POST' }),
  ])
    expect(await problemOfResponse(await response)).toEqual({ status: 404, code: 'run/not-stored' })
})

test('runs of one client that take turns all end, with right scores', async () => {
  const own = await Storage.make()
  const there = await own.serve({ models: [tiny] }, {}, { openQueue: (work) => embeddedQueue(work, -1) })
  await register(there, client)
  const runs = [await handedOver(there, client, 6), await handedOver(there, client, 6)]
  for (const run of runs) {
    expect(await ended(there, run)).toMatchObject({ state: 'done', answered: 6 })
    for (const [r, value] of (await opened(there, client, run, 5)).entries())
      expect(Math.abs(value - (predictors[r] as number))).toBeLessThanOrEqual(tiny.card.tolerance)
  }
  await own.end()
})

test('a stored run takes its turns on the compute threads as what nobody waits for, and is counted as other requests are', async () => {
  const own = await Storage.make()
  const compute = computeHere([tiny])
  const turns: string[] = []
  const score: typeof compute.score = (task, turn, signal) => {
    if (turn.kind !== 'spare') turns.push(`${turn.kind} of ${turn.client}`)
    return compute.score(task, turn, signal)
  }
  const there = await own.serve({ models: [tiny], compute: { ...compute, score } })
  await register(there, client)
  const run = await handedOver(there, client, 2)
  await ended(there, run)
  await answerOf(await there.ask('/v1/models/tiny/scores', chunkRequest(client.seal(tiny.card, records))))
  expect(turns).toEqual(['stored of 192.0.2.1', 'stored of 192.0.2.1', 'score of 192.0.2.1'])
  const metrics = async () => (await there.ask('/metrics')).text()
  expect(await metrics()).toContain('blindscore_records_total{model="tiny"} 9')
  // An answer is there before it is known to be on disk, and counted after that.
  await vi.waitFor(async () => expect(await metrics()).toContain('blindscore_runs_total{event="answered"} 2'), patience)
  await own.end()
})
