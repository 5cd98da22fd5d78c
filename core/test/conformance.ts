import { describe, expect, test } from 'vitest'
import { openAnswer, sealRecords } from '../../client/owner/seal.ts'
import type { Card } from '../card/card.ts'
import { asBlindscoreError } from '../errors.ts'
import { toHex } from '../number/bytes.ts'
import type { OwnerEngine, OwnerKey, Platform } from '../private/owner.ts'
import { checkKey, type Layout, type ModelShape, type ParameterSet, type ScoringEngine } from '../protocol/scheme.ts'
import { layoutOf } from '../protocol/schemes.ts'
import { type Head, plainPredictors } from '../protocol/scoring.ts'
import { decodeChunk, encodeChunk } from '../protocol/wire.ts'

/** A scheme by an engine on each side, as the conformance suite runs it. */
export interface Candidate {
  readonly name: string
  /** The set that a key for this model gets. */
  readonly setFor: (shape: ModelShape) => ParameterSet
  readonly owner: OwnerEngine
  readonly scoring: ScoringEngine
  readonly platform: Platform
  /** Whether ciphertexts say nothing; false for schemes that encrypt nothing, which tests use. */
  readonly hides: boolean
  /** A secret of the set, where making one takes long. */
  readonly secret?: Uint8Array
  /** Spoils one ciphertext such that no honest client sends it. */
  readonly spoil: (ciphertext: Uint8Array) => void
}

