import { expect, test, vi } from 'vitest'
import { fail } from '../faults.ts'
import { parseJson } from '../http/body.ts'
import { BodyMemory } from '../http/bodyMemory.ts'
import { RequestPace } from '../http/pace.ts'
import { ProcessAdmission } from '../state/admission.ts'
import { Client, chunkRequest, makeWorld, problemOfResponse, register, tiny } from './support/world.ts'

const busy = { code: 'request/busy' }

function makePace(limits = { requestsPerSecond: 100, requestBurst: 5, paceWaitMs: 50 }) {
  const clock = { ms: 1000 }
  const waits: number[] = []
  const turn = async () => {}
  const pace = new RequestPace({ limits, now: () => clock.ms, sleep: async (ms) => void waits.push(ms), turn })
  return { clock, waits, pace }
}

test('a burst goes on at once, then one request after the other, and each client at its own pace', async () => {
  const { pace, waits, clock } = makePace()
  for (let i = 0; i < 6; i++) await pace.enter('a')
  expect(waits).toEqual([])
  for (let i = 0; i < 3; i++) await pace.enter('a')
  expect(waits).toEqual([10, 20, 30])
  await pace.enter('b')
  expect(waits).toHaveLength(3)
  clock.ms += 1000
  for (let i = 0; i < 6; i++) await pace.enter('a')
  expect(waits).toHaveLength(3)
})

test('one that would wait for too long is told when to come back, and does not make the next wait longer', async () => {
  const { pace, waits, clock } = makePace()
  for (let i = 0; i < 11; i++) await pace.enter('a')
  expect(waits.at(-1)).toBe(50)
  for (let i = 0; i < 10; i++) await expect(pace.enter('a')).rejects.toMatchObject({ ...busy, seconds: 1 })
  clock.ms += 10
  await pace.enter('a')
  expect(waits.at(-1)).toBe(50)
})

test('who is refused is told so a while later, and one refusal in a turn', async () => {
  const waits: number[] = []
  const turns: (() => void)[] = []
  const pace = new RequestPace({
    limits: { requestsPerSecond: 100, requestBurst: 1, paceWaitMs: 50 },
    now: () => 1000,
    sleep: async (ms) => void waits.push(ms),
    turn: () => new Promise((resolve) => turns.push(resolve)),
  })
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  void pace.enter('a', 100)
  let refused = 0
  for (let i = 0; i < 5; i++) void pace.enter('a').catch(() => refused++)
  await settle()
  expect([refused, waits]).toEqual([0, [5, 5, 5, 5, 5]])
  for (let i = 0; i < 5; i++) {
    for (const turn of turns.splice(0)) turn()
    await settle()
    expect(refused).toBe(i + 1)
  }
})

test('a dear request counts as several', async () => {
  const { pace, waits } = makePace()
  await pace.enter('a', 6)
  await pace.enter('a')
  expect(waits).toEqual([10])
})

test('of requests that come at once one enters in a turn, and the next rests for as long as that took', async () => {
  const order: string[] = []
  const resolves: (() => void)[] = []
  const clock = { ms: 0 }
  const pace = new RequestPace({
    limits: { requestsPerSecond: 1000, requestBurst: 100, paceWaitMs: 50 },
    now: () => clock.ms,
    sleep: async (ms) => void order.push(`rest ${ms}`),
    turn: () => new Promise((resolve) => resolves.push(resolve)),
  })
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  for (let i = 0; i < 3; i++) void pace.enter('a').then(() => order.push(`a${i}`))
  await settle()
  void pace.enter('b').then(() => order.push('b'))
  await settle()
  expect(order).toEqual(['a0', 'b'])
  clock.ms = 7
  for (const resolve of resolves.splice(0)) resolve()
  await settle()
  expect(order).toEqual(['a0', 'b', 'rest 7', 'rest 7', 'a1'])
  for (const resolve of resolves.splice(0)) resolve()
  await settle()
  expect(order.at(-1)).toBe('a2')
})

