import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../../client/node.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import { shipped } from '../../core/test/shipped.ts'
import { limitsFor } from '../limits.ts'
import { FileBudgets } from '../state/fileBudgets.ts'
import { stateInMemory } from '../state/memory.ts'
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

/** What a client has left of its hour, over the wire: told, charged once, and outliving the process. */

const address = '/v1/models/tiny/scores'
const records = [['40', '123.45', 'south']]
let folder: string
let client: Client
let block: number
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindscore-hours-'))
  client = await Client.make()
  block = layoutOf('paillier-2048', tiny.card).slots
})
afterAll(() => rm(folder, { recursive: true }))

async function worldOn(name: string, perHour: number, chosen: Parameters<typeof makeWorld>[0] = {}) {
  const own = { recordsPerHour: perHour }
  const limits = limitsFor([tiny.card], own)
  const options = { chunksRemembered: 1000, nameOf: (each: string) => each }
  const budgets = await FileBudgets.open(join(folder, name), options)
  const world = await makeWorld({ models: [tiny], openState: stateInMemory(limits, { budgets }), ...chosen }, own)
  await register(world, client)
  return world
}

async function hourOf(world: World, from = '192.0.2.1') {
  const { budget, limits } = await (await world.ask('/v1/models', {}, from)).json()
  return { ...budget, recordsPerChunk: limits.recordsPerChunk }
}

describe('the hour of a client', () => {
  test('is told with the models: what is left, and when all of it is there again; a chunk takes an eighth at most', async () => {
    const perHour = 16 * block
    const world = await worldOn('told', perHour)
    expect(await hourOf(world)).toEqual({ perHour, left: perHour, fullIn: 0, recordsPerChunk: 2 * block })
    await answerOf(await world.ask(address, chunkRequest(client.seal(tiny.card, records))))
    const then = await hourOf(world)
    expect(then.left).toBe(perHour - block)
    expect(then.fullIn).toBeGreaterThan(3590)
    expect(then.fullIn).toBeLessThanOrEqual(3600)
    expect(await hourOf(world, '192.0.2.2')).toMatchObject({ left: perHour, fullIn: 0 })
  })

  test('goes on after a restart, and what was paid for before it is not paid for again', async () => {
    const chunk = client.seal(tiny.card, records)
    const before = await worldOn('restart', 2 * block)
    await answerOf(await before.ask(address, chunkRequest(chunk)))
    const after = await worldOn('restart', 2 * block)
    expect(await hourOf(after)).toMatchObject({ left: block })
    await answerOf(await after.ask(address, chunkRequest(chunk)))
    expect(await hourOf(after)).toMatchObject({ left: block })
    await answerOf(await after.ask(address, chunkRequest(client.seal(tiny.card, records))))
    const refused = await after.ask(address, chunkRequest(client.seal(tiny.card, records)))
    expect(await problemOfResponse(refused)).toMatchObject({ status: 429, code: 'request/budget' })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3580)
    // Still: it was paid for.
    await answerOf(await after.ask(address, chunkRequest(chunk)))
  })

  test('that cannot be written down is no fresh one: nothing is scored until it can', async () => {
    const world = await worldOn('gone', 4 * block)
    const chunk = client.seal(tiny.card, records)
    await answerOf(await world.ask(address, chunkRequest(chunk)))
    const there = join(folder, 'gone')
    await rename(there, `${there}.away`)
    await rm(`${there}.away`, { recursive: true })
    await writeFile(there, '')
    const refused = await world.ask(address, chunkRequest(client.seal(tiny.card, records)))
    expect(refused.headers.get('retry-after')).toBe('5')
    expect(await problemOfResponse(refused)).toMatchObject({ status: 503, code: 'server/store-gone' })
    expect(await hourOf(world)).toEqual({ recordsPerChunk: 1 * Math.floor(block / 2) })
  })

  test('pays for each answer, also where who asked for the same chunk at once went away', async () => {
    const here = computeHere([tiny])
    const scorings: (() => void)[] = []
    const held = new Promise<void>((resolve) => scorings.push(resolve))
    const compute = {
      ...here,
      score: async (...task: Parameters<typeof here.score>) => {
        await held
        task[2]?.throwIfAborted()
        return here.score(...task)
      },
    }
    const world = await worldOn('twice', 4 * block, { compute })
    const chunk = client.seal(tiny.card, records)
    const stop = new AbortController()
    const [left, stayed] = [
      world.ask(address, { ...chunkRequest(chunk), signal: stop.signal }),
      world.ask(address, chunkRequest(chunk)),
    ]
    await expect.poll(async () => (await hourOf(world)).left).toBe(3 * block)
    stop.abort()
    for (const resolve of scorings) resolve()
    expect((await left).ok).toBe(false)
    await answerOf(await stayed)
    expect(await hourOf(world)).toMatchObject({ left: 3 * block })
  })
})

describe('a server that is killed', () => {
  const perHour = 400_000
  let state: string
  let running: ChildProcess | undefined
  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), 'blindscore-killed-'))
  })
  afterAll(async () => {
    running?.kill('SIGKILL')
    await rm(state, { recursive: true })
  })

  async function start(): Promise<{ readonly url: string; readonly said: () => string }> {
    let said = ''
    const command = new URL('../../dist/cli/blindscore.js', import.meta.url).pathname
    const child = spawn(
      process.execPath,
      [command, 'serve', '--port', '0', '--threads', '1', '--records-per-hour', `${perHour}`],
      {
        env: { ...process.env, XDG_STATE_HOME: state },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    running = child
    child.stderr.on('data', (piece) => {
      said += piece
    })
    for await (const piece of child.stdout) {
      const url = /Blindscore is at (\S+)/.exec(String(piece))?.[1]
      if (url !== undefined) return { url, said: () => said }
    }
    throw new Error(said)
  }

  test('in the middle of a run has forgotten nothing that it answered, and says at its start what an hour is for', async () => {
    const first = await start()
    await expect.poll(first.said).toContain('400,000 records scored in an hour')
    expect(first.said()).toContain('d + 1 records')
    const { rows } = shipped('salary')
    const connection = connect(first.url, {
      threads: 1,
      scheme: 'lattice',
      workerFile: new URL('../../dist/client/owner/sealerThread.js', import.meta.url),
    })
    const many = Array.from({ length: 5000 }, (_, i) => rows[i % rows.length] as (typeof rows)[number])
    let answered = 0
    for await (const _ of connection.score('salary', many)) {
      answered += 1
      if (answered === 1) break
    }
    running?.kill('SIGKILL')
    await connection.close()
    // One that is gone is no fresh one: of both, each is missed beside the other.
    for (const each of ['ledger', 'budgets']) {
      await rename(join(state, 'blindscore', each), join(state, each))
      await expect(start()).rejects.toThrow('blindscore state begin')
      await rename(join(state, each), join(state, 'blindscore', each))
    }
    const second = await start()
    const { budget } = await (await fetch(`${second.url}v1/models`)).json()
    const spent = perHour - budget.left
    expect(spent).toBeGreaterThanOrEqual(answered)
    expect(budget.fullIn).toBeGreaterThan(3000)
  })
})
