import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { encodeChunk } from '../../core/protocol/wire.ts'
import { patience } from '../../core/test/patience.ts'
import type { Compute } from '../compute/compute.ts'
import { beganAt } from '../runningProcess.ts'
import { rotatedRuns, runKind } from '../runs/manifest.ts'
import { openFolders } from '../sealed/places.ts'
import { rotate } from '../sealed/rotate.ts'
import { sealingKey } from '../sealed/seal.ts'
import { Vault } from '../sealed/vault.ts'
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
  Storage,
  sealedChunks,
} from './support/runs.ts'
import { Client, computeHere, problemOfResponse, register, tiny, type World, zero } from './support/world.ts'

vi.mock('../runningProcess.ts', async (original) => {
  const real = await original<typeof import('../runningProcess.ts')>()
  return { ...real, beganAt: vi.fn(real.beganAt) }
})

/** What lies in the stores of runs: altered, exchanged, put back, searched, taken away. */

let storage: Storage
let client: Client
beforeAll(async () => {
  storage = await Storage.make()
  client = await Client.make()
})
afterAll(() => storage.end())

async function serve(...more: Parameters<Storage['serve']>): Promise<World> {
  const world = await storage.serve(...more)
  await register(world, client)
  return world
}

const fileOf = (run: Handed, name: string) => storage.at(join('runs', run.id, name))
const flip = (file: string, at = 60): void => {
  const bytes = readFileSync(file)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(file, bytes)
}
const expectScores = (values: readonly number[]): void => {
  values.forEach((value, r) => {
    expect(Math.abs(value - (predictors[r] as number))).toBeLessThanOrEqual(tiny.card.tolerance)
  })
}

/** Stands for work that a kill comes into. */
const untilStopped: Compute['score'] = (_task, _share, signal) =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('stopped')))
  })

test('an answer with a flipped byte, or in another’s place, is never served: it is named in the log and made anew', async () => {
  const world = await serve()
  const [run, other] = [await handedOver(world, client, 2), await handedOver(world, client, 1)]
  await ended(world, run)
  await ended(world, other)
  for (const harm of [
    () => flip(fileOf(run, 'out/0')),
    () => cpSync(fileOf(run, 'out/1'), fileOf(run, 'out/0')),
    () => cpSync(fileOf(other, 'out/0'), fileOf(run, 'out/0')),
    () => writeFileSync(fileOf(run, 'out/0'), ''),
  ]) {
    harm()
    const logged = world.logged.length
    const refused = await askRun(world, run, '/answers/0')
    expect(await problemOfResponse(refused)).toEqual({ status: 404, code: 'run/unanswered' })
    expect(world.logged.slice(logged).some((line) => line.includes('"code":"run/damaged"'))).toBe(true)
    await ended(world, run)
    expectScores(await opened(world, client, run, 0))
  }
  await world.close()
})

test('an answer that was taken away is made anew for who asks for it', async () => {
  const world = await serve()
  const run = await handedOver(world, client, 2)
  await ended(world, run)
  rmSync(fileOf(run, 'out/1'))
  expect((await askRun(world, run, '/answers/1')).status).toBe(404)
  expect(await ended(world, run)).toMatchObject({ state: 'done', answered: 2 })
  expectScores(await opened(world, client, run, 1))
  await world.close()
})

test('a chunk that was altered or exchanged is not scored, and a manifest that was put back is not believed', async () => {
  const world = await serve({ compute: { ...computeHere([tiny, zero]) } })
  const run = await created(world, client, sealedChunks(client, 2))
  const [first, second] = run.chunks as [Handed['chunks'][0], Handed['chunks'][0]]
  await putChunk(world, run, first)
  cpSync(storage.at(`runs/${run.id}/manifest`), storage.at('older'), { recursive: true })
  await putChunk(world, run, second)
  const [in0, in1] = readdirSync(fileOf(run, 'in')).sort() as [string, string]
  flip(fileOf(run, `in/${in0}`))
  await askRun(world, run, '/start', { method: 'POST' })
  expect(await ended(world, run)).toMatchObject({ answered: 1, failed: [{ chunk: 0, code: 'run/damaged' }] })
  expect(await problemOfResponse(await askRun(world, run, '/answers/0'))).toEqual({ status: 410, code: 'run/damaged' })
  cpSync(fileOf(run, `in/${in1}`), fileOf(run, `in/${in0}`))
  rmSync(fileOf(run, 'failed'), { recursive: true })
  await askRun(world, run, '/start', { method: 'POST' })
  expect(await ended(world, run)).toMatchObject({ failed: [{ chunk: 0, code: 'run/damaged' }] })
  // The older manifest, in the place of the one that counts.
  const [now] = readdirSync(fileOf(run, 'manifest')) as [string]
  const [older] = readdirSync(storage.at('older')) as [string]
  cpSync(storage.at(`older/${older}`), fileOf(run, `manifest/${now}`))
  expect(await problemOfResponse(await askRun(world, run))).toEqual({ status: 410, code: 'run/damaged' })
  await world.close()
})

