import { beforeAll, expect, test } from 'vitest'
import { studiesInMemory } from '../../server/studies/openStudies.ts'
import { makeStudyWorld } from '../../server/test/support/studies.ts'
import type { World } from '../../server/test/support/world.ts'
import { type Fetch, ScoringServer } from '../server.ts'
import { studyPlace } from '../studyPlace.ts'
import { type NewStudy, readInvitation, StudyServer, spellInvitation } from '../studyServer.ts'

/** Messages of a pooled study on a server, from an owner's side. */

const address = 'http://scores.example'
let world: World
let server: StudyServer
let study: NewStudy
beforeAll(async () => {
  world = await makeStudyWorld(studiesInMemory())
  server = serverBy((path, init) => world.ask(path.slice(address.length), init))
  study = await server.create('{}', 3)
})

const serverBy = (fetch: Fetch): StudyServer => new StudyServer(new ScoringServer(`${address}/`, { fetch }))
const placeOf = (seat: number, by = server, patience = 60_000) =>
  studyPlace({
    server: by,
    ticket: { id: study.id, token: study.invitations[seat] as string },
    owners: 3,
    patience,
  })

test('owners are told what all have said, in the order of their seats', async () => {
  await placeOf(2).post('commit', 'of the third, in UTF-8: é')
  await placeOf(0).post('commit', 'of the first')
  const looking = placeOf(1).look('commit')
  await placeOf(1).post('commit', 'of the second')
  expect(await looking).toEqual(['of the first', 'of the second', 'of the third, in UTF-8: é'])
})

test('an owner says one thing in a slot, whichever of its windows says it', async () => {
  await placeOf(0).post('keys', 'one')
  await placeOf(0).post('keys', 'one')
  await expect(placeOf(0).post('keys', 'another')).rejects.toMatchObject({ code: 'study/spoken' })
})

test('a server that is away is tried again with the same bytes, and for as long as the owner has patience', async () => {
  const sent: string[] = []
  const flaky = serverBy(async (path, init) => {
    sent.push(await new Response(init.body as BodyInit).text())
    if (sent.length === 1) throw new TypeError('away')
    return world.ask(path.slice(address.length), init)
  })
  await placeOf(1, flaky).post('1-ready', 'a nonce')
  expect(sent).toEqual(['a nonce', 'a nonce'])
  const gone = serverBy(() => Promise.reject(new TypeError('away')))
  await expect(placeOf(1, gone, 0).post('1-ready', 'a nonce')).rejects.toMatchObject({ code: 'run/offline' })
})

test('an invitation is an address whose secret no request holds', () => {
  const ticket = { id: study.id, token: study.invitations[0] as string }
  for (const url of ['http://127.0.0.1:8787', 'https://scores.example/at/']) {
    const text = spellInvitation(url, ticket)
    expect(new URL(text).search + new URL(text).pathname).not.toContain(ticket.token)
    expect(readInvitation(` ${text}\n`)).toEqual({ server: url.replace(/\/$/, ''), ticket, sealed: null })
  }
  const elsewhere = new URLSearchParams({ server: 'https://scores.example/', study: `${ticket.id}.${ticket.token}` })
  expect(readInvitation(`https://page.example/#${elsewhere}`)).toEqual({
    server: 'https://scores.example',
    ticket,
    sealed: null,
  })
  elsewhere.set('server', 'file:///etc')
  expect(readInvitation(`https://page.example/#${elsewhere}`)).toBeNull()
  for (const text of ['', 'https://scores.example/', `ftp://x/#study=${ticket.id}.${ticket.token}`])
    expect(readInvitation(text)).toBeNull()
})
