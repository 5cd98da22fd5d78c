import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeEncoder } from '../../core/card/encode.ts'
import { fromHex, toHex } from '../../core/number/bytes.ts'
import { lattice } from '../../core/protocol/lattice/scheme.ts'
import { layoutOf, parameterSet } from '../../core/protocol/schemes.ts'
import { plainPredictors } from '../../core/protocol/scoring.ts'
import { decodeChunk } from '../../core/protocol/wire.ts'
import { cellsFor, shipped } from '../../core/test/shipped.ts'
import { secureRandom } from '../../core/test/sources.ts'
import { enableRelaxedSimd } from '../../kernel/node.ts'
import { ownerEngines } from '../../kernel/ownerEngines.ts'
import { type RunningServer, startServer } from '../../server/listen.ts'
import { chunkSlots } from '../chunks.ts'
import { setOfChoice } from '../estimate.ts'
import { connect, Key } from '../node.ts'
import { Sealer } from '../owner/sealer.ts'
import { roundPredictors } from '../round.ts'
import { type RunShape, runSetFor, type SchemeChoice } from '../schemeChoice.ts'
import type { Exchange } from '../server.ts'

const serverThread = new URL('../../dist/server/compute/worker.js', import.meta.url)
const sealerThread = new URL('../../dist/client/owner/sealerThread.js', import.meta.url)
const { model, rows } = shipped('salary')
const card = { ...model.card, hash: '00'.repeat(32) }
const limits = { recordsPerChunk: 65_536, bodyBytes: 8 * 2 ** 20 }

describe('a run under the lattice scheme, over a real socket', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer({ port: 0, page: null, threads: 1, workerFile: serverThread })
  })
  afterAll(() => server.close())

  test('gives the plaintext model’s predictors, rounded to the tolerance, each run under a key of its own', async () => {
    const exchanges: Exchange[] = []
    const onExchange = (exchange: Exchange) => exchanges.push(exchange)
    const connection = connect(server.url, { scheme: 'lattice', threads: 1, workerFile: sealerThread, onExchange })
    const some = rows.slice(0, 700)
    for (const records of [some, some.slice(0, 2)]) {
      const scores = await connection.scoreAll('salary', records)
      expect(scores.map(({ index }) => index)).toEqual(records.map((_, i) => i))
      scores.forEach(({ predictors }, i) => {
        const integers = new Float64Array(card.inputs.length)
        makeEncoder(card).encode(cellsFor(model, records[i] as never), integers, 1, 0)
        expect(predictors).toEqual([...roundPredictors(Float64Array.from(plainPredictors(model, integers)), 1e-6)])
      })
    }
    await connection.close()
    const keys = exchanges.filter(({ method }) => method === 'PUT').map(({ path }) => path)
    expect(keys).toHaveLength(2)
    expect(new Set(keys).size).toBe(2)
    expect(keys.every((path) => /\?set=lattice-\d+-\d+-\d+$/.test(path))).toBe(true)
  })

  test('scores the example that bends as it says itself, to the tolerance', async () => {
    const folder = new URL('../../examples/', import.meta.url)
    const id = 'concrete-strength-spline'
    const { verification, tolerance } = JSON.parse(readFileSync(new URL(`${id}.json`, folder), 'utf8')) as {
      verification: { record: Record<string, number>; responses: [number] }[]
      tolerance: number
    }
    const examples = await startServer({
      port: 0,
      page: null,
      threads: 1,
      workerFile: serverThread,
      models: fileURLToPath(folder),
    })
    const connection = connect(examples.url, { scheme: 'lattice', threads: 1, workerFile: sealerThread })
    const scores = await connection.scoreAll(
      id,
      verification.map(({ record }) => record),
    )
    const errors = scores.map(({ responses }, i) =>
      Math.abs((responses[0] as number) - (verification[i]?.responses[0] as number)),
    )
    expect(errors.length).toBeGreaterThan(3)
    expect(Math.max(...errors)).toBeLessThanOrEqual(tolerance)
    await connection.close()
    await examples.close()
  })

  test('is refused where the server does not serve it, and auto takes what there is', async () => {
    const pinned = await startServer({
      port: 0,
      page: null,
      threads: 1,
      workerFile: serverThread,
      schemes: ['paillier'],
    })
    const options = { threads: 1, workerFile: sealerThread } as const
    const strict = connect(pinned.url, { ...options, scheme: 'lattice' })
    await expect(strict.scoreAll('salary', rows.slice(0, 2))).rejects.toMatchObject({ code: 'key/scheme' })
    await strict.close()
    const key = await Key.generate('paillier-2048')
    const easy = connect(pinned.url, { ...options, key, scheme: 'auto' })
    expect(await easy.scoreAll('salary', rows.slice(0, 2))).toHaveLength(2)
    await easy.close()
    key.dispose()
    await pinned.close()
  })
})

