import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { patience } from '../../core/test/patience.ts'
import { sha256Hex } from '../digest.ts'
import { type Log, silentLog } from '../log.ts'
import { studiesInFolder } from '../studies/folderStudies.ts'
import { type StudyStore, studiesInMemory } from '../studies/store.ts'
import { Studies } from '../studies/studies.ts'
import { makeStudyWorld } from './support/studies.ts'
import { problemOfResponse, type World } from './support/world.ts'

/** Messages that owners of a pooled study leave for each other on a server. */

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studies-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const stores: readonly { readonly name: string; readonly open: () => Promise<StudyStore> }[] = [
  { name: 'in memory', open: async () => studiesInMemory() },
  { name: 'in a folder', open: () => studiesInFolder(join(folder, 'store')) },
]

interface Made {
  readonly id: string
  readonly token: string
  readonly invitations: readonly string[]
  readonly expires: string
}

const create = (world: World, more: object = {}) =>
  world.ask('/v1/studies', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ v: 1, owners: 3, study: '{"a": [1]}', ...more }),
  })
const made = async (world: World): Promise<Made> => (await create(world)).json()
const ask = (world: World, { id }: Made, token: string | undefined, path = '', init: RequestInit = {}) =>
  world.ask(`/v1/studies/${id}${path}`, {
    ...init,
    headers: { ...(token !== undefined && { 'Blindscore-Study-Token': token }), ...init.headers },
  })
