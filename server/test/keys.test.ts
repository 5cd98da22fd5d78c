import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { cancelled } from '../../core/errors.ts'
import { toBytes } from '../../core/number/bytes.ts'
import { bitLength, inverse, modPow } from '../../core/number/integers.ts'
import { proofChallenges, proofRoots } from '../../core/protocol/paillier/publicKey.ts'
import { sha256 } from '../../platform/digest.ts'
import type { Compute } from '../compute/compute.ts'
import { sha256Hex } from '../digest.ts'
import { keyTokens } from '../http/keyToken.ts'
import type { Limits } from '../limits.ts'
import { secretOf } from '../secret.ts'
import { primeOf, relatedPrimes, smoothKey } from './support/keys.ts'
import { Client, chunkRequest, computeHere, makeWorld, problemOfResponse, register, tiny } from './support/world.ts'

let client: Client
let p: bigint
let q: bigint

beforeAll(async () => {
  client = await Client.make()
  p = client.key.p
  q = client.key.q
})

/** Sends n with some proof; the answer's problem, and the milliseconds of processor time that it took. */
async function refusal(n: bigint, bits: number, proof = new Uint8Array(proofRoots * (bits / 8))) {
  const bytes = toBytes(n, bits / 8)
  const world = await makeWorld()
  const started = process.cpuUsage()
  const response = await world.ask(`/v1/keys/${sha256Hex(bytes)}`, client.keyRequest(bytes, proof))
  const { user, system } = process.cpuUsage(started)
  const ms = (user + system) / 1000
  expect(world.service.keys.size).toBe(0)
  return { ...(await problemOfResponse(response)), ms }
}

describe('a key is held', () => {
  test('until newer ones push it out', async () => {
    const world = await makeWorld({}, { keys: 1, masksPerKey: 2 })
    await register(world, client)
    const other = await Client.of(smoothKey([3]))
    await register(world, other)
    expect(await world.service.keys.get(client.fingerprint)).toBeUndefined()
    expect((await world.service.keys.get(other.fingerprint))?.set).toBe('paillier-2048')
    await world.close()
  })

  test('or rather until those who brought more have brought others', async () => {
    const world = await makeWorld({}, { keys: 2, masksPerKey: 2 })
    await register(world, client)
    for (const name of ['b', 'c'])
      await world.service.keys.admit(
        {
          client: '198.51.100.2',
          fingerprint: name,
          proof: name,
          key: { set: 'paillier-2048', publicKey: new Uint8Array(256), fingerprint: name },
          signal: new AbortController().signal,
        },
        async () => {},
      )
    expect((await world.service.keys.get(client.fingerprint))?.set).toBe('paillier-2048')
    expect(await world.service.keys.get('b')).toBeUndefined()
    await world.close()
  })
})

