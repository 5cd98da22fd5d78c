import { randomBytes } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { concat } from '../../core/number/bytes.ts'
import { proofRoots } from '../../core/protocol/paillier/publicKey.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import type { Chunk } from '../../core/protocol/wire.ts'
import type { Compute } from '../compute/compute.ts'
import { FairQueue, type Turn } from '../compute/fairQueue.ts'
import { fail } from '../faults.ts'
import { Client, chunkRequest, computeHere, makeWorld, problemOfResponse, register, tiny } from './support/world.ts'

/**
 * What one address can do to another: by whose work comes next, on the server's own queue. The work itself is left out here,
 * and how long anything takes is the benchmark's (`npm run bench -- --only attacks`).
 */

const [attacker, honest] = ['192.0.2.66', '192.0.2.1']
const scores = '/v1/models/tiny/scores'
const layout = layoutOf('paillier-2048', tiny.card)

let client: Client
let flooding: Client
beforeAll(async () => {
  client = await Client.make()
  flooding = await Client.make()
})

/** A world of two threads that compute nothing, and for every piece of the honest client's the others' that went before it. */
async function makeWatched() {
  const queue = new FairQueue(2)
  const waited: number[] = []
  let others = 0
  const take = async <T>(turn: Turn, result: () => T): Promise<T> => {
    const before = others
    return queue.run(turn, undefined, async () => {
      if (turn.kind !== 'spare' && turn.client === honest) waited.push(others - before)
      else others++
      for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
      return result()
    })
  }
  const spent = { ms: {}, direct: 0, byTable: 0 }
  const compute: Compute = {
    ...computeHere([tiny]),
    threads: 2,
    checkKeyStep: ({ proof, step }, share) =>
      take({ kind: 'key', ...share }, () => {
        if (step === 6 && endsInZeros(proof ?? new Uint8Array(0), 8)) fail('key/proof', 'proofFails', {})
      }),
    check: ({ ciphertexts }, turn) =>
      take(turn, () => ({
        invalid: endsInZeros(ciphertexts, 512) ? ciphertexts.length / 512 - 1 : -1,
        digest: '',
        spent,
      })),
    score: ({ records }, turn) =>
      take(turn, () => ({
        ciphertexts: new Uint8Array(layout.answerBytes(records)),
        spent: { ...spent, direct: layout.scoringItems(records) },
      })),
  }
  const world = await makeWorld({ models: [tiny], compute, now: () => 0 }, { requestBurst: 10_000 })
  await register(world, flooding)
  const score = (chunk: Chunk, address: string) =>
    world.ask(scores, chunkRequest({ ...chunk, run: randomBytes(16) }), address)
  waited.length = 0
  return { world, waited, score, others: () => others }
}

const endsInZeros = (bytes: Uint8Array, count: number) => bytes.subarray(-count).every((byte) => byte === 0)

/** A chunk of so many blocks, all with the same bytes: no work for who sends it. */
function blocksOf(blocks: number): Chunk {
  const one = flooding.seal(tiny.card, Array(layout.slots).fill(['40', '123.45', 'south']))
  return { ...one, records: blocks * layout.slots, ciphertexts: concat(Array(blocks).fill(one.ciphertexts)) }
}

/** Until the attacker's pieces have begun. */
async function under(others: () => number): Promise<void> {
  const before = others()
  while (others() < before + 4) await new Promise((resolve) => setImmediate(resolve))
}

test('large chunks, as many as one address may have under way, keep nobody waiting for more than a piece or two', async () => {
  const { waited, score, others, world } = await makeWatched()
  await register(world, client)
  waited.length = 0
  const large = blocksOf(150)
  const flood = Array.from({ length: 24 }, () => score(large, attacker))
  await under(others)
  const answers = [await score({ ...large, key: Buffer.from(client.fingerprint, 'hex') }, honest)]
  expect(waited.length).toBeGreaterThan(50)
  expect(Math.max(...waited)).toBeLessThanOrEqual(2)
  answers.push(...(await Promise.all(flood)))
  expect(answers.map(({ status }) => status)).toEqual(Array(25).fill(200))
})

test('nor from several addresses: another has its place beside them, and its share of the threads', async () => {
  const { waited, score, others, world } = await makeWatched()
  await register(world, client)
  waited.length = 0
  const large = blocksOf(150)
  const addresses = Array.from({ length: 5 }, (_, i) => `192.0.2.${70 + i}`)
  const flood = addresses.flatMap((address) => Array.from({ length: 24 }, () => score(large, address)))
  await under(others)
  const before = others()
  const answer = await score({ ...large, key: Buffer.from(client.fingerprint, 'hex') }, honest)
  expect(answer.status).toBe(200)
  expect(waited.length).toBeGreaterThan(50)
  expect((others() - before) / waited.length).toBeLessThan(1.5 * addresses.length)
  for (const { status } of await Promise.all(flood)) expect([200, 503]).toContain(status)
})

test('nor do chunks whose last ciphertext is bad: all of one is looked at before any of it is scored', async () => {
  const { waited, score, others, world } = await makeWatched()
  await register(world, client)
  waited.length = 0
  const bad = blocksOf(150)
  const spoiled = { ...bad, ciphertexts: bad.ciphertexts.slice().fill(0, -512) }
  const flood = Array.from({ length: 24 }, () => score(spoiled, attacker))
  await under(others)
  const good = await score({ ...blocksOf(4), key: Buffer.from(client.fingerprint, 'hex') }, honest)
  expect(good.status).toBe(200)
  expect(Math.max(...waited)).toBeLessThanOrEqual(2)
  const index = bad.ciphertexts.length / 512 - 1
  for (const answer of await Promise.all(flood)) {
    expect(await problemOfResponse(answer)).toEqual({ status: 400, code: 'request/ciphertext', index })
  }
})

test('nor do bad keys, for a chunk and for another’s key', async () => {
  const { waited, score, others, world } = await makeWatched()
  await register(world, client)
  waited.length = 0
  const other = await Client.make()
  const bad = () => {
    const proof = other.proof.slice().fill(0, -8)
    proof.set(randomBytes(8), (proofRoots - 1) * 256 + 200)
    return world.ask(`/v1/keys/${other.fingerprint}`, other.keyRequest(other.n, proof), attacker)
  }
  const flood = Array.from({ length: 60 }, bad)
  await under(others)
  expect((await score({ ...blocksOf(4), key: Buffer.from(client.fingerprint, 'hex') }, honest)).status).toBe(200)
  expect(Math.max(...waited)).toBeLessThanOrEqual(1)
  const held = await world.ask(`/v1/keys/${other.fingerprint}`, other.keyRequest(), honest)
  expect(held.status).toBe(201)
  expect(Math.max(...waited)).toBeLessThanOrEqual(2)
  const statuses = (await Promise.all(flood)).map(({ status }) => status)
  // Those beyond the queue of a client are told to come back.
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(40)
})
