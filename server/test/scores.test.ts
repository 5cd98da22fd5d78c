import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { fromBytes, toBytes } from '../../core/number/bytes.ts'
import { inverse, modPow } from '../../core/number/integers.ts'
import { slotsPerCiphertext } from '../../core/protocol/paillier/layout.ts'
import type { Head } from '../../core/protocol/scoring.ts'
import { offsetPlaintext } from '../../core/protocol/scoring.ts'
import { type Chunk, encodeChunk } from '../../core/protocol/wire.ts'
import { smoothKey } from './support/keys.ts'
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

const records = [
  ['40', '123.45', 'south'],
  ['18', '0', 'north'],
  ['99', '1000', 'east'],
]
const predictors = [0.190755, -0.96, -1.5 + 0.03 * 99 - 2.1 - 0.4]
const scores = '/v1/models/tiny/scores'

let client: Client
let world: World
let chunk: Chunk

beforeAll(async () => {
  client = await Client.make()
  world = await makeWorld()
  await register(world, client)
  chunk = client.seal(tiny.card, records)
})

function expectPredictors(opened: readonly number[][], expected: readonly number[], tolerance: number): void {
  expect(opened).toHaveLength(expected.length)
  opened.forEach(([predictor], r) => {
    expect(Math.abs((predictor ?? Number.NaN) - (expected[r] as number))).toBeLessThanOrEqual(tolerance)
  })
}

describe('a chunk is scored', () => {
  test('and opens to the plaintext model’s predictors', async () => {
    const answer = await answerOf(await world.ask(scores, chunkRequest(chunk)))
    expect({ ...answer, ciphertexts: null }).toEqual({ ...chunk, ciphertexts: null, run: new Uint8Array(chunk.run) })
    expectPredictors(client.open(tiny.card, answer), predictors, tiny.card.tolerance)
  })

  test('with one record more than a block holds, and with exactly a block', async () => {
    const slots = slotsPerCiphertext(tiny.card.slotBits, 2048)
    for (const count of [1, slots - 1, slots, slots + 1]) {
      const many = Array.from({ length: count }, (_, r) => records[r % 3] as string[])
      const answer = await answerOf(await world.ask(scores, chunkRequest(client.seal(tiny.card, many))))
      const expected = many.map((_, r) => predictors[r % 3] as number)
      expectPredictors(client.open(tiny.card, answer), expected, tiny.card.tolerance)
    }
  })

  test('and says what it took and what is left in stock; /metrics add it up', async () => {
    const own = await makeWorld({}, { masksPerKey: 2, quietMs: 0 })
    await register(own, client)
    while (own.service.maskPool.size < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    const timings = []
    for (let i = 0; i < 3; i++) {
      const response = await own.ask(scores, chunkRequest({ ...chunk, chunk: i }))
      const header = response.headers.get('server-timing') ?? ''
      const parts = /^check;dur=([0-9.]+), score;dur=([0-9.]+), mask;dur=([0-9.]+), stock;desc="([0-9]+)"$/.exec(header)
      timings.push((parts ?? []).slice(1).map(Number))
    }
    for (const [check, score, , stock] of timings) {
      expect(check).toBeGreaterThan(0)
      expect(score).toBeGreaterThan(0)
      expect(stock).toBeLessThanOrEqual(2)
    }
    // From the stock: no time for masks.
    expect(timings[0]?.[2]).toBe(0)
    own.close()
    const lines = (await (await own.ask('/metrics')).text()).split('\n')
    const value = (name: string) => Number(lines.find((line) => line.startsWith(`${name} `))?.split(' ')[1])
    for (const [i, work] of (['check', 'score'] as const).entries()) {
      const sum = timings.reduce((total, each) => total + (each[i] as number), 0)
      // The header is rounded to a hundredth of a millisecond.
      expect(value(`blindscore_compute_seconds_total{work="${work}"}`)).toBeCloseTo(sum / 1000, 4)
    }
    expect(value('blindscore_compute_seconds_total{work="mask"}')).toBeGreaterThan(0)
    const used = ['stock', 'request'].map((from) => value(`blindscore_masks_used_total{from="${from}"}`) || 0)
    expect((used[0] as number) + (used[1] as number)).toBe(3)
    const made = value('blindscore_masks_made_total{how="direct"}')
    expect(made).toBeGreaterThanOrEqual(3)
    expect(value('blindscore_masks_made_total{how="table"}')).toBe(0)
  })

  test('and a page of another origin that is allowed may read all of it', async () => {
    const corsOrigins = ['https://page.example']
    const own = await makeWorld({ corsOrigins })
    await register(own, client)
    const request = chunkRequest(chunk)
    const headers = { ...(request.headers as Record<string, string>), Origin: 'https://page.example' }
    const response = await own.ask(scores, { ...request, headers })
    expect(response.headers.get('server-timing')).toContain('check;dur=')
    expect(response.headers.get('timing-allow-origin')).toBe('https://page.example')
    expect(response.headers.get('access-control-expose-headers')).toContain('Server-Timing')
  })

  test('with masks that it makes itself, where none are in stock: their time is told apart', async () => {
    const response = await world.ask(scores, chunkRequest({ ...chunk, chunk: 99 }))
    expect(response.headers.get('server-timing')).toMatch(/mask;dur=(?!0\.00)[0-9.]+, stock;desc="0"$/)
  })

  test('in JSON as in CBOR, and answered in the form that Accept prefers', async () => {
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
    const ciphertexts = Array.from({ length: chunk.ciphertexts.length / 512 }, (_, i) =>
      Buffer.from(chunk.ciphertexts.subarray(i * 512, (i + 1) * 512)).toString('base64url'),
    )
    const document = {
      v: 1,
      card: hex(chunk.card),
      key: hex(chunk.key),
      run: hex(chunk.run),
      chunk: 0,
      records: 3,
      ciphertexts,
    }
    const ask = (accept?: string) =>
      world.ask(scores, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json; charset=utf-8', ...(accept && { Accept: accept }) },
        body: JSON.stringify(document),
      })
    const inJson = await ask()
    expect(inJson.headers.get('content-type')).toBe('application/json')
    const answer = await inJson.json()
    expect({ ...answer, ciphertexts: answer.ciphertexts.length }).toEqual({ ...document, ciphertexts: 1 })
    const opened = client.open(tiny.card, { ...chunk, ciphertexts: Buffer.from(answer.ciphertexts[0], 'base64url') })
    expectPredictors(opened, predictors, tiny.card.tolerance)

    const inCbor = await ask('application/json;q=0.5, application/cbor')
    expect(inCbor.headers.get('content-type')).toBe('application/cbor')
    expectPredictors(client.open(tiny.card, await answerOf(inCbor)), predictors, tiny.card.tolerance)
  })
})