describe('a key that is made for one run', () => {
  enableRelaxedSimd()
  const { engines } = ownerEngines()
  const set = runSetFor({ card, limits, lanes: 4, records: 100 })?.id as string
  const layout = layoutOf(set, card)
  const capacity = 2 * layout.blockRecords
  const task = {
    chunk: 0,
    records: capacity,
    capacity,
    integers: new Float64Array(card.inputs.length * capacity).fill(1),
  }
  const header = (fingerprint: string, run: number) => ({ card, fingerprint, run: new Uint8Array(16).fill(run) })

  async function sealerWith(fingerprint: string): Promise<Sealer> {
    const sealer = new Sealer(Promise.resolve(engines), secureRandom)
    await sealer.hear({ kind: 'key', set, fingerprint, secret: secureRandom(32) })
    return sealer
  }

  test('seals for that run alone', async () => {
    const fingerprint = 'ab'.repeat(32)
    const sealer = await sealerWith(fingerprint)
    sealer.seal(header(fingerprint, 1), task)
    sealer.seal(header(fingerprint, 1), { ...task, chunk: 1 })
    const refused = expect.objectContaining({ code: 'key/locked', fault: 'keyOfAnotherRun' })
    expect(() => sealer.seal(header(fingerprint, 2), task)).toThrow(refused)
  })

  test('seals nothing twice under one seed: neither a chunk again nor another', async () => {
    const fingerprint = 'ab'.repeat(32)
    const sealer = await sealerWith(fingerprint)
    const seeds = new Set<string>()
    for (const chunk of [0, 0, 1, 1, 2, 0]) {
      const { body } = sealer.seal(header(fingerprint, 1), { ...task, chunk })
      seeds.add(toHex(decodeChunk(body).ciphertexts.subarray(0, 32)))
    }
    expect(seeds.size).toBe(6)
  })

  test('stands beside the key that outlives runs, and goes without it', async () => {
    const fingerprint = 'ab'.repeat(32)
    const sealer = await sealerWith(fingerprint)
    const lasting = await Key.generate('paillier-2048')
    const { bytes } = lasting.secret
    const other = lasting.publicKey.fingerprint
    await sealer.hear({ kind: 'key', set: 'paillier-2048', fingerprint: other, secret: bytes })
    const ofOther = layoutOf('paillier-2048', card).blockRecords
    const block = { chunk: 0, records: 1, capacity: ofOther, integers: new Float64Array(card.inputs.length * ofOther) }
    sealer.seal(header(fingerprint, 1), task)
    sealer.seal(header(other, 1), block)
    await sealer.hear({ kind: 'forget', ofRun: fingerprint })
    expect(() => sealer.seal(header(fingerprint, 1), task)).toThrow(expect.objectContaining({ code: 'key/locked' }))
    sealer.seal(header(other, 2), block)
    lasting.dispose()
  })

  test('has no backup', async () => {
    const key = await Key.generate(set)
    await expect(key.backup('correct horse battery')).rejects.toMatchObject({ code: 'key/backup' })
    expect(fromHex(key.publicKey.fingerprint)).toHaveLength(32)
    key.dispose()
  })
})

