import { beforeAll, describe, expect, test, vi } from 'vitest'
import { concat } from '../../core/number/bytes.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import { encodeChunk } from '../../core/protocol/wire.ts'
import { patience } from '../../core/test/patience.ts'
import { FrameWriter } from '../../files/frames.ts'
import { encodeBlock, encodeTrailer } from '../../files/recordsFile.ts'
import { encodeRecordsHeader } from '../../files/recordsHeader.ts'
import { readScoresFile } from '../../files/scoresFile.ts'
import { sender, streamOf, vendor } from '../../files/test/sample.ts'
import { spoolOnDisk } from '../files/diskSpool.ts'
import { FilePlaces } from '../files/filePlaces.ts'
import type { Limits } from '../limits.ts'
import type { Dependencies } from '../service.ts'
import { anonymous } from '../state/state.ts'
import { Client, makeWorld, problemOfResponse, tiny, type World, zero } from './support/world.ts'

/** Sealed files, sent whole. */

const records = [
  ['40', '123.45', 'south'],
  ['18', '0', 'north'],
  ['99', '1000', 'east'],
]
const predictors = [0.190755, -0.96, -1.5 + 0.03 * 99 - 2.1 - 0.4]
const path = '/v1/models/tiny/files'
const post = (body: Uint8Array): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/octet-stream' },
  body: body.slice(),
})

let client: Client
let frames: Uint8Array[]
let whole: Uint8Array

/** A file of one record in each block, in its frames. */
async function fileFor(card = tiny.card, id = 0x30): Promise<Uint8Array[]> {
  const file = new Uint8Array(16).fill(id)
  const key = { set: 'paillier-2048', bytes: client.n, proof: client.proof, fingerprint: client.fingerprint }
  const header = { file, sender: sender.publicKey, source: new Uint8Array(32), records: records.length, capacity: 1 }
  const writer = new FrameWriter(sender)
  const first = encodeRecordsHeader({ ...header, tokens: false, columns: [], key, card })
  const made = [await writer.frame('header', first)]
  for (const [i, record] of records.entries()) {
    const chunk = encodeChunk(client.seal(tiny.card, [record], Buffer.from(file), i))
    made.push(await writer.frame('block', encodeBlock(1, chunk, new Uint8Array())))
  }
  made.push(await writer.frame('trailer', encodeTrailer(records.length, records.length)))
  return made
}

const blockSlots = () => layoutOf('paillier-2048', tiny.card).answeredSlots(1)

function worldWith(limits: Partial<Limits> = {}, chosen: Partial<Dependencies> = {}): Promise<World> {
  return makeWorld({ fileSigner: vendor, openSpool: spoolOnDisk, ...chosen }, limits)
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  expect(response.status).toBe(200)
  return new Uint8Array(await response.arrayBuffer())
}

async function openedOf(answer: Uint8Array, signer: Uint8Array | null = vendor.publicKey): Promise<number[]> {
  const file = await readScoresFile(streamOf(answer))
  expect(file.vendor).toEqual(signer)
  const found: number[] = []
  for await (const { chunk } of file.blocks()) found.push(client.open(tiny.card, chunk)[0]?.[0] as number)
  return found
}

beforeAll(async () => {
  client = await Client.make()
  frames = await fileFor()
  whole = concat(frames)
})

