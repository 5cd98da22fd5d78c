import { beforeAll, expect, test } from 'vitest'
import { encodeChunk } from '../../core/protocol/wire.ts'
import { Client, chunkRequest, computeHere, makeWorld, register, tiny, type World } from './support/world.ts'

/**
 * Everything that a request may hold is planted, in every place of a request; then all that the server says of it,
 * in logs, metrics and problems, is searched for it.
 */

const planted = 'planted-8b41c7'
const cell = '731.77'

let client: Client
let world: World
const said: string[] = []

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await world.ask(path, init)
  if (!response.ok) said.push(await response.clone().text(), ...[...response.headers].flat())
  return response
}

/** The strings that must not be said: bytes in each of the encodings that a log may have. */
function spellings(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes)
  const middle = buffer.subarray(30, 60)
  return [middle.toString('hex'), middle.toString('base64'), middle.toString('base64url'), [...middle].join(',')]
}

beforeAll(async () => {
  client = await Client.make()
  const here = computeHere([tiny])
  let calls = 0
  world = await makeWorld({
    models: [tiny],
    compute: {
      ...here,
      async score(...task) {
        // An unforeseen failure whose message holds what it must not.
        if (++calls === 2) throw new TypeError(`${planted} ${Buffer.from(task[0].key.publicKey).toString('hex')}`)
        return here.score(...task)
      },
    },
  })
  await register(world, client)
  const chunk = client.seal(tiny.card, [['40', cell, 'south']])
  const scores = '/v1/models/tiny/scores'
  expect((await ask(scores, chunkRequest(chunk))).status).toBe(200)
  expect((await ask(scores, chunkRequest(chunk))).status).toBe(500)
  const json = (body: unknown, method = 'POST'): RequestInit => ({
    method,
    headers: { 'Content-Type': 'application/json', 'X-Planted': planted, 'User-Agent': planted, Cookie: planted },
    body: JSON.stringify(body),
  })
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
  const key = `/v1/keys/${client.fingerprint}`
  await ask(key, json({ n: text(client.n), proof: text(client.proof), [planted]: planted }, 'PUT'))
  await ask(key, json({ n: planted, proof: planted }, 'PUT'))
  await ask(key, json({ n: text(client.n.map((byte) => byte ^ 2)), proof: text(client.proof) }, 'PUT'))
  await ask(`/v1/keys/${planted}`, json({ n: text(client.n), proof: text(client.proof) }, 'PUT'))
  await ask(scores, json({ v: 1, record: { income: cell }, [planted]: planted }))
  await ask(
    scores,
    json({ v: 1, card: planted, key: planted, run: planted, chunk: cell, records: cell, ciphertexts: [planted] }),
  )
  await ask(scores, { method: 'POST', headers: { 'Content-Type': planted }, body: planted })
  await ask(scores, { method: 'POST', headers: { 'Content-Type': 'application/cbor' }, body: planted })
  await ask(scores, {
    ...chunkRequest(chunk),
    headers: { 'Content-Type': 'application/cbor', 'Content-Encoding': planted },
  })
  await ask(scores, chunkRequest({ ...chunk, records: 9999 }))
  await ask(scores, chunkRequest({ ...chunk, chunk: 1, ciphertexts: chunk.ciphertexts.map(() => 255) }))
  await ask(scores, { ...chunkRequest(chunk), body: encodeChunk(chunk).slice(0, -9) })
  await ask(`/v1/models/${planted}`)
  await ask(`/v1/models/${planted}/scores?${planted}=${cell}`, chunkRequest(chunk))
  await ask(`/${planted}/${cell}?${planted}`)
  await ask('/healthz', { method: planted.toUpperCase().replace('-', ''), headers: { 'X-Forwarded-For': planted } })
})

test('nothing planted, no cell, no score, no key byte and no ciphertext is in any log line, metric or problem', async () => {
  const metrics = await (await world.ask('/metrics')).text()
  const everything = [...world.logged, ...said, metrics].join('\n')
  // There is something to search: every request was logged, and the problems were kept.
  expect(world.logged.length).toBeGreaterThan(18)
  expect(said.length).toBeGreaterThan(15)
  expect(metrics).toContain('blindscore_records_total{model="tiny"} 1')

  const forbidden = [
    planted,
    planted.toUpperCase(),
    cell,
    '0.190755',
    client.fingerprint,
    client.fingerprint.slice(0, 9),
    ...[client.n, client.proof].flatMap(spellings),
    ...[client.key.p, client.key.q].map((prime) => prime.toString()),
  ]
  for (const each of forbidden) expect(everything).not.toContain(each)
})

test('the search would find the short fingerprint, which is all of a key that is logged', () => {
  expect(world.logged.join('\n')).toContain(`"key":"${client.fingerprint.slice(0, 8)}"`)
})

test('an unforeseen failure is logged with where it came from', () => {
  const line = world.logged.find((each) => each.includes('unforeseen')) ?? ''
  expect(JSON.parse(line).origin).toMatchObject({
    kind: 'TypeError',
    frames: [
      expect.stringContaining('at '),
      ...Array(JSON.parse(line).origin.frames.length - 1).fill(expect.any(String)),
    ],
  })
})