describe('a key is refused, each fault by its own code and within a second', () => {
  test('one bit too short, one byte too short, too long', async () => {
    const size = { status: 400, code: 'key/size' }
    expect(await refusal(client.key.n >> 1n, 2048)).toMatchObject(size)
    expect(await refusal(client.key.n >> 8n, 2040)).toMatchObject(size)
    expect(await refusal((1n << 4103n) + 1n, 4104)).toMatchObject(size)
    expect(await refusal((1n << 1023n) + 1n, 1024)).toMatchObject(size)
    expect(await refusal(1n, 8)).toMatchObject(size)
  })

  const cases: [string, number, () => bigint, string][] = [
    ['even', 2048, () => client.key.n - 1n, 'key/even'],
    ['a small factor', 2048, () => largeMultiple(6367n, 2048), 'key/small-factor'],
    ['a prime', 2048, () => primeOf(2048), 'key/prime'],
    ['a square', 2048, () => p * p, 'key/power'],
    ['a cube', 2048, () => cube(2048), 'key/power'],
    ['a square of 4096 bits', 4096, () => primeOf(2048) ** 2n, 'key/power'],
    ['a proof of zeros', 2048, () => p * q, 'key/proof'],
    ['a proof of zeros for 4096 bits', 4096, () => primeOf(2048) * primeOf(2048), 'key/proof'],
  ]
  test.each(cases)('%s', async (_, bits, n, code) => {
    const { ms, ...problem } = await refusal(n(), bits)
    expect(problem).toMatchObject({ status: 400, code })
    expect(ms).toBeLessThan(1000)
  })

  test('a proof of another length, of another key, with one bit changed, of roots beyond n', async () => {
    const wrong = client.proof.slice()
    wrong[wrong.length - 1] = (wrong.at(-1) ?? 0) ^ 1
    const beyond = client.proof.slice()
    beyond.fill(0xff, 0, 256)
    for (const [proof, index] of [
      [client.proof.subarray(1), undefined],
      [new Uint8Array([0]), undefined],
      [wrong, proofRoots - 1],
      [beyond, 0],
      [(await Client.of(smoothKey([3]))).proof, 0],
    ] as const) {
      const { ms, ...problem } = await refusal(client.key.n, 2048, new Uint8Array(proof))
      expect(problem).toEqual({ status: 400, code: 'key/proof', ...(index !== undefined && { index }) })
      expect(ms).toBeLessThan(1000)
    }
  })

  test('n and φ(n) with a common factor: not even true roots of most challenges exist', async () => {
    // q = 2·k·p + 1, so p divides φ(n) and n-th powers modulo q are one in p. Roots are taken as if it were a key.
    const { p: small, q: large } = relatedPrimes()
    const n = small * large
    const challenges = await proofChallenges(toBytes(n, 256), sha256)
    const exponent = inverse(n, large - 1n) ?? inverse(n, (large - 1n) / small) ?? 1n
    const proof = Buffer.concat(challenges.map((challenge) => toBytes(modPow(challenge, exponent, n), 256)))
    const { ms, ...problem } = await refusal(n, 2048, proof)
    expect(problem).toEqual({ status: 400, code: 'key/proof', index: 0 })
    expect(ms).toBeLessThan(1000)
  })

  test('a fingerprint that is not its own', async () => {
    const world = await makeWorld()
    for (const name of ['0'.repeat(64), client.fingerprint.toUpperCase(), 'x', '__proto__']) {
      const response = await world.ask(`/v1/keys/${name}`, client.keyRequest())
      expect(await problemOfResponse(response)).toEqual({ status: 400, code: 'key/fingerprint' })
    }
  })

  test('a chunk under the token of another key, and none under its own or none; no token is in the log', async () => {
    const { tokenOfKey } = secretOf(new Uint8Array(32).fill(7), true)
    const world = await makeWorld({ keyTokens: keyTokens(tokenOfKey) })
    const put = await world.ask(`/v1/keys/${client.fingerprint}`, client.keyRequest())
    const { token } = (await put.json()) as { token: string }
    expect(token).toMatch(/^[\w-]{24}$/)
    const sealed = chunkRequest(client.seal(tiny.card, [['30', '100', 'south']]))
    const score = (sent: string | null) =>
      world.ask('/v1/models/tiny/scores', {
        ...sealed,
        headers: { ...sealed.headers, ...(sent !== null && { 'Blindscore-Key-Token': sent }) },
      })
    const foreign = tokenOfKey('0'.repeat(64))
    for (const sent of [foreign, client.fingerprint, `${token}x`])
      expect(await problemOfResponse(await score(sent))).toEqual({ status: 400, code: 'key/fingerprint' })
    for (const sent of [token, null]) expect((await score(sent)).status).toBe(200)
    for (const each of [token, foreign]) expect(world.logged.join()).not.toContain(each)
    // Who has no secret has no token to ask for.
    const without = await makeWorld()
    expect(await (await without.ask(`/v1/keys/${client.fingerprint}`, client.keyRequest())).json()).toEqual({
      fingerprint: client.fingerprint,
      bits: 2048,
    })
  })

  test('anything besides n and proof, such as a base for masks, is not taken', async () => {
    const world = await makeWorld()
    for (const extra of [{ h: 'AQ' }, { base: 'AQ' }, { mask: 'AQ' }, { g: 'AQ' }]) {
      const response = await world.ask(
        `/v1/keys/${client.fingerprint}`,
        client.keyRequest(client.n, client.proof, extra),
      )
      expect(await problemOfResponse(response)).toEqual({ status: 400, code: 'request/syntax' })
    }
  })

  test('bodies that are not a key', async () => {
    const world = await makeWorld()
    const put = (body: string, type = 'application/json') =>
      world.ask(`/v1/keys/${client.fingerprint}`, { method: 'PUT', headers: { 'Content-Type': type }, body })
    const syntax = { status: 400, code: 'request/syntax' }
    const polluted = '{"n":"AQ","proof":"AQ","__proto__":{"a":1}}'
    for (const body of [
      '',
      '{}',
      '[]',
      '{"n":1,"proof":2}',
      '{"n":"a=b","proof":"AQ"}',
      '{"n":"A","proof":"AQ"}',
      polluted,
    ]) {
      expect(await problemOfResponse(await put(body))).toEqual(syntax)
    }
    expect(await problemOfResponse(await put('['.repeat(10_000)))).toEqual(syntax)
    expect(await problemOfResponse(await put(' '.repeat(20_000)))).toEqual({ status: 413, code: 'request/too-large' })
    expect(await problemOfResponse(await put('{}', 'text/plain'))).toEqual({ status: 415, code: 'request/media-type' })
  })
})