describe('every answer is masked anew', () => {
  const offset = (head: number, card = tiny.card, model = tiny): bigint =>
    fromBytes(offsetPlaintext(model.heads[head] as Head, card.slotBits, slotsPerCiphertext(card.slotBits, 2048), 256))

  /** The n-th residue of a ciphertext whose plaintext is known: the answer without its message. */
  function residueOf(ciphertext: bigint, plaintext: bigint): bigint {
    const { n } = client.key
    const n2 = n * n
    return (ciphertext * (inverse(1n + plaintext * n, n2) as bigint)) % n2
  }

  test('two runs over the same request differ in every ciphertext and open to the same scores', async () => {
    const slots = slotsPerCiphertext(zero.card.slotBits, 2048)
    const many = client.seal(
      zero.card,
      Array.from({ length: 2 * slots + 1 }, (_, r) => [`${r % 11}`, `${(3 * r) % 11}`]),
    )
    const [first, second] = await Promise.all(
      [1, 2].map(async () => answerOf(await world.ask('/v1/models/zero/scores', chunkRequest(many)))),
    )
    if (first === undefined || second === undefined) throw new Error('two answers')
    const seen = new Set<string>()
    for (const answer of [first, second]) {
      for (let at = 0; at < answer.ciphertexts.length; at += 512) {
        seen.add(Buffer.from(answer.ciphertexts.subarray(at, at + 512)).toString('hex'))
      }
    }
    // Three blocks of two heads, twice.
    expect(seen.size).toBe(12)
    expect(client.open(zero.card, first)).toEqual(client.open(zero.card, second))
  })

  test('weights 0, 1 and −1 leave neither the input nor a bare constant in the answer', async () => {
    const sealed = client.seal(zero.card, [['7', '2']])
    const inputs = [0, 1].map((i) => Buffer.from(sealed.ciphertexts.subarray(512 * i, 512 * (i + 1))).toString('hex'))
    const answer = await answerOf(await world.ask('/v1/models/zero/scores', chunkRequest(sealed)))
    expect(client.open(zero.card, answer)[0]?.map((predictor) => Math.abs(predictor))).toEqual([0, 5])
    const nothing = fromBytes(answer.ciphertexts.subarray(0, 512))
    expect(inputs).not.toContain(Buffer.from(answer.ciphertexts.subarray(0, 512)).toString('hex'))
    const residue = residueOf(nothing, offset(0, zero.card, zero))
    expect(residue).not.toBe(1n)
    expect(residue % client.key.n).not.toBe(1n)
  })

  test('a key with smooth p − 1 and all-zero records: the residue is r^n with r uniform, in every small subgroup', async () => {
    const smooth = await Client.of(smoothKey([3, 5]))
    const own = await makeWorld()
    await register(own, smooth)
    const { n, p, q } = smooth.key
    // Sealed without any randomness of the client's own: whatever residue comes back is the server's.
    const bare = new Uint8Array(tiny.card.inputs.length * 512)
    for (let j = 0; j < tiny.card.inputs.length; j++) bare[512 * (j + 1) - 1] = 1
    const sent = { ...smooth.seal(tiny.card, [['18', '0', 'north']]), ciphertexts: bare }
    const rootExponent = inverse(n, (p - 1n) * (q - 1n)) as bigint
    const classes = new Map([3n, 5n].map((order) => [order, new Set<bigint>()]))
    const sample = 45
    const highBits: number[] = []
    for (let i = 0; i < sample; i++) {
      const answer = await answerOf(await own.ask(scores, chunkRequest(sent)))
      const n2 = n * n
      const unmask = inverse(1n + offset(0) * n, n2) as bigint
      const residue = (fromBytes(answer.ciphertexts) * unmask) % n2
      // Raised to p − 1 over a small order, a residue keeps only its part in the subgroup of that order.
      for (const [order, seen] of classes) seen.add(modPow(residue, (p - 1n) / order, p))
      const r = modPow(residue % n, rootExponent, n)
      expect(modPow(r, n, n2)).toBe(residue)
      highBits.push(Number((r * 4n) / n))
    }
    // Of 45 uniform draws, one of 5 classes is missed with probability below 5 · (4/5)^45 < 0.0003.
    for (const [order, seen] of classes) expect(seen.size).toBe(Number(order))
    // r falls into every quarter of [0, n): one is missed with probability below 4 · (3/4)^45 < 0.00001.
    expect(new Set(highBits)).toEqual(new Set([0, 1, 2, 3]))
  })
})