describe('a sealed file', () => {
  test.each([
    ['signed', vendor],
    ['unsigned', null],
  ])('is answered, %s, by one with its scores', async (_, signer) => {
    const world = await worldWith({}, { fileSigner: signer })
    const found = await openedOf(await bytesOf(await world.ask(path, post(whole))), signer?.publicKey ?? null)
    expect(found).toHaveLength(3)
    for (const [i, value] of found.entries()) {
      expect(Math.abs(value - (predictors[i] as number))).toBeLessThan(tiny.card.tolerance)
    }
    expect(world.logged.join('')).not.toContain(Buffer.from(client.n).toString('hex').slice(0, 40))
  })

  test('that is damaged anywhere is refused before anything of it is scored', async () => {
    let scored = 0
    const world = await worldWith()
    const { compute } = world.service
    const { check } = compute
    compute.check = (...of) => {
      scored += 1
      return check(...of)
    }
    let start = 0
    for (const [i, frame] of frames.entries()) {
      const altered = whole.slice()
      const at = start + frame.length - 1
      altered[at] = (altered[at] as number) ^ 1
      const problem = await problemOfResponse(await world.ask(path, post(altered)))
      expect(problem).toMatchObject({ status: 400, code: 'sealed/damaged' })
      if (i > 0 && i < frames.length - 1) expect(problem.index).toBe(i - 1)
      start += frame.length
    }
    const cut = await problemOfResponse(await world.ask(path, post(whole.subarray(0, -1))))
    expect(cut).toMatchObject({ status: 400, code: 'sealed/damaged' })
    expect(await problemOfResponse(await world.ask(path, post(new Uint8Array(9))))).toMatchObject({
      code: 'sealed/format',
    })
    expect(scored).toBe(0)
  })

  test('of another card, for another model, or with a key that has no proof is refused', async () => {
    const world = await worldWith()
    const other = concat(await fileFor(zero.card))
    expect(await problemOfResponse(await world.ask(path, post(other)))).toMatchObject({
      status: 409,
      code: 'model/changed',
    })
    expect(await problemOfResponse(await world.ask('/v1/models/none/files', post(whole)))).toMatchObject({
      status: 404,
    })
    const stranger = await Client.make()
    const mine = client
    client = stranger
    Object.assign(stranger, { proof: new Uint8Array(mine.proof) })
    const forged = concat(await fileFor())
    client = mine
    expect(await problemOfResponse(await world.ask(path, post(forged)))).toMatchObject({
      status: 400,
      code: 'key/proof',
    })
  })

  test('is charged by the slots of its blocks, once, and not at all where the budget does not suffice', async () => {
    const world = await worldWith({ recordsPerHour: 6 * blockSlots() + 1 })
    // If what is sent again were charged, the third would be refused.
    for (let time = 0; time < 3; time++) await bytesOf(await world.ask(path, post(whole)))
    const other = concat(await fileFor(tiny.card, 0x31))
    await bytesOf(await world.ask(path, post(other)))
    expect(await problemOfResponse(await world.ask(path, post(concat(await fileFor(tiny.card, 0x32)))))).toMatchObject({
      status: 429,
    })
    const tooPoor = await worldWith({ recordsPerHour: 2 * blockSlots() + 1 })
    expect(await problemOfResponse(await tooPoor.ask(path, post(whole)))).toMatchObject({
      status: 413,
      code: 'request/too-large',
    })
    const poor = await worldWith({ recordsPerHour: 4 * blockSlots() })
    const pay = (blocks: number) =>
      poor.service.budgets.spendSlots({
        client: '192.0.2.1',
        slots: blocks * blockSlots(),
        use: { principal: anonymous, model: 'tiny', card: tiny.card.hash, records: 1 },
      })
    await pay(2)
    expect(await problemOfResponse(await poor.ask(path, post(whole)))).toMatchObject({
      status: 429,
      code: 'request/budget',
    })
    // Nothing was kept of it: the blocks that could be paid for still can.
    await pay(2)
  })

  test('that does not say how long it is has its pieces counted as requests', async () => {
    const stream = () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < whole.length; at += 100) controller.enqueue(whole.slice(at, at + 100))
          controller.close()
        },
      })
    const streamed = () => ({ ...post(whole), body: stream(), duplex: 'half' }) as RequestInit
    const world = await worldWith({ requestBurst: 5, requestsPerSecond: 1, paceWaitMs: 50 })
    expect(await problemOfResponse(await world.ask(path, streamed()))).toMatchObject({ code: 'request/busy' })
    const free = await worldWith({
      requestBurst: 20 + Math.ceil(whole.length / 100),
      requestsPerSecond: 1,
      paceWaitMs: 50,
    })
    await bytesOf(await free.ask(path, streamed()))
  })

  test('is bounded in its length and in how many are under way', async () => {
    const small = await worldWith({ fileBytes: 5000 })
    expect(await problemOfResponse(await small.ask(path, post(whole)))).toMatchObject({ status: 413 })
    const world = await worldWith({ filesPerClient: 1 })
    const first = await world.ask(path, post(whole))
    expect(await problemOfResponse(await world.ask(path, post(whole)))).toMatchObject({
      status: 503,
      code: 'request/busy',
    })
    await first.body?.cancel()
    await bytesOf(await world.ask(path, post(whole)))
    const shared = await worldWith({ files: 4, filesPerClient: 4 })
    const statuses: number[] = []
    for (const address of ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.3'])
      statuses.push((await shared.ask(path, post(whole), address)).status)
    // One client leaves a place to another.
    expect(statuses).toEqual([200, 200, 200, 503, 200, 503])
    const json = { ...post(whole), headers: { 'Content-Type': 'application/json' } }
    expect(await problemOfResponse(await world.ask(path, json))).toMatchObject({ status: 415 })
  })
})