test('a client registers so many new keys an hour', async () => {
  const world = await makeWorld({}, { keysPerHour: 2 })
  const bad = (i: number) => client.keyRequest(client.n, new Uint8Array(proofRoots * 256).fill(i, 250, 256))
  const path = `/v1/keys/${client.fingerprint}`
  for (let i = 0; i < 2; i++) expect((await problemOfResponse(await world.ask(path, bad(i)))).code).toBe('key/proof')
  const refused = await world.ask(path, bad(2))
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000)
  expect(await problemOfResponse(refused)).toEqual({ status: 429, code: 'request/budget' })
  expect((await problemOfResponse(await world.ask(path, bad(2), '192.0.2.2'))).code).toBe('key/proof')
})

test('and so many bytes of them: what was refused for its bytes is not charged as a key', async () => {
  const world = await makeWorld({}, { keyBytesPerHour: 300, keysPerHour: 2 })
  await register(world, client)
  const other = await Client.of(smoothKey([3]))
  const put = () => world.ask(`/v1/keys/${other.fingerprint}`, other.keyRequest())
  for (let i = 0; i < 3; i++) {
    expect(await (await put()).json()).toMatchObject({
      code: 'request/budget',
      facts: { what: 'keyBytes', points: 300 },
    })
  }
})

describe('checks of keys', () => {
  /** Digests that are being made. */
  let digesting = 0
  beforeAll(() => {
    const digest = crypto.subtle.digest.bind(crypto.subtle)
    vi.spyOn(crypto.subtle, 'digest').mockImplementation(async (...asked) => {
      digesting++
      return digest(...asked).finally(() => digesting--)
    })
  })
  afterAll(() => vi.restoreAllMocks())

  /** A world whose checks go on when they are told to; the steps that began. */
  async function makeHeld(limits: Partial<Limits> = {}) {
    const here = computeHere([tiny])
    const began: string[] = []
    const waiting: (() => void)[] = []
    const compute: Compute = {
      ...here,
      async checkKeyStep(request, share, signal) {
        began.push(`${share.client} ${request.step}`)
        await new Promise<void>((resolve) => waiting.push(resolve))
        if (signal?.aborted) throw cancelled()
        await here.checkKeyStep(request, share)
      },
    }
    const world = await makeWorld({ models: [tiny], compute, now: () => 0 }, { requestBurst: 10_000, ...limits })
    const turn = async () => {
      for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve))
    }
    /**
     * Digests are made on threads of the platform: how long they take is not counted in turns, and whoever waits for one has not come in.
     */
    const until = async (holds: () => boolean) => {
      do await turn()
      while (digesting > 0 || !holds())
      await turn()
    }
    const step = async () => {
      for (const resolve of waiting.splice(0)) resolve()
      await turn()
    }
    /** Lets the checks go on until all of it is answered. */
    const answered = async <T>(all: readonly Promise<T>[]): Promise<T[]> => {
      let open = true
      const ended = Promise.allSettled(all).then(() => {
        open = false
      })
      while (open) await step()
      await ended
      return Promise.all(all)
    }
    const proofOf = (i: number) => client.proof.slice().fill(i, 0, 8)
    const put = (proof: Uint8Array<ArrayBuffer>, address: string, signal = new AbortController().signal, of = client) =>
      world.ask(`/v1/keys/${of.fingerprint}`, { ...of.keyRequest(of.n, proof), signal }, address)
    const [a, b] = ['192.0.2.1', '192.0.2.2']
    return { began, waiting, until, turn, step, answered, proofOf, put, a, b }
  }

  test('are shared by requests with the same key and proof: 201, and 200 from then on, without a second check', async () => {
    const { began, until, answered, put, a } = await makeHeld()
    const sent = [put(client.proof, a), put(client.proof, a)]
    await until(() => began.length === 1)
    const both = await answered(sent)
    expect(both.map(({ status }) => status)).toEqual([201, 201])
    const again = await put(client.proof, a)
    expect([again.status, await again.json()]).toEqual([200, { fingerprint: client.fingerprint, bits: 2048 }])
    expect(began).toEqual([0, 1, 2, 3, 4, 5, 6].map((number) => `${a} ${number}`))
  })

  test('are one after the other for one client, and do not keep another’s waiting', async () => {
    const { began, until, answered, proofOf, put, a, b } = await makeHeld()
    const all = [1, 2, 3].map((i) => put(proofOf(i), a))
    const other = await Client.of(smoothKey([3]))
    all.push(put(other.proof, b, undefined, other))
    await until(() => began.length === 2)
    expect(began).toEqual([`${a} 0`, `${b} 0`])
    expect((await answered(all)).map(({ status }) => status)).toEqual([400, 400, 400, 201])
    expect(began.filter((name) => name.startsWith(a))).toEqual([0, 1, 0, 1, 0, 1].map((step) => `${a} ${step}`))
    expect(began.filter((name) => name.startsWith(b))).toHaveLength(7)
  })

  test('are bounded for one client: more are told to come back', async () => {
    const { began, until, answered, proofOf, put, a, b } = await makeHeld({ keyChecksPerClient: 2 })
    const all = [1, 2].map((i) => put(proofOf(i), a))
    await until(() => began.length === 1)
    const busy = await put(proofOf(3), a)
    expect([busy.headers.get('retry-after'), await problemOfResponse(busy)]).toEqual([
      '1',
      { status: 503, code: 'request/busy' },
    ])
    all.push(put(proofOf(3), b))
    expect((await answered(all)).map(({ status }) => status)).toEqual([400, 400, 400])
    expect((await answered([put(proofOf(4), a)]))[0]?.status).toBe(400)
  })

  test('are bounded for all together, and who has none yet finds room where one client has most of it', async () => {
    const { began, until, answered, proofOf, put, a, b } = await makeHeld({ keyChecks: 4, keyChecksPerClient: 9 })
    const all = [1, 2, 3].map((i) => put(proofOf(i), a))
    await until(() => began.length === 1)
    expect(await problemOfResponse(await put(proofOf(4), a))).toEqual({ status: 503, code: 'request/busy' })
    all.push(put(proofOf(4), b))
    await until(() => began.length === 2)
    expect(await problemOfResponse(await put(proofOf(5), '192.0.2.3'))).toEqual({ status: 503, code: 'request/busy' })
    expect((await answered(all)).map(({ status }) => status)).toEqual([400, 400, 400, 400])
    // What has ended makes room.
    expect((await answered([put(proofOf(6), '192.0.2.3')]))[0]?.status).toBe(400)
  })

  test('stop when nobody waits for them, and only then', async () => {
    const { began, until, turn, step, answered, put, a } = await makeHeld()
    const [first, second] = [new AbortController(), new AbortController()]
    const all = [put(client.proof, a, first.signal), put(client.proof, a, second.signal)]
    await until(() => began.length === 1)
    first.abort()
    await turn()
    await step()
    await until(() => began.length === 2)
    expect(began).toEqual([`${a} 0`, `${a} 1`])
    second.abort()
    await turn()
    for (let i = 0; i < 5; i++) await step()
    expect(began).toEqual([`${a} 0`, `${a} 1`])
    await Promise.allSettled(all)
    // What was stopped was not refused.
    expect((await answered([put(client.proof, a)]))[0]?.status).toBe(201)
  })

  test('that were refused are refused again without a check, for whoever asks, and are not charged', async () => {
    const { began, answered, proofOf, put, a, b } = await makeHeld({ keysPerHour: 1 })
    const problem = { status: 400, code: 'key/proof', index: 0 }
    const [first] = await answered([put(proofOf(1), a)])
    expect(await problemOfResponse(first as Response)).toEqual(problem)
    const checks = began.length
    for (const address of [a, a, b]) expect(await problemOfResponse(await put(proofOf(1), address))).toEqual(problem)
    expect(began).toHaveLength(checks)
  })
})

/** An odd multiple of `factor` with exactly `bits` bits. */
function largeMultiple(factor: bigint, bits: number): bigint {
  const high = (3n << BigInt(bits - 2)) / factor
  return factor * (high % 2n === 0n ? high + 1n : high)
}

/** The cube of an integer without small factors, with exactly `bits` bits. */
function cube(bits: number): bigint {
  for (;;) {
    const root = primeOf(Math.ceil(bits / 3))
    if (bitLength(root ** 3n) === bits) return root ** 3n
  }
}