describe('a chunk is refused', () => {
  async function refusal(sent: Chunk | RequestInit, path = scores, where = world) {
    return problemOfResponse(await where.ask(path, 'ciphertexts' in sent ? chunkRequest(sent) : sent))
  }
  const raw = (
    body: BodyInit | null,
    type = 'application/cbor',
    headers: Record<string, string> = {},
  ): RequestInit => ({
    method: 'POST',
    headers: { 'Content-Type': type, ...headers },
    body,
  })
  const withCiphertext = (index: number, bytes: Uint8Array): Chunk => {
    const ciphertexts = chunk.ciphertexts.slice()
    ciphertexts.set(bytes, 512 * index)
    return { ...chunk, run: randomBytes(16), ciphertexts }
  }

  test('c = 0, c ≥ n², gcd(c, n) ≠ 1: 400 with the index', async () => {
    const { n, p, q } = client.key
    const cases: [number, bigint][] = [
      [0, 0n],
      [1, n * n],
      [2, n * n + 1n],
      [3, 2n ** 4096n - 1n],
      [0, p],
      [1, q * 12345n],
      [2, n],
    ]
    for (const [index, c] of cases) {
      expect(await refusal(withCiphertext(index, toBytes(c, 512)))).toEqual({
        status: 400,
        code: 'request/ciphertext',
        index,
      })
    }
  })

  test('counts that do not fit together: request/shape', async () => {
    const shape = { status: 400, code: 'request/shape' }
    const slots = slotsPerCiphertext(tiny.card.slotBits, 2048)
    expect(await refusal({ ...chunk, ciphertexts: chunk.ciphertexts.subarray(1) })).toEqual(shape)
    expect(await refusal({ ...chunk, ciphertexts: chunk.ciphertexts.subarray(512) })).toEqual(shape)
    expect(await refusal({ ...chunk, ciphertexts: new Uint8Array(0) })).toEqual(shape)
    expect(await refusal({ ...chunk, records: 0 })).toEqual(shape)
    expect(await refusal({ ...chunk, records: slots + 1 })).toEqual(shape)
    expect(await refusal({ ...chunk, records: 0xffff_ffff })).toEqual(shape)
  })

  test('another model, another card, a key that is not held', async () => {
    expect(await refusal(chunk, '/v1/models/none/scores')).toEqual({ status: 404, code: 'model/unknown' })
    expect(await refusal(chunk, '/v1/models/zero/scores')).toEqual({ status: 409, code: 'model/changed' })
    expect(await refusal({ ...chunk, card: new Uint8Array(32) })).toEqual({ status: 409, code: 'model/changed' })
    expect(await refusal({ ...chunk, key: new Uint8Array(32) })).toEqual({ status: 409, code: 'key/unknown' })
    for (const id of ['__proto__', 'constructor', 'toString', '..%2f..%2fetc%2fpasswd']) {
      expect(await refusal(chunk, `/v1/models/${id}/scores`)).toEqual({ status: 404, code: 'model/unknown' })
    }
  })

  test('the same chunk again gives the same scores; the same number with other bytes is a conflict', async () => {
    const again = { ...client.seal(tiny.card, records), chunk: 7 }
    const first = await answerOf(await world.ask(scores, chunkRequest(again)))
    const second = await answerOf(await world.ask(scores, chunkRequest(again)))
    expect(client.open(tiny.card, second)).toEqual(client.open(tiny.card, first))
    const other = client.seal(tiny.card, records)
    const conflict = { status: 409, code: 'request/conflict' }
    expect(await refusal({ ...again, ciphertexts: other.ciphertexts })).toEqual(conflict)
    expect(await refusal({ ...again, records: 2 })).toEqual(conflict)
    const next = await world.ask(scores, chunkRequest({ ...again, chunk: 8, ciphertexts: other.ciphertexts }))
    expect(next.status).toBe(200)
  })

  test('a chunk that was refused may be sealed anew under its number; of two at once with other bytes one is answered', async () => {
    const run = randomBytes(16)
    const bad = { ...withCiphertext(0, new Uint8Array(512)), run }
    expect((await refusal(bad)).code).toBe('request/ciphertext')
    const [first, second] = [client.seal(tiny.card, records, run), client.seal(tiny.card, records, run)]
    const answers = await Promise.all([first, second].map((each) => world.ask(scores, chunkRequest(each))))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  test('bodies that are not a chunk: 400', async () => {
    const whole = encodeChunk(chunk)
    const syntax = { status: 400, code: 'request/syntax' }
    const deep = new Uint8Array(100_000).fill(0x81)
    for (const body of [
      null,
      '',
      deep,
      whole.subarray(0, 90),
      new Uint8Array([...whole, 0]),
      new Uint8Array([0xbf, 0xff]),
    ]) {
      expect(await refusal(raw(body))).toEqual(syntax)
    }
    const other = whole.slice()
    other[other.indexOf('v'.charCodeAt(0)) + 1] = 2
    expect(await refusal(raw(other))).toEqual({ status: 400, code: 'run/out-of-date' })
  })

  test('hostile JSON: 400, and nothing is polluted', async () => {
    const syntax = { status: 400, code: 'request/syntax' }
    const brackets = '['.repeat(500_000)
    const bodies = [
      brackets,
      `{"ciphertexts":${brackets}`,
      '{"__proto__":{"polluted":true}}',
      '{"constructor":{"prototype":{"polluted":true}}}',
      'null',
      '[]',
      '"text"',
      '{"v":1}',
      '{',
      '\u0000',
    ]
    for (const body of bodies) expect(await refusal(raw(body, 'application/json'))).toEqual(syntax)
    expect(await refusal(raw(new Uint8Array([0xff, 0xfe]), 'application/json'))).toEqual(syntax)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  test('the wrong media type, a compressed body, a body over the limit', async () => {
    const type = { status: 415, code: 'request/media-type' }
    expect(await refusal(raw('x', 'text/plain'))).toEqual(type)
    expect(await refusal(raw('x', 'application/cbor-seq'))).toEqual(type)
    const encoding = { status: 415, code: 'request/encoding' }
    for (const each of ['gzip', 'br', 'deflate', 'zstd', 'gzip, identity', 'x']) {
      expect(await refusal(raw('x', 'application/cbor', { 'Content-Encoding': each }))).toEqual(encoding)
    }
    const small = await makeWorld({}, { bodyBytes: 20_000, jsonBytes: 10_000 })
    const large = { status: 413, code: 'request/too-large' }
    expect(await refusal(raw(new Uint8Array(20_001)), scores, small)).toEqual(large)
    expect(await refusal(raw(new Uint8Array(10_001), 'application/json'), scores, small)).toEqual(large)
    expect(await refusal(raw(new Uint8Array(20_000)), scores, small)).toEqual({ status: 400, code: 'request/syntax' })
  })

  test('a body over the limit is not read to its end', async () => {
    const small = await makeWorld({}, { bodyBytes: 20_000 })
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1024
        controller.enqueue(new Uint8Array(1024))
      },
    })
    const init = { ...raw(endless), duplex: 'half' } as RequestInit
    expect(await refusal(init, scores, small)).toEqual({ status: 413, code: 'request/too-large' })
    expect(pulled).toBeLessThan(40_000)
  })

  test('a compressed body is refused before any of it is read', async () => {
    let pulled = 0
    const body = new ReadableStream(
      {
        pull(controller) {
          pulled++
          controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    const init = { ...raw(body, 'application/cbor', { 'Content-Encoding': 'gzip' }), duplex: 'half' } as RequestInit
    expect(await refusal(init)).toEqual({ status: 415, code: 'request/encoding' })
    expect(pulled).toBe(0)
  })
})