test('pieces of one client’s bodies come in by turns, whichever request they are of; another’s do not wait for them', async () => {
  const client = await Client.make()
  const world = await makeWorld()
  const turns: string[] = []
  const { pace } = world.service
  const turn = pace.turn.bind(pace)
  vi.spyOn(pace, 'turn').mockImplementation(async (name) => {
    await turn(name)
    turns.push(name)
  })
  const send = (address: string) => {
    let left = 20
    const pull = (controller: ReadableStreamDefaultController) =>
      left-- > 0 ? controller.enqueue(new Uint8Array(1000)) : controller.close()
    const request = { ...chunkRequest(client.seal(tiny.card, [['40', '123.45', 'south']])), duplex: 'half' }
    const body = new ReadableStream({ pull }, { highWaterMark: 0 })
    return world.ask('/v1/models/tiny/scores', { ...request, body } as RequestInit, address)
  }
  const answers = [...Array.from({ length: 10 }, () => send('192.0.2.66')), send('192.0.2.1')]
  for (const answer of await Promise.all(answers)) expect(answer.status).toBe(400)
  // A turn to enter, and one for each piece.
  const last = turns.lastIndexOf('192.0.2.1')
  expect(turns.filter((name) => name === '192.0.2.1')).toHaveLength(21)
  expect(turns.slice(0, last).filter((name) => name === '192.0.2.66').length).toBeLessThan(2.5 * 21)
  expect(turns).toHaveLength(11 * 21)
})

test('a body counts by its announced bytes', async () => {
  const world = await makeWorld({}, { requestBurst: 4, requestsPerSecond: 0.001, paceWaitMs: 0, bytesPerRequest: 1000 })
  const post = (length: string, address: string) => {
    const headers = { 'Content-Length': length }
    const body = new ReadableStream({ start: (controller) => controller.close() })
    return world.ask('/nothing', { method: 'POST', body, headers, duplex: 'half' } as RequestInit, address)
  }
  const counted = async (length: string, address: string) => {
    await post(length, address)
    let more = 0
    while ((await world.ask('/healthz', {}, address)).status === 200) more++
    return more
  }
  expect(await counted('0', '192.0.2.1')).toBe(4)
  expect(await counted('2500', '192.0.2.2')).toBe(2)
})

test('a list of models and a card count by their bytes, and lists that wait for one look at budgets are sent in turns', async () => {
  for (const path of ['/v1/models', '/v1/models/tiny']) {
    const world = await makeWorld({}, { requestBurst: 9, requestsPerSecond: 0.001, paceWaitMs: 0, bytesPerRequest: 20 })
    expect((await world.ask(path)).status).toBe(200)
    expect((await world.ask('/healthz')).status).toBe(503)
    expect((await world.ask('/healthz', {}, '192.0.2.7')).status).toBe(200)
  }
  const world = await makeWorld()
  const turns: string[] = []
  const { turn } = world.service.pace
  world.service.pace.turn = (client) => {
    turns.push(client)
    return turn.call(world.service.pace, client)
  }
  await Promise.all(Array.from({ length: 5 }, () => world.ask('/v1/models')))
  // One to come in, one to be sent.
  expect(turns).toHaveLength(10)
})

test('a body that does not say how long it is counts by its pieces', async () => {
  const client = await Client.make()
  const world = await makeWorld({}, { requestBurst: 4, requestsPerSecond: 0.001, paceWaitMs: 0 })
  const send = (pieces: number, address: string) => {
    let left = pieces
    const pull = (controller: ReadableStreamDefaultController) =>
      left-- > 0 ? controller.enqueue(new Uint8Array(10)) : controller.close()
    const request = { ...chunkRequest(client.seal(tiny.card, [['40', '123.45', 'south']])), duplex: 'half' }
    const body = new ReadableStream({ pull }, { highWaterMark: 0 })
    return world.ask('/v1/models/tiny/scores', { ...request, body } as RequestInit, address)
  }
  expect((await send(3, '192.0.2.1')).status).toBe(400)
  expect(await problemOfResponse(await send(30, '192.0.2.2'))).toEqual({ status: 503, ...busy })
})

test('a JSON body has as many items as ciphertexts make, and none of commas is parsed', () => {
  const parsed = vi.spyOn(JSON, 'parse')
  const parse = (text: string) => parseJson(Buffer.from(text), 3)
  const ciphertexts = Array<string>(1000).fill('A'.repeat(683))
  expect(parse(JSON.stringify({ ciphertexts }, null, 2))).toEqual({ ciphertexts })
  // Commas in a text are none.
  expect(parse(JSON.stringify({ study: ',"'.repeat(10_000) }))).toEqual({ study: ',"'.repeat(10_000) })
  expect(parsed).toHaveBeenCalledTimes(2)
  for (const items of [`"A"${',"A"'.repeat(100_000)}`, `0${',0'.repeat(100)}`, `[]${',[]'.repeat(10_000)}`]) {
    expect(() => parse(`{"ciphertexts":[${items}]}`)).toThrow(expect.objectContaining({ code: 'request/syntax' }))
  }
  expect(parsed).toHaveBeenCalledTimes(2)
  parsed.mockRestore()
})