describe('the chunks of a run', () => {
  const of = (records: number | null, lanes = 6, shape = card) => {
    const set = runSetFor({ card: shape, limits, lanes, records })
    return { set, slots: chunkSlots(shape, set?.id as string, limits, lanes, records) }
  }

  test('are whole polynomials: few, alike, and within what the server and memory take', () => {
    for (const id of ['salary', 'credit-default', 'doctor-visits', 'concrete-strength'] as const) {
      const shape = { ...shipped(id).model.card, hash: '' }
      for (const records of [1, 25, 1000, 4039, 20_000, 100_000, 1_000_000, null]) {
        const { set, slots } = of(records, 6, shape)
        const layout = layoutOf(set?.id as string, shape)
        expect(slots % layout.blockRecords).toBe(0)
        expect(layout.requestBytes(slots)).toBeLessThanOrEqual(4 * 2 ** 20)
        expect(slots).toBeLessThanOrEqual(Math.min(limits.recordsPerChunk, layout.mostRecords))
        if (records === null) continue
        const chunks = Math.ceil(records / slots)
        expect(slots * chunks - records).toBeLessThan(
          Math.max(records / 16, 3 * layout.blockRecords) + chunks * layout.blockRecords,
        )
      }
    }
  })

  test('take the smaller set for few records and the larger for many', () => {
    const wide = { ...shipped('credit-default').model.card, hash: '' }
    expect(of(1000, 6, wide).set?.bits).toBe(8192)
    expect(of(1_000_000, 6, wide).set?.bits).toBe(16384)
  })
})

describe('the choice of a scheme', () => {
  const shape = (records: number | null) => ({ card, limits, lanes: 6, records })
  const both = ['paillier', 'lattice']
  const setOf = (choice: SchemeChoice, served: readonly string[], asked: RunShape) =>
    setOfChoice({ choice, served, lasting: parameterSet('paillier-3072'), shape: asked })

  test('is Paillier unless another is asked for, and auto takes the other for many records', () => {
    expect(setOf('paillier', both, shape(1_000_000))).toBeNull()
    expect(setOf('auto', both, shape(25))).toBeNull()
    expect(setOf('auto', both, shape(100_000))?.scheme).toBe('lattice')
    expect(setOf('auto', both, shape(null))?.scheme).toBe('lattice')
    expect(setOf('lattice', both, shape(25))?.scheme).toBe('lattice')
  })

  test('is never one that the server does not serve for the model', () => {
    expect(setOf('auto', ['paillier'], shape(100_000))).toBeNull()
    expect(() => setOf('lattice', ['paillier'], shape(25))).toThrow(expect.objectContaining({ code: 'key/scheme' }))
    expect(setOf('auto', ['lattice'], shape(25))?.scheme).toBe('lattice')
  })

  test('is Paillier for a model for which there are no parameters', () => {
    const wide = { ...card, slotBits: 400 }
    expect(lattice.setsFor(wide)).toEqual([])
    expect(setOf('auto', both, { ...shape(100_000), card: wide })).toBeNull()
    expect(parameterSet('paillier-2048').scheme).toBe('paillier')
  })
})

describe('rounding to the tolerance', () => {
  test('is what a number’s own decimals say, near halves and far from them', () => {
    const draw = (n: number) => ((Math.imul(n, 2_654_435_761) >>> 0) / 2 ** 32 - 0.5) * 10 ** (n % 9)
    for (const decimals of [0, 1, 6, 9, 15]) {
      const halves = [0.5, -0.5, 1.5, 2.5, 1000.5].map((half) => half / 10 ** decimals)
      const values = Float64Array.from([...halves, ...Array.from({ length: 2000 }, (_, n) => draw(n))])
      const digits = [...values].map((value) => Number(value.toFixed(decimals)) + 0)
      expect([...roundPredictors(values, Number(`1e-${decimals}`))]).toEqual(digits)
    }
  })

  test.each([
    [1e-6, [1740.2934755086899, -0.0000004, 0.0000006, -1.0000016], [1740.293476, 0, 0.000001, -1.000002]],
    [0.5, [1.26, -1.26], [1.3, -1.3]],
    [1, [1.26, -1.5], [1, -2]],
    [250, [1249, 1251, -1], [1200, 1300, 0]],
    [3e-7, [0.12345678, 6e-8], [0.1234568, 1e-7]],
  ])('%d', (tolerance, values, rounded) => {
    const got = [...roundPredictors(Float64Array.from(values), tolerance)]
    expect(got.map(String)).toEqual(rounded.map(String))
    got.forEach((value, i) => {
      expect(Math.abs(value - (values[i] as number))).toBeLessThanOrEqual(tolerance / 2 + 1e-12)
    })
  })
})