test('a list of chunks is read once, and again where its bytes are not the ones that were read', async () => {
  const own = await Storage.make()
  const stores = await own.stores()
  const vault = new Vault(runKind, stores, [sealingKey(own.key)])
  const run = '0'.repeat(32)
  const hex = (digits: number) => 'a'.repeat(digits)
  const manifest = {
    ...{ v: 1 as const, state: 'open' as const, stored: {}, created: '', token: hex(64), model: 'tiny', card: hex(64) },
    ...{ key: hex(64), set: 'paillier-2048', clientRun: hex(32), chunks: 2, records: 2 },
  }
  const entry = { principal: 'a', client: 'a', who: 'a', bytes: 0, expires: Date.now() + 60_000 }
  await vault.create({ id: run, entry, manifest, objects: [] })
  await vault.change(run, (open) => ({ manifest: { ...open.manifest, model: 'zero' } }))
  const other = new Vault(runKind, stores, [sealingKey(own.key)])
  const read = (await other.open(run))?.manifest
  expect(read?.model).toBe('zero')
  expect((await other.open(run))?.manifest).toBe(read)
  await vault.change(run, (open) => ({ manifest: { ...open.manifest, model: 'tiny' } }))
  expect((await other.open(run))?.manifest.model).toBe('tiny')
  const [name = ''] = await stores.objects.list(`${run}/manifest/`)
  flip(own.at(join('runs', name)))
  for (const each of [vault, other]) await expect(each.open(run)).rejects.toMatchObject({ code: 'run/damaged' })
  await own.end()
})

test('a run that is deleted opens no more, also where a copy of its objects is put back', async () => {
  const world = await serve()
  const run = await handedOver(world, client, 1)
  await ended(world, run)
  cpSync(storage.at(`runs/${run.id}`), storage.at('copy'), { recursive: true })
  expect((await askRun(world, run, '', { method: 'DELETE' })).status).toBe(204)
  expect(readdirSync(storage.at('runs'))).not.toContain(run.id)
  expect(readdirSync(storage.at('keys'))).not.toContain(run.id)
  renameSync(storage.at('copy'), storage.at(`runs/${run.id}`))
  expect(await problemOfResponse(await askRun(world, run))).toEqual({ status: 404, code: 'run/unknown' })
  await world.close()
  // As after a restore without the keys: whoever runs the server is told.
  const again = await serve()
  expect(await problemOfResponse(await askRun(again, run))).toEqual({ status: 404, code: 'run/unknown' })
  expect(again.logged.filter((line) => line.includes('has no key here') && line.includes(run.id))).toHaveLength(1)
  await again.close()
  rmSync(storage.at(`runs/${run.id}`), { recursive: true })
})

test(
  'a run goes on after a restart without its client, charged once, and goes when its time is over',
  async () => {
    let now = Date.now()
    const compute = computeHere([tiny, zero])
    const stuck = await serve({ compute: { ...compute, score: untilStopped } }, {}, { now: () => now })
    const run = await handedOver(stuck, client, 2)
    const after = await storage.serve({}, {}, { now: () => now })
    const state = await ended(after, run)
    expect(state).toMatchObject({ state: 'done', answered: 2 })
    for (const chunk of [0, 1]) expectScores(await opened(after, client, run, chunk))
    now += 7 * 86_400_000
    expect(await problemOfResponse(await askRun(after, run))).toEqual({ status: 404, code: 'run/unknown' })
    await after.close()
    const last = await storage.serve({}, {}, { now: () => now })
    expect(readdirSync(storage.at('keys'))).not.toContain(run.id)
    expect(readdirSync(storage.at('runs'))).not.toContain(run.id)
    await last.close()
  },
  patience,
)