test('clients that have rested are forgotten', async () => {
  const { pace, clock } = makePace()
  for (let i = 0; i < 10_000; i++) {
    await pace.enter(`client ${i}`)
    clock.ms += 1
  }
  expect(pace.size).toBeLessThan(2048)
})

test('requests beyond the pace are answered 503 with Retry-After, whatever they ask for', async () => {
  const world = await makeWorld({}, { requestBurst: 2, requestsPerSecond: 0.001, paceWaitMs: 0 })
  const paths = ['/healthz', '/v1/models', '/nothing', '/v1/models/tiny']
  const answers = []
  for (const path of paths) answers.push(await world.ask(path))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 503])
  expect(await problemOfResponse(answers[3] as Response)).toEqual({ status: 503, code: 'request/busy' })
  expect((await world.ask('/healthz', {}, '192.0.2.7')).status).toBe(200)
})

test('whoever has an API key has a pace of its own, whoever else comes from the same address', async () => {
  const principals = {
    of: async (text: string) =>
      text.startsWith('good') ? { id: text, models: null } : fail('access/refused', 'accessRefused'),
    recordsPerHour: () => null,
  }
  const world = await makeWorld({ principals }, { requestBurst: 3, requestsPerSecond: 0.001, paceWaitMs: 0 })
  const ask = async (key: string) =>
    (await world.ask('/v1/models', { headers: { Authorization: `Bearer ${key}` } })).status
  const statuses = async (key: string, count: number) => {
    const found = []
    for (let i = 0; i < count; i++) found.push(await ask(key))
    return found
  }
  expect(await statuses('good-1', 5)).toEqual([200, 200, 200, 200, 503])
  expect(await statuses('good-2', 2)).toEqual([200, 200])
  // Those that are none are the address’s, as all is that nobody needs a key for, and who has one waits for none of it.
  expect(await statuses('bad', 5)).toEqual([401, 401, 401, 401, 503])
  expect((await world.ask('/healthz')).status).toBe(503)
  expect(await statuses('good-3', 5)).toEqual([200, 200, 200, 200, 503])
})

test('a browser’s questions before a request have the address’s pace: they name nobody', async () => {
  const principals = { of: async () => ({ id: 'somebody', models: null }), recordsPerHour: () => null }
  const corsOrigins = ['https://page.example']
  const world = await makeWorld(
    { principals, corsOrigins },
    { requestBurst: 2, requestsPerSecond: 0.001, paceWaitMs: 0 },
  )
  const headers = { Origin: 'https://page.example', 'Access-Control-Request-Method': 'GET' }
  const statuses = []
  for (let i = 0; i < 4; i++) statuses.push((await world.ask('/v1/models', { method: 'OPTIONS', headers })).status)
  expect(statuses).toEqual([204, 204, 204, 503])
})

test('and what another with a key brings from that address is none of the address’s, while nobody knows yet whose it is', async () => {
  let known = (): void => {}
  const isKnown = new Promise<void>((resolve) => {
    known = resolve
  })
  const principals = {
    of: async (text: string) => {
      if (text === 'slow') await isKnown
      return { id: text, models: null }
    },
    recordsPerHour: () => null,
  }
  const world = await makeWorld({ principals }, { requestBurst: 8, requestsPerSecond: 0.001, paceWaitMs: 0 })
  const ask = (key: string, bytes = 0) => {
    const headers = { Authorization: `Bearer ${key}`, ...(bytes > 0 && { 'Content-Length': `${bytes}` }) }
    return world.ask('/v1/models', { headers })
  }
  const large = [ask('slow', 8_000_000), ask('slow', 8_000_000)]
  await new Promise((resolve) => setImmediate(resolve))
  expect((await ask('other')).status).toBe(200)
  known()
  expect((await Promise.all(large)).map(({ status }) => status)).toEqual([200, 503])
})