describe('the place of a file', () => {
  // Short, since clients rest for as long as their turns take on the same clock.
  const fileYieldMs = 40
  const busy = { status: 503, code: 'request/busy' }
  const addresses = ['192.0.2.1', '192.0.2.2'] as const
  const newcomer = '192.0.2.3'

  /** A file whose next bytes are sent when `send` says so, and how often they were waited for. */
  function dripping() {
    const waits: ((bytes: Uint8Array) => void)[] = []
    let waited = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) =>
          new Promise((resolve) => {
            waited++
            waits.push((bytes) => {
              if (bytes.length > 0) controller.enqueue(bytes)
              else controller.close()
              resolve()
            })
          }),
      },
      { highWaterMark: 0 },
    )
    const waitsAgain = (time: number) => vi.waitUntil(() => waited === time, patience)
    return {
      init: { ...post(whole), body, duplex: 'half' } as RequestInit,
      waitsAgain,
      send: async (bytes: Uint8Array) => {
        const before = waited
        waits.shift()?.(bytes)
        if (bytes.length > 0) await waitsAgain(before + 1)
      },
    }
  }

  test('that comes too slowly goes to a client that has none, where all are taken, and of the others nothing does', async () => {
    let ms = 0
    const world = await worldWith({ files: 2, filesPerClient: 2, fileYieldMs }, { now: () => ms })
    const files = addresses.map(dripping)
    const answers = files.map(({ init }, i) => world.ask(path, init, addresses[i]))
    for (const each of files) await each.waitsAgain(1)
    const [slow, quick] = files as [(typeof files)[0], (typeof files)[0]]
    const ask = (address: string) => world.ask(path, post(whole), address)
    // What came at once is no merit later.
    await slow.send(whole.subarray(0, 5000))
    await quick.send(whole.subarray(0, 5000))
    ms += fileYieldMs - 1
    await quick.send(whole.subarray(5000, -1))
    expect(await problemOfResponse(await ask(newcomer))).toMatchObject(busy)
    ms += 1
    // Who has a place already takes nobody's.
    expect(await problemOfResponse(await ask(addresses[1]))).toMatchObject(busy)
    expect(await openedOf(await bytesOf(await ask(newcomer)))).toHaveLength(3)
    expect(await problemOfResponse((await answers[0]) as Response)).toMatchObject(busy)
    await quick.send(whole.subarray(-1))
    await quick.send(new Uint8Array())
    expect(await openedOf(await bytesOf((await answers[1]) as Response))).toHaveLength(3)
  })

  test('that comes as fast as it must stays its own, however long that takes', () => {
    let ms = 0
    const bounds = { files: 1, filesPerClient: 1, fileBytesPerSecond: 1000, fileYieldMs }
    const places = new FilePlaces(bounds, () => ms)
    const place = places.take('one')
    for (let i = 0; i < 100; i++) {
      place.wait()
      ms += fileYieldMs / 4
      expect(() => places.take('another')).toThrow(expect.objectContaining({ code: 'request/busy' }))
      place.moved(fileYieldMs / 4)
    }
    // The server's own work is nobody's slowness.
    ms += 100 * fileYieldMs
    expect(() => places.take('another')).toThrow(expect.objectContaining({ code: 'request/busy' }))
    expect(place.lost.aborted).toBe(false)
  })

  test('whose answer is taken too slowly goes to a client that has none, and the answer is broken off', async () => {
    let ms = 0
    const world = await worldWith({ files: 1, filesPerClient: 1, fileYieldMs }, { now: () => ms })
    const untaken = await world.ask(path, post(whole), addresses[0])
    expect(untaken.status).toBe(200)
    const ask = () => world.ask(path, post(whole), newcomer)
    expect(await problemOfResponse(await ask())).toMatchObject(busy)
    ms += fileYieldMs
    expect(await openedOf(await bytesOf(await ask()))).toHaveLength(3)
    await expect(untaken.arrayBuffer()).rejects.toThrow()
  })
})
