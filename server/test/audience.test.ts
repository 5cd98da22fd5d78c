import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseModelFile } from '../../model/modelFile.ts'
import { reviewModel, type ServedModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { certificatesIn } from '../access/certificate.ts'
import type { Principal, Principals } from '../access/principals.ts'
import { fail } from '../faults.ts'
import { startServer } from '../listen.ts'
import { ModelSet } from '../modelSet.ts'
import {
  answerOf,
  Client,
  chunkRequest,
  fixture,
  makeWorld,
  register,
  tiny,
  type World,
  zero,
} from './support/world.ts'

/** A model with `"audience": "named"`, as one is that was adapted to a customer: answered with to whom it is named, and to nobody else. */

const text = JSON.stringify({ ...JSON.parse(fixture('tiny')), audience: 'named' })
let named: ServedModel
let client: Client
beforeAll(async () => {
  named = await reviewModel(parseModelFile(text), sha256)
  client = await Client.make()
})

const holders: Readonly<Record<string, Principal>> = {
  all: { id: 'all', models: null },
  operator: { id: 'operator', models: null, operator: true },
  other: { id: 'other', models: new Set(['zero']) },
  customer: { id: 'customer', models: new Set(['tiny']) },
}
const principals: Principals = {
  of: async (key) => holders[key] ?? fail('access/refused', 'accessRefused'),
  recordsPerHour: () => null,
}
const as = (key: string, init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${key}` },
})
const listed = async (world: World, init?: RequestInit): Promise<string[]> =>
  (await (await world.ask('/v1/models', init)).json()).models.map(({ id }: { id: string }) => id)

/** What every route says of a model's address, without what differs between any two answers. */
async function saidOf(world: World, id: string, init: (of: RequestInit) => RequestInit) {
  const chunk = chunkRequest(client.seal(tiny.card, [['30', '1', 'north']]))
  const answers = [
    await world.ask(`/v1/models/${id}`, init({})),
    await world.ask(`/v1/models/${id}@3`, init({})),
    await world.ask(`/v1/models/${id}/scores`, init(chunk)),
    await world.ask(`/v1/models/${id}/files`, init({ method: 'POST', body: 'x' })),
    await world.ask(`/v1/models/${id}/phe`, init({ method: 'POST', body: '{}' })),
  ]
  return Promise.all(answers.map(async (answer) => [answer.status, { ...(await answer.json()), instance: null }]))
}

describe('a model that has to be named', () => {
  test.each(['all', 'operator', 'other'])('is as if it were none to a key of: %s', async (key) => {
    const world = await makeWorld({ models: [named, zero], principals })
    expect(await listed(world, as(key))).toEqual(['zero'])
    const said = await saidOf(world, 'tiny', (init) => as(key, init))
    expect(said).toEqual(await saidOf(world, 'none-such', (init) => as(key, init)))
    expect(said.map(([status]) => status)).toEqual([404, 404, 404, 404, 404])
  })

  test('is as if it were none where nobody is asked, and to a certificate that is not entered', async () => {
    const open = await makeWorld({ models: [named, zero] })
    expect(await listed(open)).toEqual(['zero'])
    expect(await saidOf(open, 'tiny', (init) => init)).toEqual(await saidOf(open, 'none-such', (init) => init))
    const header = 'x-client-subject'
    const proxied = { trustedProxies: ['192.0.2.0/24'], certificates: certificatesIn(header) }
    const certified = await makeWorld({ models: [named, zero], ...proxied })
    expect(await listed(certified, { headers: { [header]: 'CN=abc' } })).toEqual(['zero'])
  })

  test('scores for a key that names it', async () => {
    const world = await makeWorld({ models: [named, zero], principals })
    expect(await listed(world, as('customer'))).toEqual(['tiny'])
    const key = await world.ask(`/v1/keys/${client.fingerprint}`, as('customer', client.keyRequest()))
    expect(key.ok).toBe(true)
    const chunk = chunkRequest(client.seal(tiny.card, [['30', '1', 'north']]))
    const answer = await answerOf(await world.ask('/v1/models/tiny/scores', as('customer', chunk)))
    expect(answer.records).toBe(1)
  })

  test('the same model without that is anybody’s', async () => {
    const world = await makeWorld({ models: [tiny, zero] })
    await register(world, client)
    expect(await listed(world)).toEqual(['tiny', 'zero'])
    const chunk = chunkRequest(client.seal(tiny.card, [['30', '1', 'north']]))
    expect((await answerOf(await world.ask('/v1/models/tiny/scores', chunk))).records).toBe(1)
  })

  test('stays so for as long as a version of it is kept', () => {
    const set = new ModelSet([named])
    const next = { ...tiny, card: { ...tiny.card, hash: 'f'.repeat(64) } }
    set.replace([next])
    expect([set.isFor(null, 'tiny'), set.isFor(new Set(['tiny']), 'tiny')]).toEqual([false, true])
    // And the card, which says nothing of it, is no reason to keep the one before.
    const soon = new ModelSet([tiny])
    soon.replace([named])
    expect(soon.isFor(null, 'tiny')).toBe(false)
  })
})

describe('a server on a folder with such a model', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'audience-'))
    writeFileSync(join(folder, 'tiny.json'), text)
    writeFileSync(join(folder, 'zero.json'), fixture('zero'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const options = {
    port: 0,
    page: null,
    threads: 1,
    workerFile: new URL('../../dist/server/compute/worker.js', import.meta.url),
  }

  test('refuses the file where nobody is asked who they are, and serves it where somebody is', async () => {
    const open = await startServer({ ...options, models: folder })
    try {
      expect(open.models).toEqual(['zero'])
      expect(open.refused).toEqual([expect.stringMatching(/^tiny\.json .*"audience" is "named".*--api-keys/)])
    } finally {
      await open.close()
    }
    for (const asked of [{ principals }, { certificates: certificatesIn('x-client-subject') }]) {
      const known = await startServer({ ...options, models: folder, ...asked })
      try {
        expect([known.models, known.refused]).toEqual([['tiny', 'zero'], []])
      } finally {
        await known.close()
      }
    }
  })
})