const say = (world: World, study: Made, seat: number, slot: string, text: string) =>
  ask(world, study, study.invitations[seat], `/messages/${slot}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/octet-stream' },
    body: text,
  })

describe.each(stores)('studies $name', ({ open }) => {
  let world: World
  beforeAll(async () => {
    world = await makeStudyWorld(await open())
  })

  test('carry what each owner says, once, to those who have a token', async () => {
    const study = await made(world)
    expect(study.invitations).toHaveLength(3)
    expect(Date.parse(study.expires) - Date.now()).toBeGreaterThan(29 * 86_400_000)
    expect((await say(world, study, 1, 'commit', 'one')).status).toBe(201)
    expect((await say(world, study, 1, 'commit', 'one')).status).toBe(200)
    expect(await problemOfResponse(await say(world, study, 1, 'commit', 'another'))).toEqual({
      status: 409,
      code: 'study/spoken',
    })
    expect(await (await ask(world, study, study.invitations[0], '/messages/commit')).json()).toEqual({
      owners: 3,
      seats: [1],
    })
    const message = await ask(world, study, study.invitations[2], '/messages/commit/1')
    expect(await message.text()).toBe('one')
    const state = await (await ask(world, study, study.invitations[2])).json()
    expect(state).toMatchObject({ owners: 3, seat: 2, study: '{"a": [1]}', slots: [{ slot: 'commit', seats: [1] }] })
  })

  test('say nothing to whoever has no token, or one of another study', async () => {
    const [study, other] = [await made(world), await made(world)]
    for (const response of [
      ask(world, study, undefined),
      ask(world, study, other.invitations[0]),
      say(world, { ...study, invitations: other.invitations }, 0, 'commit', 'one'),
      ask(world, study, study.token, '/messages/commit', {
        method: 'PUT',
        headers: { 'Content-Type': 'application/octet-stream' },
        body: 'of no owner',
      }),
      ask(world, study, study.invitations[0], '/messages/commit/0'),
      ask(world, study, study.invitations[0], '/messages/..%2f..%2fx/0'),
      ask(world, study, study.invitations[0], '/messages/commit/..%2f0'),
      ask(world, { ...study, id: 'f'.repeat(32) }, study.invitations[0]),
      ask(world, study, study.invitations[0], '', { method: 'DELETE' }),
    ])
      expect(await problemOfResponse(await response)).toEqual({ status: 404, code: 'study/unknown' })
  })

  test(
    'answer a wait once the last owner has spoken',
    async () => {
      const study = await made(world)
      await say(world, study, 0, '1-ready', 'a')
      const waiting = ask(world, study, study.invitations[0], '/messages/1-ready?wait=20')
      await say(world, study, 1, '1-ready', 'b')
      await say(world, study, 2, '1-ready', 'c')
      expect(await (await waiting).json()).toEqual({ owners: 3, seats: [0, 1, 2] })
    },
    patience,
  )

  test('go with their organiser’s token', async () => {
    const study = await made(world)
    await say(world, study, 0, 'commit', 'one')
    expect((await ask(world, study, study.token, '', { method: 'DELETE' })).status).toBe(204)
    expect((await ask(world, study, study.invitations[0])).status).toBe(404)
  })
})

test('a study is of 2 to 64 owners, and neither it nor a message is larger than it may be', async () => {
  const limits = { fileBytes: 2000, messageBytes: 1000, studyBytes: 2000 }
  const world = await makeStudyWorld(studiesInMemory(), limits)
  for (const owners of [1, 65]) {
    expect(await problemOfResponse(await create(world, { owners }))).toEqual({ status: 400, code: 'request/syntax' })
  }
  const large = { status: 413, code: 'request/too-large' }
  expect(await problemOfResponse(await create(world, { study: 'x'.repeat(2000) }))).toEqual(large)
  const study = await made(world)
  expect(await problemOfResponse(await say(world, study, 0, 'commit', 'x'.repeat(1001)))).toEqual(large)
  expect((await say(world, study, 0, 'commit', 'x'.repeat(1000))).status).toBe(201)
  expect(await problemOfResponse(await say(world, study, 0, 'keys', 'x'.repeat(1000)))).toEqual(large)
})

test('a client has so many studies, and all studies so many bytes', async () => {
  const few = await makeStudyWorld(studiesInMemory(), { perClient: 1 })
  await made(few)
  expect(await problemOfResponse(await create(few))).toEqual({ status: 429, code: 'request/budget' })
  const small = await makeStudyWorld(studiesInMemory(), { bytes: 1500 })
  const study = await made(small)
  expect(await problemOfResponse(await say(small, study, 0, 'commit', 'x'.repeat(1400)))).toEqual({
    status: 429,
    code: 'request/budget',
  })
})

test('a client has no more studies after a restart', async () => {
  const place = join(folder, 'restarted')
  const start = async () => makeStudyWorld(await studiesInFolder(place), { perClient: 2 })
  await made(await start())
  const again = await start()
  await made(again)
  expect(await problemOfResponse(await create(again))).toEqual({ status: 429, code: 'request/budget' })
})

test('a study that was altered in the folder is nobody’s, and the log names it', async () => {
  const place = join(folder, 'altered')
  const told: object[] = []
  const log: Log = { ...silentLog, error: (facts) => told.push(facts) }
  const studies = await Studies.open(await studiesInFolder(place), { log, nameOf: sha256Hex })
  const { id, token } = await studies.create({ owners: 3, study: '{"a": [1]}', client: 'a' })
  const file = join(place, id, 'study')
  const bytes = readFileSync(file)
  for (let i = 0; i < bytes.length; i += 5) {
    writeFileSync(
      file,
      bytes.map((byte, at) => (at === i ? byte ^ 1 : byte)),
    )
    await expect(studies.open(id, token)).rejects.toMatchObject({ code: 'study/unknown' })
    expect(told.at(-1)).toEqual({ study: id.slice(0, 8) })
  }
  expect(told).toHaveLength(Math.ceil(bytes.length / 5))
  writeFileSync(file, bytes)
  expect((await studies.open(id, token)).seat).toBeNull()
  studies.close()
})

test('a study goes after its days, whether anybody asks for it or not, and what is kept of it with it', async () => {
  const place = join(folder, 'expiring')
  let now = Date.now()
  const open = async () =>
    Studies.open(await studiesInFolder(place), { limits: { days: 1 }, clock: () => now, nameOf: sha256Hex })
  const studies = await open()
  const { id, invitations } = await studies.create({ owners: 3, study: '', client: 'a' })
  studies.close()
  now += 86_400_000 - 1000
  const later = await open()
  expect((await later.open(id, invitations[2])).seat).toBe(2)
  later.close()
  now += 1000
  await expect(later.open(id, invitations[2])).rejects.toMatchObject({ code: 'study/unknown' })
  const { id: other } = await later.create({ owners: 3, study: '', client: 'a' })
  expect(readdirSync(place)).toContain(other)
  now += 86_400_000
  ;(await open()).close()
  expect(readdirSync(place).filter((name) => !name.startsWith('.'))).toEqual([])
})

test('two processes of one folder keep one of two messages of an owner', async () => {
  const place = join(folder, 'shared')
  const [one, other] = [await studiesInFolder(place), await studiesInFolder(place)]
  const name = `${'a'.repeat(32)}/commit/0`
  const kept = await Promise.all(
    Array.from({ length: 20 }, (_, i) => (i % 2 ? one : other).create(name, Uint8Array.of(i))),
  )
  expect(kept.filter(Boolean)).toHaveLength(1)
  expect((await one.get(name))?.[0]).toBe(kept.indexOf(true))
})

test('what is no study in the folder is nobody’s, and stays', async () => {
  const place = join(folder, 'strange')
  const store = await studiesInFolder(place)
  const id = 'b'.repeat(32)
  await store.create(`${id}/study`, new TextEncoder().encode('{"v": 2}'))
  const studies = await Studies.open(store, { nameOf: sha256Hex })
  await expect(studies.open(id, 'token')).rejects.toMatchObject({ code: 'study/unknown' })
  studies.close()
  expect(readdirSync(place)).toContain(id)
})

test('no token and no address lies in the folder', async () => {
  const place = join(folder, 'searched')
  const world = await makeStudyWorld(await studiesInFolder(place))
  const study = await made(world)
  await say(world, study, 0, 'commit', 'one')
  const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  expect(files).toHaveLength(2)
  const texts = files.map((each) => readFileSync(join(each.parentPath, each.name), 'utf8')).join()
  for (const secret of [study.token, ...study.invitations, '192.0.2.1']) expect(texts).not.toContain(secret)
})

test('a server that carries studies says so in its list, and one that does not answers study/not-kept', async () => {
  const world = await makeStudyWorld(studiesInMemory())
  expect((await (await world.ask('/v1/models')).json()).limits.studies).toEqual({ days: 30 })
  const none = await makeStudyWorld(null)
  expect((await (await none.ask('/v1/models')).json()).limits.studies).toBeUndefined()
  const notKept = { status: 404, code: 'study/not-kept' }
  expect(await problemOfResponse(await create(none))).toEqual(notKept)
  const study = await made(world)
  for (const response of [ask(none, study, study.token), say(none, study, 0, 'commit', 'one')])
    expect(await problemOfResponse(await response)).toEqual(notKept)
})

test('openapi.json describes the routes of studies, with the schemas that check them', async () => {
  const world = await makeStudyWorld(studiesInMemory())
  const document = await (await world.ask('/openapi.json')).json()
  expect((await new Validator().validate(structuredClone(document))).errors).toBeUndefined()
  const routes = Object.entries(document.paths as object).flatMap(([path, item]) =>
    path.startsWith('/v1/studies') ? Object.keys(item).map((method) => `${method} ${path}`) : [],
  )
  expect(routes.sort()).toEqual([
    'delete /v1/studies/{study}',
    'get /v1/studies/{study}',
    'get /v1/studies/{study}/messages/{slot}',
    'get /v1/studies/{study}/messages/{slot}/{seat}',
    'post /v1/studies',
    'put /v1/studies/{study}/messages/{slot}',
  ])
  const created = document.paths['/v1/studies'].post.requestBody.content['application/json'].schema
  expect(created).toMatchObject({ required: ['v', 'owners', 'study'], additionalProperties: false })
})
