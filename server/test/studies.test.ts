import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { patience } from '../../core/test/patience.ts'
import { silentLog } from '../log.ts'
import { openFolders } from '../sealed/places.ts'
import { openStudies, type StudiesOptions, studiesInMemory } from '../studies/openStudies.ts'
import {
  askStudy as ask,
  createStudy as create,
  madeStudy as made,
  makeStudyWorld,
  sayIn as say,
} from './support/studies.ts'
import { problemOfResponse, type World } from './support/world.ts'

/** Messages that owners of a pooled study leave for each other on a server. */

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studies-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const key = new Uint8Array(32).fill(0x5a)
/** Studies in a folder, with their keys beside it. */
const inFolder = async (place: string, more: Partial<StudiesOptions> = {}): Promise<StudiesOptions> => ({
  ...(await openFolders(place)),
  key,
  ...more,
})
const quiet = { log: silentLog, draining: () => false }

const stores: readonly { readonly name: string; readonly open: () => Promise<StudiesOptions> }[] = [
  { name: 'in memory', open: async () => studiesInMemory() },
  { name: 'in a folder', open: () => inFolder(join(folder, 'store')) },
]

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
  const start = async () => makeStudyWorld(await inFolder(place), { perClient: 2 })
  await made(await start())
  const again = await start()
  await made(again)
  expect(await problemOfResponse(await create(again))).toEqual({ status: 429, code: 'request/budget' })
})

test('a study goes after its days, whether anybody asks for it or not, and what is kept of it with it', async () => {
  const place = join(folder, 'expiring')
  let now = Date.now()
  const open = async () => openStudies(await inFolder(place, { limits: { days: 1 }, now: () => now }), quiet)
  const asked = { owners: 3, study: '', client: 'a', principal: 'anonymous' }
  const first = await open()
  const { id, invitations } = await first.studies.create(asked)
  await first.close()
  now += 86_400_000 - 1000
  const later = await open()
  expect((await later.studies.open(id, invitations[2])).seat).toBe(2)
  now += 1000
  await expect(later.studies.open(id, invitations[2])).rejects.toMatchObject({ code: 'study/unknown' })
  const { id: other } = await later.studies.create(asked)
  await later.close()
  expect(readdirSync(place)).toContain(`study-${other}`)
  now += 86_400_000
  await (await open()).close()
  for (const each of [place, `${place}-keys`])
    expect(readdirSync(each).filter((name) => !name.startsWith('.'))).toEqual([])
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