test('a client has so many runs and bytes, and no more', async () => {
  const own = await Storage.make()
  const world = await own.serve({}, { runsPerClient: 2, runBytesPerClient: 5000 })
  await register(world, client)
  const chunks = sealedChunks(client, 3)
  const run = await created(world, client, chunks)
  await created(world, client, chunks)
  const third = await world.ask('/v1/models/tiny/runs', createRequest(client, chunks))
  expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(600_000)
  expect(await problemOfResponse(third)).toEqual({ status: 429, code: 'run/too-many' })
  const sizes = chunks.map((chunk) => encodeChunk(chunk).length)
  const codes: number[] = []
  for (const chunk of chunks) codes.push((await putChunk(world, run, chunk)).status)
  const room = Math.floor(5000 / (sizes[0] ?? 1))
  expect(room).toBeLessThan(3)
  expect(codes).toEqual(sizes.map((_, i) => (i < room ? 201 : 413)))
  await world.close()
  await own.end()
})

test('nothing that was sent or kept secret is found in the stores or in the log, and the keys lie apart', async () => {
  const world = await serve()
  const run = await handedOver(world, client, 1)
  await ended(world, run)
  const files = readdirSync(storage.folder, { recursive: true, encoding: 'utf8' }).map((name) => storage.at(name))
  const stored = files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file))
  expect(stored.length).toBeGreaterThan(4)
  const [chunk] = run.chunks as [Handed['chunks'][0]]
  const secrets = [
    Buffer.from(run.token),
    Buffer.from(run.token, 'base64url'),
    Buffer.from(chunk.ciphertexts.subarray(100, 124)),
    Buffer.from(client.n.subarray(40, 64)),
    Buffer.from(client.fingerprint),
    Buffer.from('192.0.2.1'),
    Buffer.from('tiny'),
    Buffer.from(storage.key),
  ]
  for (const secret of secrets) for (const bytes of stored) expect(bytes.includes(secret)).toBe(false)
  const log = world.logged.join('\n')
  for (const secret of [run.token, client.fingerprint, '192.0.2.1']) expect(log).not.toContain(secret)
  await expect(openFolders(storage.at('runs'), storage.at('runs/keys'))).rejects.toMatchObject({
    code: 'server/store-gone',
  })
  await world.close()
})

test('a server with another key does not begin', async () => {
  const other = new Uint8Array(32).fill(7)
  const own = await Storage.make()
  const world = await own.serve()
  await register(world, client)
  await created(world, client, sealedChunks(client, 1))
  await world.close()
  await expect(own.serve({}, {}, { key: other })).rejects.toMatchObject({ code: 'server/store-gone' })
  await own.end()
})

test('keys are rotated, with and without sealing anew: the old key opens nothing more, and all is there', async () => {
  const own = await Storage.make()
  const world = await own.serve()
  await register(world, client)
  const run = await handedOver(world, client, 1)
  await ended(world, run)
  await world.close()
  const out = () => readFileSync(own.at(`runs/${run.id}/out/0`))
  let was = own.key
  for (const [fill, reencrypt] of [
    [1, false],
    [2, true],
  ] as const) {
    const before = out()
    const next = new Uint8Array(32).fill(fill)
    expect(await rotate(rotatedRuns, await own.stores(), { was, becomes: next, reencrypt })).toBe(1)
    expect(out().equals(before)).toBe(!reencrypt)
    await expect(own.serve({}, {}, { key: was })).rejects.toMatchObject({ code: 'server/store-gone' })
    const after = await own.serve({}, {}, { key: next })
    expectScores(await opened(after, client, run, 0))
    await after.close()
    was = next
  }
  await own.end()
})

