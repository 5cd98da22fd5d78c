import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { RunControl } from '../../../client/control.ts'
import { roundPredictors } from '../../../client/round.ts'
import type { StoredAnswer } from '../../../client/score.ts'
import { shortWaits } from '../../../client/test/waits.ts'
import { makeEncoder } from '../../../core/card/encode.ts'
import { concat, toHex } from '../../../core/number/bytes.ts'
import { fieldBytes } from '../../../core/protocol/lattice/parameters.ts'
import { splitFields } from '../../../core/protocol/lattice/reference.ts'
import { packFields } from '../../../core/protocol/lattice/ring.ts'
import { lattice } from '../../../core/protocol/lattice/scheme.ts'
import type { PublicKey } from '../../../core/protocol/scheme.ts'
import { parameterSet } from '../../../core/protocol/schemes.ts'
import { plainPredictors } from '../../../core/protocol/scoring.ts'
import { decodeChunk } from '../../../core/protocol/wire.ts'
import { forge } from '../../../core/test/lattice/support.ts'
import { cellsFor } from '../../../core/test/shipped.ts'
import { matchColumns } from '../../../reader/matching.ts'
import { type FileRun, type FileRunOptions, scoreFile } from '../scoreFile.ts'
import {
  backup,
  card,
  LatticeServer,
  LatticeTab,
  limits,
  passphrase,
  type Sealing,
  set,
  shipped,
} from './latticeTab.ts'
import { chunkNumbers, codeOf, type Mishap } from './partners.ts'

/** Runs of a page under the lattice scheme: what is sealed under which seed, and what a run's key still does afterwards. */

const header = Object.keys(shipped.rows[0] ?? {})
const records = Array.from(
  { length: 1500 },
  (_, i) => shipped.rows[i % shipped.rows.length] as (typeof shipped.rows)[0],
)
const text = (rows: typeof records): string =>
  [header, ...rows.map((row) => header.map((name) => row[name]))].map((cells) => cells.join(',')).join('\n')
const whole = new Blob([text(records)])
/** With a cell of its first record corrected. */
const corrected = { ...records[0], age: '61' }
const edited = new Blob([text([corrected, ...records.slice(1)])])

const never = new AbortController().signal
const own = new Uint8Array(16).fill(7)

function tab(crashes?: (sealing: number) => boolean): LatticeTab {
  const made = new LatticeTab(crashes)
  onTestFinished(() => made.close())
  return made
}

/** A run of a tab over a file, with that key. */
async function runOf(of: LatticeTab, key: PublicKey, mishap: Mishap = () => null, file = whole) {
  const server = new LatticeServer(shipped.model, mishap, () => new Promise((resolve) => setImmediate(resolve)))
  server.key = key
  const run: FileRun = {
    workers: await of.workers(),
    server: server.asServer,
    limits,
    key,
    file,
    plan: {
      card,
      format: { encoding: 'utf-8', delimiter: ',', decimalMark: '.' },
      columns: matchColumns(card, header).map(({ column }) => column as number),
      width: header.length,
      repairs: [],
    },
    scorable: records.length,
  }
  return { run, server }
}

/** The plaintext model's predictors, as a run gives them. */
function plainly(rows: typeof records): number[] {
  const encoder = makeEncoder(card)
  const integers = new Float64Array(card.inputs.length)
  const exact = rows.map((row) => {
    encoder.encode(cellsFor(shipped.model, row as never), integers, 1, 0)
    return plainPredictors(shipped.model, integers)[0] as number
  })
  return [...roundPredictors(Float64Array.from(exact), card.tolerance)]
}

const quiet = (): FileRunOptions => ({ control: new RunControl(), onProgress: () => {}, onStuck: () => {} })

/** No seed is there twice, whatever was sealed under it. */
function expectSealedOnce(sealings: readonly Sealing[]): void {
  expect(new Set(sealings.map(({ seed }) => seed)).size).toBe(sealings.length)
}

/** Stores answers in this process. */
function storeOf(capacity: number | null, answers = new Map<number, StoredAnswer>()) {
  return {
    answers,
    capacity,
    earlier: async (chunk: number) => (capacity === null ? null : (answers.get(chunk) ?? null)),
    save: (chunk: number, answer: StoredAnswer) => void answers.set(chunk, answer),
  }
}

