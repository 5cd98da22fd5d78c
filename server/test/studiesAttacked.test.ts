import { expect, test } from 'vitest'
import { BlindscoreError } from '../../core/errors.ts'
import type { Principals } from '../access/principals.ts'
import { studiesInMemory } from '../studies/openStudies.ts'
import { askStudy, createStudy, type MadeStudy, madeStudy, makeStudyWorld, sayIn } from './support/studies.ts'
import { problemOfResponse } from './support/world.ts'

/** What an outsider, or an owner, could try with the routes of studies. */

const unknown = { status: 404, code: 'study/unknown' }
const full = { status: 429, code: 'request/budget' }

test('who asks for a study that is not, with a foreign token, or by a way around, is answered the same', async () => {
  const world = await makeStudyWorld(studiesInMemory())
  const [study, other] = [await madeStudy(world), await madeStudy(world)]
  await sayIn(world, study, 0, 'commit', 'one')
  const own = study.invitations[0] as string
  const asked: Promise<Response>[] = []
  for (const token of [undefined, '', 'x', other.token, other.invitations[0], `${own} `.repeat(2), own.slice(1)])
    for (const path of ['', '/messages/commit', '/messages/commit/0'])
      asked.push(askStudy(world, study, token, path), askStudy(world, { ...study, id: 'f'.repeat(32) }, token, path))
  for (const id of [
    '..',
    '%2e%2e',
    'study-',
    `${study.id}0`,
    study.id.toUpperCase(),
    `${study.id}%2ffile`,
    '__proto__',
  ])
    asked.push(askStudy(world, { ...study, id }, own))
  for (const path of [
    'said/0',
    '..%2f..',
    'Commit/0',
    '__proto__/0',
    'constructor/0',
    'commit/00',
    'commit/-1',
    'commit/1e0',
  ])
    asked.push(askStudy(world, study, own, `/messages/${path}`))
  const answers = await Promise.all(asked)
  const foreign = answers.filter(({ headers }) => headers.get('content-type') === 'application/problem+json')
  expect(foreign).toHaveLength(answers.length)
  for (const answer of foreign) {
    const { status, code } = await problemOfResponse(answer)
    // An address with dots in it is another address, which has no route.
    expect([unknown.code, 'request/not-found']).toContain(code)
    expect(status).toBe(404)
  }
  expect(await (await askStudy(world, study, own, '/messages/commit/0')).text()).toBe('one')
  await world.close()
})

test('thousands of studies of one address take no other’s place, nor do those of many addresses take all', async () => {
  const world = await makeStudyWorld(studiesInMemory(), { perClient: 5, studies: 40 })
  const statuses = async (address: string): Promise<number[]> => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => createStudy(world, {}, address)))
    return answers.map(({ status }) => status)
  }
  expect((await statuses('192.0.2.1')).filter((status) => status === 201)).toHaveLength(5)
  expect((await createStudy(world, {}, '192.0.2.2')).status).toBe(201)
  let made = 6
  for (let i = 3; i < 11; i++) made += (await statuses(`192.0.2.${i}`)).filter((status) => status === 201).length
  expect(made).toBeLessThan(40)
  // Who has none yet has a place, whoever else is there.
  expect((await createStudy(world, {}, '198.51.100.1')).status).toBe(201)
  expect(await problemOfResponse(await createStudy(world, {}, '192.0.2.1'))).toEqual(full)
  await world.close()
})

test('a body that is larger than it may be is refused before it is kept, with a length and without', async () => {
  const world = await makeStudyWorld(studiesInMemory(), { messageBytes: 1000 })
  const study = await madeStudy(world)
  const endless = new ReadableStream<Uint8Array>({ pull: (to) => to.enqueue(new Uint8Array(500)) })
  const put = (body: BodyInit, token = study.invitations[0]) =>
    askStudy(world, study, token, '/messages/commit', {
      ...{ method: 'PUT', body, duplex: 'half' },
      headers: { 'Content-Type': 'application/octet-stream' },
    } as RequestInit)
  for (const body of ['x'.repeat(1001), endless])
    expect(await problemOfResponse(await put(body))).toEqual({ status: 413, code: 'request/too-large' })
  // Of who has no token nothing is read.
  const unread = new ReadableStream<Uint8Array>({ pull: () => expect.fail() }, { highWaterMark: 0 })
  expect(await problemOfResponse(await put(unread, 'x'))).toEqual(unknown)
  expect((await put('x'.repeat(1000))).status).toBe(201)
  await world.close()
})

test('of many waits of one study those beyond its owners’ are answered at once', async () => {
  const world = await makeStudyWorld(studiesInMemory())
  const study = await madeStudy(world)
  const waits = Array.from({ length: 40 }, () => askStudy(world, study, study.token, '/messages/commit?wait=20'))
  let answered = 0
  for (const wait of waits) void wait.then(() => answered++)
  while (answered < 40 - 12) await new Promise((resolve) => setTimeout(resolve, 5))
  for (const seat of [0, 1, 2]) await sayIn(world, study, seat, 'commit', `of ${seat}`)
  const seats = await Promise.all(waits.map(async (wait) => (await (await wait).json()).seats))
  expect(seats.filter(({ length }) => length === 3)).toHaveLength(12)
  await world.close()
})

test('messages that are read count by their bytes, as those do that are sent', async () => {
  const pace = { requestBurst: 200, paceWaitMs: 0 }
  const world = await makeStudyWorld(studiesInMemory(), {}, { now: () => 0 }, pace)
  const study = await madeStudy(world)
  await sayIn(world, study, 0, 'small', 'x')
  await sayIn(world, study, 0, 'large', 'x'.repeat(4 * 2 ** 20))
  const statuses: number[] = []
  for (const slot of ['small', 'large', 'large', 'large', 'large', 'small'])
    statuses.push((await askStudy(world, study, study.invitations[1], `/messages/${slot}/0`)).status)
  expect(statuses).toEqual([200, 200, 200, 200, 503, 503])
  await world.close()
})

test('a study is taken away by whoever made it alone, where those who ask have names', async () => {
  const principals: Principals = {
    of: async (secret) => {
      if (!['maker', 'owner'].includes(secret)) throw new BlindscoreError('access/refused', 'accessRefused')
      return { id: secret, models: null }
    },
    recordsPerHour: () => null,
  }
  const world = await makeStudyWorld(studiesInMemory(), {}, { principals })
  const as = (name: string) => ({ Authorization: `Bearer ${name}` })
  const made = await world.ask('/v1/studies', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...as('maker') },
    body: JSON.stringify({ v: 1, owners: 3, study: '' }),
  })
  const study: MadeStudy = await made.json()
  const remove = (name: string) => askStudy(world, study, study.token, '', { method: 'DELETE', headers: as(name) })
  expect((await askStudy(world, study, study.invitations[0], '', { headers: as('owner') })).status).toBe(200)
  expect(await problemOfResponse(await remove('owner'))).toEqual(unknown)
  expect((await remove('maker')).status).toBe(204)
  await world.close()
})