describe('a folder that a server works on', () => {
  /** A process that is there until it is killed. */
  const other = async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)'])
    await once(child.stdout, 'data')
    return child
  }
  /** What is found there of another process, which did not begin when that one did where `began` says so. */
  const planted = (own: Storage, mark: object): void => {
    const [name = ''] = readdirSync(own.at('keys/.in-use'))
    const before = JSON.parse(readFileSync(own.at(join('keys/.in-use', name)), 'utf8'))
    writeFileSync(own.at('keys/.in-use/planted'), JSON.stringify({ ...before, ...mark }))
  }
  const open = (own: Storage, use: 'server' | 'rotation') => openFolders(own.at('runs'), own.at('keys'), use)
  const inUse = expect.objectContaining({ code: 'server/store-gone', fault: 'runsInUse' })

  test('is not rotated meanwhile, and none is begun while it is; of servers there may be several', async () => {
    const own = await Storage.make()
    const servers = [await open(own, 'server'), await open(own, 'server')]
    await expect(open(own, 'rotation')).rejects.toEqual(inUse)
    for (const { keys } of servers) await keys.close?.()
    const rotation = await open(own, 'rotation')
    await expect(open(own, 'server')).rejects.toEqual(inUse)
    await expect(open(own, 'rotation')).rejects.toEqual(inUse)
    await rotation.keys.close?.()
    await (await open(own, 'server')).keys.close?.()
    await own.end()
  })

  test('is let go of by a kill, also where the process’s number is another one’s by now', async () => {
    const own = await Storage.make()
    const here = await open(own, 'server')
    const child = await other()
    const began = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ')[21]
    planted(own, { pid: child.pid, began })
    await here.keys.close?.()
    await expect(open(own, 'rotation')).rejects.toEqual(inUse)
    const again = await open(own, 'server')
    planted(own, { pid: child.pid, began: `${began}0` })
    await again.keys.close?.()
    await (await open(own, 'rotation')).keys.close?.()

    const third = await open(own, 'server')
    planted(own, { pid: child.pid, began })
    await third.keys.close?.()
    child.kill('SIGKILL')
    await once(child, 'exit')
    await (await open(own, 'rotation')).keys.close?.()
    await own.end()
  })

  test('is used by a process that it cannot be seen of when it began, as long as its mark becomes younger', async () => {
    const own = await Storage.make()
    const here = await open(own, 'server')
    const child = await other()
    planted(own, { use: 'rotation', pid: child.pid, began: '1' })
    await here.keys.close?.()
    const real = vi.mocked(beganAt).getMockImplementation() ?? expect.fail()
    vi.mocked(beganAt).mockImplementation(async (pid) => (pid === process.pid ? real(pid) : null))
    await expect(open(own, 'server')).rejects.toEqual(inUse)
    const long = new Date(Date.now() - 61_000)
    utimesSync(own.at('keys/.in-use/planted'), long, long)
    await (await open(own, 'server')).keys.close?.()
    vi.mocked(beganAt).mockImplementation(real)
    child.kill('SIGKILL')
    await own.end()
  })

  test.runIf(process.getuid?.() === 0)('stays the service’s own where root was at it', async () => {
    const own = await Storage.make()
    chownSync(own.at('.'), 61_234, 61_235)
    const rotation = await open(own, 'rotation')
    for (const name of readdirSync(own.at('.'), { recursive: true, encoding: 'utf8' }))
      expect([name, statSync(own.at(name))]).toEqual([name, expect.objectContaining({ uid: 61_234, gid: 61_235 })])
    await rotation.keys.put('0'.repeat(32), new Uint8Array(1), null)
    expect(statSync(own.at(`keys/${'0'.repeat(32)}/1`))).toMatchObject({ uid: 61_234, gid: 61_235 })
    await rotation.keys.close?.()
    await own.end()
  })

  test('on another host counts as long as its mark becomes younger', async () => {
    const own = await Storage.make()
    const here = await open(own, 'server')
    planted(own, { space: 'elsewhere', pid: 1 })
    await here.keys.close?.()
    await expect(open(own, 'rotation')).rejects.toEqual(inUse)
    const long = new Date(Date.now() - 61_000)
    utimesSync(own.at('keys/.in-use/planted'), long, long)
    await (await open(own, 'rotation')).keys.close?.()
    await own.end()
  })
})
