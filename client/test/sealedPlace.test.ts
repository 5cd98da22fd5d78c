import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { patience } from '../../core/test/patience.ts'
import { studiesInMemory } from '../../server/studies/openStudies.ts'
import { makeStudyWorld } from '../../server/test/support/studies.ts'
import { fetchAnswer, fetchSealed, putAnswer, putSealed } from '../sealedPlace.ts'
import { ScoringServer } from '../server.ts'
import { readInvitation, StudyServer, spellInvitation } from '../studyServer.ts'

/** Sealed records on a server, from both sides. */

const address = 'http://scores.example'

async function world(limits = {}) {
  const store = studiesInMemory()
  const { ask } = await makeStudyWorld(store, limits)
  const asked: string[] = []
  const fetch = (path: string, init: RequestInit): Promise<Response> => {
    asked.push(`${init.method} ${path.slice(address.length).replace(/[0-9a-f]{32}/, 'ID')}`)
    return ask(path.slice(address.length), init)
  }
  return { store, asked, server: new StudyServer(new ScoringServer(`${address}/`, { fetch })) }
}

test('a file goes in parts and comes whole, and one answer comes back', { timeout: patience }, async () => {
  const { server } = await world()
  const file = Uint8Array.from(randomBytes(2 ** 22 + 5))
  const { own, theirs } = await putSealed(server, file)
  expect(await fetchAnswer(server, own)).toBeNull()
  expect(Buffer.compare(await fetchSealed(server, theirs), file)).toBe(0)
  await putAnswer(server, theirs, 'an answer')
  await putAnswer(server, theirs, 'an answer')
  await expect(putAnswer(server, theirs, 'another')).rejects.toMatchObject({ code: 'study/spoken' })
  expect(new TextDecoder().decode((await fetchAnswer(server, own)) ?? undefined)).toBe('an answer')
  await server.discard(own)
  await expect(fetchAnswer(server, own)).rejects.toMatchObject({ code: 'study/unknown' })
})

test('who fetches an answer says the same, whatever it is and as often as it asks', async () => {
  const said = await Promise.all(
    ['an answer', 'rubbish that no program wrote'].map(async (answer) => {
      const { server, asked } = await world()
      const { own, theirs } = await putSealed(server, new Uint8Array(10))
      await putAnswer(server, theirs, answer)
      asked.length = 0
      await fetchAnswer(server, own)
      await fetchAnswer(server, own)
      return asked
    }),
  )
  const look = ['GET /v1/studies/ID', 'GET /v1/studies/ID/messages/answer/1']
  expect(said).toEqual([
    [...look, ...look],
    [...look, ...look],
  ])
})

test('a file that has no room there leaves nothing behind', async () => {
  const { server, store } = await world({ studyBytes: 1000 })
  await expect(putSealed(server, new Uint8Array(2000))).rejects.toMatchObject({ code: 'request/too-large' })
  expect(await store.keys.list()).toEqual([])
  expect(await store.objects.list('')).toEqual([])
})

test('a place that says more than it may have, or is a pooled study, is none', async () => {
  const { server } = await world()
  for (const said of ['{}', 'x', '{"format":"blindscore-sealed-place/1","bytes":1e12}']) {
    const { id, invitations } = await server.create(said, 2)
    const theirs = { id, token: invitations[1] as string }
    await expect(fetchSealed(server, theirs)).rejects.toMatchObject({ code: 'run/out-of-date' })
  }
})

test('an invitation to answer says which file is meant, where no server sees it', () => {
  const ticket = { id: 'a'.repeat(32), token: 'b'.repeat(43) }
  const text = spellInvitation(address, ticket, 'c'.repeat(64))
  expect(readInvitation(text)).toEqual({ server: address, ticket, sealed: 'c'.repeat(64) })
  expect(new URL(text).hash).toContain('c'.repeat(64))
  expect(readInvitation(spellInvitation(address, ticket))?.sealed).toBeNull()
  expect(readInvitation(text.slice(0, -1))).toBeNull()
})
