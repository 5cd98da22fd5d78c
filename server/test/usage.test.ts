import { beforeAll, expect, test } from 'vitest'
import type { Principals } from '../access/principals.ts'
import { errorOf } from '../faults.ts'
import {
  answerOf,
  Client,
  chunkRequest,
  makeWorld,
  problemOfResponse,
  register,
  tiny,
  type World,
  zero,
} from './support/world.ts'

/** Who used how much of what, for who runs the server. */

let client: Client
beforeAll(async () => {
  client = await Client.make()
})

const principals: Principals = {
  of: async (key) => {
    if (key === 'operators') return { id: 'a0', models: null, operator: true }
    if (key === 'analysts') return { id: '=b1', models: new Set(['tiny']) }
    throw errorOf('access/refused', 'accessRefused')
  },
  recordsPerHour: () => null,
}
const as = (key: string, more: Record<string, string> = {}) => ({
  headers: { authorization: `Bearer ${key}`, ...more },
})

async function scored(world: World, key: string | null, model = tiny): Promise<void> {
  const chunk = client.seal(model.card, [
    model === tiny ? ['40', '1', 'south'] : ['1', '1', '1', '1'].slice(0, model.card.features.length),
  ])
  const request = chunkRequest(chunk)
  const headers = { ...(request.headers as Record<string, string>), ...(key && as(key).headers) }
  await answerOf(await world.ask(`/v1/models/${model.card.id}/scores`, { ...request, headers }))
  // Sent again, it is the same use.
  await answerOf(await world.ask(`/v1/models/${model.card.id}/scores`, { ...request, headers }))
}

test('is told to an operator’s key and to this machine, and to nobody else', async () => {
  const world = await makeWorld({ models: [tiny, zero], principals })
  const statusOf = async (init: RequestInit, from?: string) =>
    problemOfResponse(await world.ask('/v1/usage', init, from))
  expect(await statusOf({})).toMatchObject({ status: 401, code: 'access/required' })
  expect(await statusOf(as('analysts'))).toEqual({ status: 403, code: 'access/forbidden' })
  expect(await statusOf(as('analysts'), '127.0.0.1')).toEqual({ status: 403, code: 'access/forbidden' })
  expect(await statusOf(as('nobody'), '127.0.0.1')).toMatchObject({ status: 401, code: 'access/refused' })
  // Through a proxy on this machine it is somebody else.
  expect(await statusOf({ headers: { 'x-forwarded-for': '198.51.100.1' } }, '127.0.0.1')).toMatchObject({ status: 401 })
  for (const [init, from] of [
    [as('operators'), '192.0.2.1'],
    [{}, '127.0.0.1'],
    [{}, '::1'],
  ] as const)
    expect((await world.ask('/v1/usage', init, from)).status).toBe(200)
  // And where everybody may score, still not everybody may see this.
  const open = await makeWorld({ models: [tiny] })
  expect(await problemOfResponse(await open.ask('/v1/usage'))).toEqual({ status: 403, code: 'access/forbidden' })
})

test('counts by key and model, as JSON, as CSV and as metrics', async () => {
  const world = await makeWorld({ models: [tiny, zero], principals })
  const key = client.keyRequest()
  await world.ask(`/v1/keys/${client.fingerprint}`, {
    ...key,
    headers: { ...(key.headers as object), ...as('operators').headers },
  })
  await scored(world, 'analysts')
  await scored(world, 'analysts')
  await scored(world, 'operators')
  const { used } = await (await world.ask('/v1/usage', as('operators'))).json()
  const slots = used[0].slots / 2
  expect(slots).toBeGreaterThan(1)
  const counts = { model: 'tiny', card: tiny.card.hash }
  expect(used).toEqual([
    { ...counts, principal: '=b1', answers: 2, records: 2, slots: 2 * slots },
    { ...counts, principal: 'a0', answers: 1, records: 1, slots },
  ])
  const csv = await (await world.ask('/v1/usage', as('operators', { accept: 'text/csv' }))).text()
  expect(csv).toBe(
    `principal,model,card,answers,records,slots\r\n'=b1,tiny,${tiny.card.hash},2,2,${2 * slots}\r\na0,tiny,${tiny.card.hash},1,1,${slots}\r\n`,
  )
  const metrics = await (await world.ask('/metrics')).text()
  expect(metrics).toContain(`blindscore_used_slots_total{principal="=b1",model="tiny"} ${2 * slots}`)
  expect(metrics).toContain(`blindscore_used_answers_total{principal="a0",model="tiny"} 1`)
})

test('counts all who come without a key together, whatever their address', async () => {
  const world = await makeWorld({ models: [tiny] })
  await register(world, client)
  await scored(world, null)
  const { used } = await (await world.ask('/v1/usage', {}, '127.0.0.1')).json()
  expect(used).toHaveLength(1)
  expect(used[0]).toMatchObject({ principal: 'anonymous', answers: 1 })
  expect(JSON.stringify(used)).not.toContain('192.0.2')
})