/** The first tab's part of a run that is ended when two of its chunks are answered: what is stored of it. */
async function cutRun(first: LatticeTab, key: PublicKey) {
  const { run, server } = await runOf(first, key)
  const store = storeOf(null)
  const stop = new AbortController()
  const cut = {
    ...store,
    save: (chunk: number, answer: StoredAnswer) => {
      store.save(chunk, answer)
      if (store.answers.size === 2) stop.abort()
    },
  }
  let capacity = 0
  const onBegin = (map: { readonly capacity: number }): void => {
    capacity = map.capacity
  }
  expect(await codeOf(scoreFile({ ...run, checkpoint: cut }, { ...quiet(), onBegin }, stop.signal))).toBe(
    'run/cancelled',
  )
  return { store: storeOf(capacity, store.answers), server }
}

describe('what is sealed is sealed once', () => {
  test('where workers end with what they sealed: its places are drawn anew, and nothing else is sent', async () => {
    const of = tab((sealing) => [0, 2, 3].includes(sealing))
    const key = await of.vault.makeRunKey(set)
    const { run, server } = await runOf(of, key)
    await scoreFile(run, quiet(), never)
    const sent = new Set(server.bodies.map(toHex))
    expect(sent.size).toBe(server.bodies.length)
    // The lost ones hold the same records as others that were sent.
    const lost = of.sealings.filter(({ body }) => !sent.has(body))
    expect(lost).toHaveLength(3)
    const held = of.sealings.filter(({ body }) => sent.has(body)).map(({ integers }) => integers)
    expect(held).toEqual(expect.arrayContaining(lost.map(({ integers }) => integers)))
    expectSealedOnce(of.sealings)
  })

  test('where answers are lost until the run pauses, and are there when it goes on: the same bytes are sent again', async () => {
    shortWaits()
    const of = tab()
    const key = await of.vault.makeRunKey(set)
    const lost: Mishap = ({ chunk }, tries) => (chunk === 1 && tries <= 7 ? new Uint8Array(0) : null)
    const { run, server } = await runOf(of, key, lost)
    const control = new RunControl()
    const onStuck = vi.fn(() => control.resume())
    await scoreFile(run, { ...quiet(), control, onStuck }, never)
    expect(onStuck).toHaveBeenCalled()
    expect(server.bodies).toHaveLength(of.sealings.length + 7)
    expect(new Set(server.bodies.map(toHex)).size).toBe(of.sealings.length)
    expectSealedOnce(of.sealings)
  })

  test('where a cell is edited between two parts of a run, under the key that both have', async () => {
    const [one, two] = [tab(), tab()]
    await one.vault.restore(backup, passphrase)
    const key = await one.vault.makeFileKey(set, own)
    const { store } = await cutRun(one, key)
    await two.vault.restore(backup, passphrase)
    const again = await two.vault.makeFileKey(set, own)
    expect(again.fingerprint).toBe(key.fingerprint)
    // The page does not resume over another file; this is what becomes of one that does.
    store.answers.clear()
    const { run } = await runOf(two, again, undefined, edited)
    const { predictors } = await scoreFile({ ...run, checkpoint: store }, quiet(), never)
    expect(predictors[0]).toBe(plainly([corrected])[0])
    expect(predictors[0]).not.toBe(plainly(records)[0])
    expectSealedOnce([...one.sealings, ...two.sealings])
  })

  test('where two tabs run at once under one key', async () => {
    const [one, two] = [tab(), tab()]
    await one.vault.restore(backup, passphrase)
    await two.vault.restore(backup, passphrase)
    await Promise.all(
      [one, two].map(async (each, i) => {
        const { run } = await runOf(each, await each.vault.makeFileKey(set, own), undefined, i === 0 ? whole : edited)
        await scoreFile(run, quiet(), never)
      }),
    )
    expect(new Set([...one.sealings, ...two.sealings].map(({ key }) => key)).size).toBe(1)
    expectSealedOnce([...one.sealings, ...two.sealings])
  })
})