/** What every encryption scheme does behind the ports of `core/protocol/scheme.ts` and `core/private/owner.ts`. */
export function describeScheme({
  name,
  setFor,
  owner,
  scoring,
  platform,
  hides,
  secret: made,
  spoil,
}: Candidate): void {
  const { scheme } = scoring
  const { random, sha256 } = platform
  const secrets = owner.owner
  const secret = made ?? null
  const [[, plain], [, several]] = shapes
  const set = setFor(plain)
  const secretOf = async () => secret ?? secrets.generate(set, platform)

  describe(`${name}: layout`, () => {
    test.each(shapes)('%s: requests and answers are whole, ordered and never overlap', (_, shape) => {
      const layout = layoutOf(setFor(shape).id, shape)
      expect(scheme.setsFor(shape).map(({ id }) => id)).toContain(setFor(shape).id)
      expect(layout.mostRecords).toBeGreaterThanOrEqual(layout.blockRecords)
      expect(layout).toEqual(expect.objectContaining({ slots: expect.any(Number), plaintextBytes: expect.any(Number) }))
      expect(8 * layout.plaintextBytes).toBeGreaterThanOrEqual(layout.slots * shape.slotBits)
      expect(layout.blockRecords % layout.slots).toBe(0)
      let before = { up: 0, down: 0 }
      for (const records of countsOf(layout)
        .filter((count) => count <= layout.mostRecords)
        .sort((a, b) => a - b)) {
        const up = layout.requestBytes(records)
        const down = layout.answerBytes(records)
        expect([up >= before.up, down >= before.down]).toEqual([true, true])
        const counts = [layout.requestCiphertexts(records), layout.answerCiphertexts(records)]
        expect(counts.every((count) => Number.isSafeInteger(count) && count > 0)).toBe(true)
        before = { up, down }
        const spans = Array.from({ length: Math.ceil(records / layout.blockRecords) }, (_b, block) =>
          shape.inputs.map((_i, input) => layout.ciphertextAt(records, block, input)),
        ).flat()
        expect(Math.max(...spans.map(({ offset, bytes }) => offset + bytes))).toBeLessThanOrEqual(up)
        const places = new Set(spans.map(({ offset, bytes }) => `${offset} ${bytes}`))
        const sorted = [...spans].sort((a, b) => a.offset - b.offset)
        const apart = sorted.every(({ offset }, i) => {
          const last = sorted[i - 1]
          return last === undefined || last.offset === offset || last.offset + last.bytes <= offset
        })
        expect([places.size > 0, apart]).toEqual([true, true])
      }
    })

    test.each(shapes)(
      '%s: blocks that are apart lie one after the other, in a request and in its answer',
      (_, shape) => {
        const layout = layoutOf(setFor(shape).id, shape)
        const { blockRecords } = layout
        if (!layout.apart) return
        for (const blocks of [1, 2, 5]) {
          const first = blocks * blockRecords
          for (const rest of [1, blockRecords, 2 * blockRecords + 1]) {
            expect(layout.requestBytes(first) + layout.requestBytes(rest)).toBe(layout.requestBytes(first + rest))
            expect(layout.answerBytes(first) + layout.answerBytes(rest)).toBe(layout.answerBytes(first + rest))
            expect(layout.scoringItems(first) + layout.scoringItems(rest)).toBe(layout.scoringItems(first + rest))
            shape.inputs.forEach((_, input) => {
              const { offset, bytes } = layout.ciphertextAt(rest, 0, input)
              const there = { offset: layout.requestBytes(first) + offset, bytes }
              expect(layout.ciphertextAt(first + rest, blocks, input)).toEqual(there)
            })
          }
        }
      },
    )

    test.each(shapes)('%s: an answer has values for as many slots as are charged, and work grows', (_, shape) => {
      const layout = layoutOf(setFor(shape).id, shape)
      const counts = countsOf(layout).filter((count) => count <= layout.mostRecords)
      for (const records of counts) {
        expect(layout.answeredSlots(records)).toBeGreaterThanOrEqual(records)
        expect(layout.answeredSlots(records) % layout.slots).toBe(0)
        expect(layout.checkingWork(records)).toBeGreaterThan(0)
        expect(layout.scoringWork(records)).toBeGreaterThan(0)
      }
    })

    test('is null where no record fits, and an error by name', () => {
      const wide = shapeOfBits(1_000_000)
      expect(scheme.layout(set, wide)).toBeNull()
      expect(() => layoutOf(set.id, wide)).toThrow(expect.objectContaining({ code: 'model/budget' }))
    })
  })

  describe(`${name}: keys`, () => {
    test('a secret is what it says, and its public key proves itself', async () => {
      const secret = await secretOf()
      expect(secret.length).toBe(secrets.secretBytes(set))
      secrets.checkSecret(set, secret, random)
      const publicKey = secrets.publicKey(set, secret)
      expect(secrets.publicKey(set, secret)).toEqual(publicKey)
      expect(scheme.parameterSet(set.id)).toEqual(set)
      expect(scheme.parameterSet(`${set.id}0`)).toBeNull()
      const proof = await secrets.prove(set, secret, sha256)
      await checkKey(scoring, set, publicKey, proof, sha256)
    })

    test('a secret of another length is refused, as is a public key of another form', async () => {
      const secret = await secretOf()
      for (const wrong of [secret.subarray(1), new Uint8Array(0)]) {
        expect(() => secrets.checkSecret(set, wrong, random)).toThrow(expect.objectContaining({ code: 'key/invalid' }))
      }
      const short = secrets.publicKey(set, secret).subarray(1)
      const proof = await secrets.prove(set, secret, sha256)
      await expect(checkKey(scoring, set, short, proof, sha256)).rejects.toMatchObject({
        code: expect.stringMatching(/^key\//),
      })
    })

    test('a proof that is damaged or too short is refused', async () => {
      const secret = await secretOf()
      const publicKey = secrets.publicKey(set, secret)
      const proof = await secrets.prove(set, secret, sha256)
      if (proof.length === 0) return
      const damaged = proof.slice()
      damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1
      for (const wrong of [damaged, proof.subarray(1)]) {
        const refusal = await checkKey(scoring, set, publicKey, wrong, sha256).then(
          () => 'taken',
          (thrown) => asBlindscoreError(thrown).code,
        )
        expect(refusal).toMatch(/^key\//)
      }
    })
  })

  describe(`${name}: records`, () => {
    test.each(shapes)('%s: come back as the plaintext predictors, to the last bit', async (_, shape) => {
      const secret = await secretOf()
      const own = setFor(shape)
      const key = owner.key(own, secret)
      const server = scoring.key(own, secrets.publicKey(own, secret))
      const heads = headsOf(shape)
      const layout = layoutOf(own.id, shape)
      for (const records of countsOf(layout).slice(0, 3)) {
        const { opened, expected } = await wholePath(key, server, shape, heads, records)
        expect(opened).toEqual(expected)
      }
      key.dispose()
    })

    test('encrypted twice look different each time, as do their scores', async () => {
      if (!hides) return
      const secret = await secretOf()
      const key = owner.key(set, secret)
      const server = scoring.key(set, secrets.publicKey(set, secret))
      const shape = plain
      const one = request(key, shape, 2)
      expect(request(key, shape, 2).ciphertexts).not.toEqual(one.ciphertexts)
      const scored = () => score(server, shape, headsOf(shape), 2, one.ciphertexts)
      expect(scored()).not.toEqual(scored())
      key.dispose()
    })

    test('a request with a ciphertext that no honest client sends is told by its index', async () => {
      const secret = await secretOf()
      const own = setFor(several)
      const key = owner.key(own, secret)
      const server = scoring.key(own, secrets.publicKey(own, secret))
      const layout = layoutOf(own.id, several)
      const records = layout.slots
      const { ciphertexts } = request(key, several, records)
      expect(server.firstInvalid(several, records, ciphertexts)).toBe(-1)
      const count = layout.requestCiphertexts(records)
      for (const index of new Set([0, count - 1])) {
        const bad = ciphertexts.slice()
        const { offset, bytes } = layout.ciphertextAt(records, 0, Math.min(index, several.inputs.length - 1))
        spoil(bad.subarray(offset, offset + bytes))
        expect(server.firstInvalid(several, records, bad)).toBe(index)
      }
      key.dispose()
    })

    test('a request is made in the room that it is given, all of it, or not at all', async () => {
      const key = owner.key(set, await secretOf())
      const layout = layoutOf(set.id, plain)
      const integers = integersOf(plain, 1, layout.blockRecords)
      const encrypt = (to: Uint8Array<ArrayBuffer>) => {
        const items = key.ahead?.make(layout.sealingItems(1), random) ?? new Uint8Array(0)
        const task = { shape: plain, records: 1, integers, capacity: layout.blockRecords, items, random, to }
        return key.encrypt(task)
      }
      const to = new Uint8Array(layout.requestBytes(1))
      expect(encrypt(to)).toBe(to)
      expect(to.some((byte) => byte !== 0)).toBe(true)
      for (const other of [-1, 1]) {
        const room = new Uint8Array(to.length + other)
        expect(() => encrypt(room)).toThrow(expect.objectContaining({ code: 'internal' }))
      }
      key.dispose()
    })

    test('an answer to something else is refused, and nothing of it is shown', async () => {
      const secret = await secretOf()
      const key = owner.key(set, secret)
      const server = scoring.key(set, secrets.publicKey(set, secret))
      const shape = plain
      const { body, header } = request(key, shape, 3)
      const chunk = decodeChunk(body)
      const answer = { ...chunk, ciphertexts: score(server, shape, headsOf(shape), 3, chunk.ciphertexts) }
      const refused = expect.objectContaining({ code: 'result/shape' })
      const open = (other: typeof answer) => openAnswer(key, header, { chunk: 0, records: 3 }, encodeChunk(other))
      expect(open(answer)).toHaveLength(3 * shape.heads.length)
      expect(() => open({ ...answer, records: 2 })).toThrow(refused)
      expect(() => open({ ...answer, chunk: 1 })).toThrow(refused)
      expect(() => open({ ...answer, ciphertexts: answer.ciphertexts.subarray(1) })).toThrow(refused)
      key.dispose()
    })

    test('a key that was let go of does nothing more', async () => {
      const key = owner.key(set, await secretOf())
      const shape = plain
      const { ciphertexts } = request(key, shape, 1)
      key.dispose()
      const locked = expect.objectContaining({ code: 'key/locked' })
      expect(() => request(key, shape, 1)).toThrow(locked)
      const answer = ciphertexts.subarray(0, layoutOf(key.set.id, shape).answerBytes(1))
      expect(() => key.decrypt(shape, answer, 1)).toThrow(locked)
    })
  })

  describe(`${name}: things made ahead`, () => {
    test('are as many bytes as they say, and none are asked for where there are none', async () => {
      const secret = await secretOf()
      const key = owner.key(set, secret)
      const server = scoring.key(set, secrets.publicKey(set, secret))
      const layout = layoutOf(set.id, plain)
      for (const [ahead, needed] of [
        [key.ahead, layout.sealingItems(1)],
        [server.ahead, layout.scoringItems(1)],
      ] as const) {
        if (ahead === null) expect(needed).toBe(0)
        else expect(ahead.make(2, random)).toHaveLength(2 * ahead.itemBytes)
      }
      expect(scheme.scoresWithItems).toBe(server.ahead !== null)
      expect(scoring.hasTables).toBe(Boolean(server.ahead?.table))
      key.dispose()
    })

    test('a secret table serves another holder of the same secret, and no other engine’s does', async () => {
      const secret = await secretOf()
      const [maker, user] = [owner.key(set, secret), owner.key(set, secret)]
      if (maker.ahead !== null && user.ahead !== null && owner.table !== null) {
        user.ahead.useTable(maker.ahead.makeTable(random))
        const server = scoring.key(set, secrets.publicKey(set, secret))
        const shape = plain
        const { opened, expected } = await wholePath(user, server, shape, headsOf(shape), 2)
        expect(opened).toEqual(expected)
        const foreign = { engine: 'another', entries: new Uint8Array(8) }
        if (hides) expect(() => user.ahead?.useTable(foreign)).toThrow(expect.objectContaining({ code: 'internal' }))
      }
      maker.dispose()
      user.dispose()
    })
  })

  function request(key: OwnerKey, shape: ModelShape, records: number) {
    const layout = layoutOf(key.set.id, shape)
    const capacity = Math.ceil(records / layout.blockRecords) * layout.blockRecords
    const integers = integersOf(shape, records, capacity)
    const items = key.ahead?.make(layout.sealingItems(records), random) ?? new Uint8Array(0)
    const header = { card: cardOf(shape), fingerprint: '00'.repeat(32), run: new Uint8Array(16) }
    const body = sealRecords(key, header, { chunk: 0, records, capacity, integers }, items, random)
    const { ciphertexts } = decodeChunk(body)
    expect(ciphertexts).toHaveLength(layout.requestBytes(records))
    return { body, header, ciphertexts, integers, capacity }
  }

  function score(
    server: ReturnType<ScoringEngine['key']>,
    shape: ModelShape,
    heads: readonly Head[],
    records: number,
    ciphertexts: Uint8Array,
  ): Uint8Array {
    const layout = layoutOf(server.set.id, shape)
    const items = server.ahead?.make(layout.scoringItems(records), random) ?? new Uint8Array(0)
    const answer = server.score({ shape, heads, records, ciphertexts, items, random })
    expect(answer).toHaveLength(layout.answerBytes(records))
    return answer
  }

  async function wholePath(
    key: OwnerKey,
    server: ReturnType<ScoringEngine['key']>,
    shape: ModelShape,
    heads: readonly Head[],
    records: number,
  ) {
    const { body, header, integers, capacity } = request(key, shape, records)
    const chunk = decodeChunk(body)
    expect(toHex(chunk.run)).toBe('00'.repeat(16))
    const ciphertexts = score(server, shape, heads, records, chunk.ciphertexts)
    const opened = openAnswer(key, header, { chunk: 0, records }, encodeChunk({ ...chunk, ciphertexts }))
    const expected = Array.from({ length: records }, (_, r) =>
      plainPredictors(
        { card: header.card, heads },
        shape.inputs.map((_i, j) => integers[j * capacity + r] as number),
      ),
    ).flat()
    return { opened: Array.from(opened), expected }
  }
}

const input = (max: number): ModelShape['inputs'][number] => ({ kind: 'value', column: 0, max })
const head = (name: string): ModelShape['heads'][number] => ({ name })

/** A shape whose predictors take so many bits, and models that fill them. */
function shapeOfBits(slotBits: number): ModelShape {
  return { slotBits, inputs: [input(1), input(1)], heads: [head('a')] }
}

const shapes: readonly [
  readonly [string, ModelShape],
  readonly [string, ModelShape],
  ...(readonly [string, ModelShape])[],
] = [
  ['one input, one head', { slotBits: 24, inputs: [input(1000)], heads: [head('a')] }],
  [
    'many inputs, several heads',
    {
      slotBits: 46,
      inputs: Array.from({ length: 9 }, (_, j) => input(10 ** (j % 5))),
      heads: ['a', 'b', 'c'].map(head),
    },
  ],
  ['a wide slot', { slotBits: 90, inputs: [input(2 ** 40), input(1)], heads: [head('a'), head('b')] }],
]

/** Weights that use a slot's width: |C| + Σ |W|·X stays below 2^(T−1). */
function headsOf({ slotBits, inputs, heads }: ModelShape): Head[] {
  const share = 2n ** BigInt(slotBits - 2) / BigInt(inputs.length + 1)
  return heads.map((_, h) => ({
    constant: h % 2 === 0 ? -share : share,
    weights: Float64Array.from(inputs, ({ max }, j) => {
      const most = Math.min(Number(share / BigInt(max)), 2 ** 52)
      return Math.trunc((most * (((j * 7 + h * 3) % 11) - 5)) / 5)
    }),
  }))
}

function integersOf({ inputs }: ModelShape, records: number, capacity: number): Float64Array {
  const integers = new Float64Array(inputs.length * capacity)
  inputs.forEach(({ max }, j) => {
    for (let r = 0; r < records; r++) {
      const part = ((r * 31 + j * 17) % 64) / 63
      integers[j * capacity + r] = r === 0 ? max : r === 1 ? 0 : Math.round(max * part)
    }
  })
  return integers
}

function cardOf({ slotBits, inputs, heads }: ModelShape): Card {
  const card: Pick<Card, 'slotBits' | 'scaleBits' | 'inputs' | 'heads' | 'hash'> = {
    slotBits,
    scaleBits: 10,
    inputs: [...inputs],
    heads: [...heads],
    hash: '00'.repeat(32),
  }
  return card as Card
}

/** Counts of records around the edges of plaintexts and blocks. */
function countsOf({ slots, blockRecords }: Layout): number[] {
  return [...new Set([1, slots + 1, slots, blockRecords, blockRecords + 1, 2 * blockRecords])]
}
