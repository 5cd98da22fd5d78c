import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { concat } from '../../core/number/bytes.ts'
import { proofRoots } from '../../core/protocol/paillier/publicKey.ts'
import { shapeOf } from '../../core/protocol/scheme.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import type { Chunk } from '../../core/protocol/wire.ts'
import { type Compute, startPool } from '../compute/pool.ts'
import { Client, chunkRequest, makeWorld, problemOfResponse, register, tiny, type World } from './support/world.ts'

/**
 * What one address can do to another, on the real compute threads. What counts is the order in which answers come: times
 * are the benchmark's (`npm run bench -- --only attacks`).
 */

const root = fileURLToPath(new URL('../../', import.meta.url))
const [attacker, honest] = ['192.0.2.66', '192.0.2.1']
const record = ['40', '123.45', 'south']
const scores = '/v1/models/tiny/scores'

let client: Client
let flooding: Client
let compute: Compute
let world: World

beforeAll(async () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
  client = await Client.make()
  flooding = await Client.make()
  const { id } = tiny.card
  compute = await startPool({
    threads: 2,
    models: [{ id, shape: shapeOf(tiny.card), heads: tiny.heads }],
    workerFile: new URL('../../dist/server/compute/worker.js', import.meta.url),
    onError: () => {},
  })
  world = await makeWorld({ models: [tiny], compute })
  await register(world, client)
  await register(world, flooding)
})
afterAll(async () => {
  await world.close()
  await compute.close()
})

/** Asks many times at once; the order in which the answers came, by the names of who asked. */
async function race(asked: readonly (readonly [string, () => Promise<Response>])[]) {
  const order: string[] = []
  const answers = await Promise.all(
    asked.map(async ([name, ask]) => {
      const response = await ask()
      order.push(name)
      return [name, response] as const
    }),
  )
  const of = (wanted: string) => answers.filter(([name]) => name === wanted).map(([, response]) => response)
  return { order, of }
}

const again = (chunk: Chunk): Chunk => ({ ...chunk, run: randomBytes(16) })
const score = (chunk: Chunk, address: string) => () => world.ask(scores, chunkRequest(again(chunk)), address)

describe('one address keeps nobody waiting', () => {
  let small: Chunk
  let large: Chunk
  beforeAll(() => {
    small = client.seal(tiny.card, [record])
    large = blocksOf(14)
  })

  test('with as many large chunks as it may have under way', async () => {
    const flood = Array.from({ length: 12 }, () => ['flood', score(large, attacker)] as const)
    const { order, of } = await race([...flood, ['honest', score(small, honest)]])
    expect([...of('flood'), ...of('honest')].map(({ status }) => status)).toEqual(Array(13).fill(200))
    expect(order.indexOf('honest')).toBeLessThan(3)
  })

  test('with large chunks whose last ciphertext is bad', async () => {
    const huge = blocksOf(150)
    const bad = { ...huge, ciphertexts: huge.ciphertexts.slice().fill(0, -512) }
    const flood = Array.from({ length: 24 }, () => ['flood', score(bad, attacker)] as const)
    const { order, of } = await race([...flood, ['honest', score(small, honest)]])
    expect(of('honest')[0]?.status).toBe(200)
    const problems = await Promise.all(of('flood').map(problemOfResponse))
    const index = huge.ciphertexts.length / 512 - 1
    expect(problems).toEqual(Array(24).fill({ status: 400, code: 'request/ciphertext', index }))
    // Each of them is as much work as a fourth of the chunk, whose mask is to be made.
    expect(order.indexOf('honest')).toBeLessThan(12)
  })

  test('with bad keys: a chunk goes before all of them, and another’s key before most', async () => {
    const other = await Client.make()
    const bad = () => world.ask(`/v1/keys/${other.fingerprint}`, other.keyRequest(other.n, badProof(other)), attacker)
    const flood = Array.from({ length: 8 }, () => ['flood', bad] as const)
    const keyRequest = () => world.ask(`/v1/keys/${other.fingerprint}`, other.keyRequest(), honest)
    const { order, of } = await race([...flood, ['honest', score(small, honest)], ['key', keyRequest]])
    expect([...of('honest'), ...of('key')].map(({ status }) => status)).toEqual([200, 201])
    expect(order.indexOf('honest')).toBeLessThan(3)
    expect(order.indexOf('key')).toBeLessThan(6)
  })
})

/** A chunk of so many blocks, all with the same bytes: no work for who sends it. */
function blocksOf(blocks: number): Chunk {
  const { slots } = layoutOf('paillier-2048', tiny.card)
  const one = flooding.seal(tiny.card, Array(slots).fill(record))
  return { ...one, records: blocks * slots, ciphertexts: concat(Array(blocks).fill(one.ciphertexts)) }
}

/** The true proof but for the last root, so that all the others are computed before it is found. */
function badProof({ proof }: Client): Uint8Array<ArrayBuffer> {
  const bad = proof.slice()
  bad.set(randomBytes(8), (proofRoots - 1) * 256 + 200)
  return bad
}