describe('a server that answers with something else', () => {
  const { kept, degree } = lattice.parametersOf(parameterSet(set))
  const parameters = lattice.parametersOf(parameterSet(set))
  const { slotBits } = parameters
  const aBytes = fieldBytes(kept, degree)
  /** A polynomial of residues times X, which is −1 at the end. */
  const turned = (fields: Uint8Array): Uint8Array =>
    concat(
      splitFields(kept, degree, fields).map((values, i) => {
        const p = kept[i] as number
        return packFields([(BigInt(p) - (values.at(-1) as bigint)) % BigInt(p), ...values.slice(0, -1)], p)
      }),
    )
  type Change = (ciphertexts: Uint8Array) => Uint8Array
  const changes: readonly (readonly [string, Change])[] = [
    ['a key printed into a slot', (own) => forge(own, 0, 2n ** 16n, parameters)],
    ['a key printed into the next', (own) => forge(own, 200, 2n ** BigInt(16 + slotBits), parameters)],
    [
      'A turned by X',
      (own) => concat([own.subarray(0, 32), turned(own.subarray(32, 32 + aBytes)), own.subarray(32 + aBytes)]),
    ],
    ['A that is no residues', (own) => Uint8Array.from(own).fill(0xff, 32, 32 + 14)],
    ['B that is no residues', (own) => Uint8Array.from(own).fill(0xff, 32 + aBytes, 32 + aBytes + 14)],
    ['B of noise', (own) => Uint8Array.from(own, (byte, i) => (i < 32 + aBytes ? byte : byte ^ (i % 7 === 0 ? 1 : 0)))],
    ['nothing but zeros', (own) => new Uint8Array(own.length)],
    ['another seed', (own) => Uint8Array.from(own, (byte, i) => (i === 5 ? byte ^ 1 : byte))],
  ]

  /** All that it sees of a run, and what is stored of that; lanes overtake one another in any run. */
  async function seenOf(change: Change, when: (chunk: number) => boolean) {
    const of = tab()
    const key = await of.vault.makeRunKey(set)
    const { run, server } = await runOf(of, key, (chunk) =>
      when(chunk.chunk)
        ? server.tampered(chunk, ({ ciphertexts }) => ({ ciphertexts: change(ciphertexts) as never }))
        : null,
    )
    const store = storeOf(null)
    const code = await codeOf(scoreFile({ ...run, checkpoint: store }, { ...quiet(), onCheckpoint: () => {} }, never))
    const { registered, aborted, checkpoints, bodies } = server
    const requests = bodies.map((body) => [decodeChunk(body).chunk, body.length]).sort(([a = 0], [b = 0]) => a - b)
    return { code, seen: { registered, aborted, checkpoints, requests, stored: [...store.answers.keys()].sort() } }
  }

  test('sees what an honest one sees, first to last: requests, their sizes, its log asked for, what a resumed run would ask', async () => {
    const honest = await seenOf(
      (own) => own,
      () => true,
    )
    expect(honest.code).toBe('no error')
    expect(honest.seen.requests.length).toBeGreaterThan(2)
    for (const [name, change] of changes) {
      const { code, seen } = await seenOf(change, (chunk) => chunk === 0)
      expect([name, code]).toEqual([name, expect.stringMatching(/^result\/(integrity|ciphertext)$/)])
      expect(seen).toEqual(honest.seen)
    }
    const [, printed] = changes[0] as (typeof changes)[number]
    const all = await seenOf(printed, () => true)
    expect([all.code, all.seen]).toEqual(['result/integrity', honest.seen])
  })
})

describe('a run’s key that is made again from a backup', () => {
  test('opens what that run was answered and finishes it; another run’s number, or another key, gives neither', async () => {
    const [one, two, other] = [tab(), tab(), tab()]
    await one.vault.restore(backup, passphrase)
    const key = await one.vault.makeFileKey(set, own)
    const { store, server: first } = await cutRun(one, key)
    const had = [...store.answers.keys()]
    expect(had.length).toBeGreaterThan(0)

    // Another browser, to which the backup was carried.
    await two.vault.restore(backup, passphrase)
    const again = await two.vault.makeFileKey(set, own)
    expect(again).toEqual(key)
    const { run, server } = await runOf(two, again)
    const { predictors, rows } = await scoreFile(
      { ...run, checkpoint: storeOf(store.capacity, new Map(store.answers)) },
      quiet(),
      never,
    )
    expect([...predictors]).toEqual(plainly(records))
    expect(rows).toHaveLength(records.length)
    // It asked for nothing that it had, and sealed nothing under a seed of the first part.
    expect(chunkNumbers(server.bodies).filter((chunk) => had.includes(chunk))).toEqual([])
    expect(first.bodies.map(toHex).filter((body) => server.bodies.map(toHex).includes(body))).toEqual([])
    expectSealedOnce([...one.sealings, ...two.sealings])

    await other.vault.makeKey('paillier-2048')
    const strangers = [
      [two, await two.vault.makeFileKey(set, new Uint8Array(16).fill(8))],
      [two, await two.vault.makeRunKey(set)],
      [other, await other.vault.makeFileKey(set, own)],
    ] as const
    for (const [of, stranger] of strangers) {
      expect(stranger.fingerprint).not.toBe(key.fingerprint)
      const resumed = await runOf(of, stranger)
      const kept = storeOf(store.capacity, new Map(store.answers))
      expect(await codeOf(scoreFile({ ...resumed.run, checkpoint: kept }, quiet(), never))).toBe('result/shape')
    }
  })
})