test('requests for another’s name have a pace, too', async () => {
  const world = await makeWorld({}, { requestBurst: 2, requestsPerSecond: 0.001, paceWaitMs: 0 })
  const statuses = []
  for (let i = 0; i < 4; i++) {
    statuses.push((await world.ask('/healthz', { headers: { Host: 'evil.example' } })).status)
  }
  expect(statuses).toEqual([421, 421, 421, 503])
})

test('the memory of bodies is bounded for one client and for all, and given back', () => {
  const memory = new BodyMemory({ bodyMemoryPerClient: 10, bodyMemory: 20 })
  const [a, other, b] = [memory.hold('a'), memory.hold('a'), memory.hold('b')]
  a.take(6)
  expect(() => other.take(5)).toThrow(expect.objectContaining(busy))
  other.take(4)
  b.take(5)
  expect(() => b.take(1)).toThrow(expect.objectContaining(busy))
  a.release()
  b.take(5)
  expect(memory.bytes).toBe(14)
  for (const each of [a, other, b]) each.release()
  expect(memory.bytes).toBe(0)
  memory.hold('a').take(10)
})

test('several clients together leave some of the memory to another', () => {
  const memory = new BodyMemory({ bodyMemoryPerClient: 64, bodyMemory: 512 })
  for (let client = 0; client < 12; client++) {
    const holding = memory.hold(`attacker ${client}`)
    try {
      for (;;) holding.take(1)
    } catch (thrown) {
      expect(thrown).toMatchObject(busy)
    }
  }
  expect(memory.bytes).toBeGreaterThan(400)
  memory.hold('honest').take(8)
})

test('and some of the places for requests, whether they are still coming or computed', async () => {
  const admission = new ProcessAdmission({ requests: 512, requestsPerClient: 24, scorings: 64 })
  let ended: () => void = () => undefined
  const end = new Promise<void>((resolve) => {
    ended = resolve
  })
  const attack = Array.from({ length: 10 * 24 }, (_, i) =>
    admission
      .run(`attacker ${i % 10}`, async (begin) => {
        begin()
        await end
      })
      .catch((thrown) => thrown),
  )
  expect(admission.scoring).toBeGreaterThan(40)
  expect(await admission.run('honest', async (begin) => begin())).toBeUndefined()
  ended()
  const refused = (await Promise.all(attack)).filter((answer) => answer !== undefined)
  for (const each of refused) expect(each).toMatchObject(busy)
  expect(admission.scoring).toBe(0)
  await admission.run('attacker 1', async (begin) => begin())
})

test('a body that says how long it is is counted at once: what would be too much is refused unread', async () => {
  const world = await makeWorld({}, { bodyMemoryPerClient: 100_000 })
  let read = 0
  const body = new ReadableStream(
    {
      pull(controller) {
        read += 1
        controller.enqueue(new Uint8Array(50_000))
        if (read === 3) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  const headers = { 'Content-Type': 'application/cbor', 'Content-Length': '150000' }
  const asked = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
  expect(await problemOfResponse(await world.ask('/v1/models/tiny/scores', asked))).toEqual({ status: 503, ...busy })
  expect([read, world.service.bodyMemory.bytes]).toEqual([0, 0])
})

test('a body that does not is counted as it comes, until its request is answered: one that would be too much is refused', async () => {
  const client = await Client.make()
  const world = await makeWorld({}, { bodyMemoryPerClient: 100_000 })
  await register(world, client)
  const large = chunkRequest(client.seal(tiny.card, [['40', '123.45', 'south']]))
  const slow = (controllers: ReadableStreamDefaultController[]) =>
    new ReadableStream({
      start(controller) {
        controllers.push(controller)
        controller.enqueue(new Uint8Array(1000))
      },
    })
  const controllers: ReadableStreamDefaultController[] = []
  const first = world.ask('/v1/models/tiny/scores', {
    ...large,
    body: slow(controllers),
    duplex: 'half',
  } as RequestInit)
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
  expect(world.service.bodyMemory.bytes).toBe(65_536)
  expect(await problemOfResponse(await world.ask('/v1/models/tiny/scores', large))).toEqual({ status: 503, ...busy })
  expect((await world.ask('/v1/models/tiny/scores', large, '192.0.2.9')).status).toBe(200)
  controllers[0]?.close()
  expect((await first).status).toBe(400)
  expect(world.service.bodyMemory.bytes).toBe(0)
  expect((await world.ask('/v1/models/tiny/scores', large)).status).toBe(200)
})
