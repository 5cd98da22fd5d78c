import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Card } from '../../core/card/card.ts'
import type { ErrorCode } from '../../core/errors.ts'
import { toHex } from '../../core/number/bytes.ts'
import { shipped } from '../../core/test/shipped.ts'
import { secureRandom } from '../../platform/random.ts'
import { type RunningServer, startServer } from '../../server/listen.ts'
import type { BlockSource, EncodedBlock } from '../block.ts'
import { RunControl } from '../control.ts'
import { blankBlocks, type FetchedRun, fetchRun } from '../fetchRun.ts'
import { type BegunRun, type HandedOver, handOver } from '../handOver.ts'
import { begunOf, makeReceipt, readHandOverReceipt, requireKey, requireSame } from '../handOverReceipt.ts'
import { Key } from '../owner/key.ts'
import { threadSealers } from '../owner/threadSealers.ts'
import { RecordBlocks } from '../records.ts'
import { RecordsDigest } from '../recordsDigest.ts'
import { scoreBlocks } from '../score.ts'
import { type Exchange, ScoringServer } from '../server.ts'
import { StoredRuns } from '../storedRuns.ts'
import { RunsServer } from './runsServer.ts'
import { shortWaits } from './waits.ts'

/** Runs that are handed over, sealed on real threads and scored by the real server, which a store of runs stands before. */

const workerFile = new URL('../../dist/server/compute/worker.js', import.meta.url)
const sealerThread = new URL('../../dist/client/owner/sealerThread.js', import.meta.url)
const { rows } = shipped('salary')
const some = rows.slice(0, 300)
/** So many records in a chunk make several of them. */
const few = { recordsPerChunk: 36, bodyBytes: 8 * 1024 * 1024 }

let behind: RunningServer
let store: RunsServer
let key: Key
let card: Card
let sealers: Awaited<ReturnType<typeof threadSealers>>
let exchanges: Exchange[]
beforeAll(async () => {
  behind = await startServer({ port: 0, page: null, threads: 1, workerFile })
  key = await Key.generate('paillier-2048')
  card = await new ScoringServer(behind.url).card('salary')
  sealers = await threadSealers(key, { threads: 1, workerFile: sealerThread })
})
afterAll(async () => {
  await sealers.end()
  key.dispose()
  await behind.close()
})
beforeEach(async () => {
  store = await RunsServer.before(behind.url)
  exchanges = []
})
afterEach(() => store.close())

const server = () => new ScoringServer(store.url, { onExchange: (exchange) => exchanges.push(exchange) })
const blocks =
  (records = some) =>
  (capacity: number): BlockSource =>
    new RecordBlocks(card, records, capacity, {})
const never = new AbortController().signal

/** Hands the records over. What holds the run ends the test, unless that says what becomes of it. */
async function handedOver({
  onStuck = (error: Error): void => {
    throw error
  },
  signal = never,
  count = some.length,
} = {}): Promise<{ fetched: FetchedRun; handed: HandedOver }> {
  const run = secureRandom(16).slice()
  const keeper = key.fileKeys()
  const seed = await keeper.plantingSeed(run)
  const task = { server: server(), limits: few, card, key: key.publicKey, sealers, blocks: blocks(), run, seed }
  const held = { control: new RunControl(), onProgress: () => {}, onStuck }
  const handed = await handOver({ ...task, records: count }, held, signal)
  const { ticket, capacity } = handed
  return { handed, fetched: { ticket, run: toHex(run), seed, capacity, records: some.length } }
}

async function live(): Promise<number[]> {
  return opened((held) =>
    scoreBlocks(
      { server: server(), limits: few, card, key: key.publicKey, sealers, blocks: blocks(), records: some.length },
      held,
      never,
    ),
  )
}

function fetched(run: FetchedRun, from = blocks(), digest = new RecordsDigest()): Promise<number[]> {
  const source = { server: server(), limits: few, card, key: key.publicKey, sealers, blocks: from }
  const onRead = (block: EncodedBlock) => digest.note(block.at / run.capacity, block)
  return opened((held) => fetchRun(run, source, { ...held, onRead }, never))
}

async function opened(run: (held: Parameters<typeof scoreBlocks>[1]) => Promise<unknown>): Promise<number[]> {
  const predictors = new Float64Array(some.length)
  const control = new RunControl()
  await run({
    control,
    onProgress: () => {},
    onStuck: (error) => {
      throw error
    },
    onOpened: ({ at }, own) => predictors.set(own, at),
  })
  return [...predictors]
}

const withCode = (code: ErrorCode) => expect.objectContaining({ code })

describe('a run that is handed over', () => {
  test('comes to the scores of a live run, bit for bit, also where nobody has the records any more', async () => {
    const { fetched: run } = await handedOver()
    expect(store.runs.get(run.ticket.id)?.stored.length).toBeGreaterThan(2)
    const scores = await live()
    expect(await fetched(run)).toEqual(scores)
    expect(await fetched(run, (capacity) => blankBlocks(card, some.length, capacity))).toEqual(scores)
  })

  test('says beforehand how many records its chunks will have, and names its owner by a header alone', async () => {
    const { fetched: run } = await handedOver()
    const { token } = run.ticket
    const stored = store.runs.get(run.ticket.id)
    const sent = exchanges.filter(({ path }) => path.includes('/chunks/'))
    expect([sent.length, stored?.said.records]).toEqual([stored?.said.chunks, some.length + sent.length])
    expect(JSON.stringify(exchanges)).not.toContain(token)
    expect(store.heard.filter((each) => each.token === token)).toHaveLength(sent.length + 1)
  })

  test('waits out a store that is busy, and puts each chunk again as it was', async () => {
    shortWaits()
    let refusals = 2
    store.refuse = (method, path) =>
      method === 'PUT' && path.includes('/chunks/1') && refusals-- > 0
        ? { status: 429, code: 'request/budget', after: 1 }
        : null
    const { fetched: run } = await handedOver()
    expect(refusals).toBeLessThan(0)
    expect(await fetched(run)).toEqual(await live())
  })

  test('pauses when the store stays out of reach, and says when it is worth another try', async () => {
    store.refuse = (method, path) =>
      method === 'PUT' && path.includes('/chunks/') ? { status: 429, code: 'request/budget', after: 3000 } : null
    const stop = new AbortController()
    const held: unknown[] = []
    const onStuck = (error: Error, until?: number | null) => {
      held.push(error, Number(until) - Date.now() > 2_900_000)
      stop.abort()
    }
    await expect(handedOver({ onStuck, signal: stop.signal })).rejects.toEqual(withCode('run/cancelled'))
    expect(held).toEqual([withCode('request/budget'), true])
  })

  test('leaves nothing behind where it is not handed over in whole', async () => {
    store.refuse = (method, path) =>
      method === 'PUT' && path.includes('/chunks/2') ? { status: 400, code: 'request/shape' } : null
    await expect(handedOver()).rejects.toEqual(withCode('request/shape'))
    store.refuse = () => null
    await expect(handedOver({ count: some.length + 1 })).rejects.toEqual(withCode('file/unreadable'))
    await expect(handedOver({ count: some.length - 1 })).rejects.toEqual(withCode('file/unreadable'))
    expect(store.runs.size).toBe(0)
  })
})

describe('a run that was not handed over in whole', () => {
  test('is gone on with by what was told of it: what the server has is not sealed again, and the scores are those of all', async () => {
    const { handed: whole } = await handedOver()
    store.refuse = (method, path) =>
      method === 'PUT' && /chunks\/[2-5]$/.test(path) ? { status: 400, code: 'request/shape' } : null
    const run = secureRandom(16).slice()
    const seed = await key.fileKeys().plantingSeed(run)
    const task = { server: server(), limits: few, card, key: key.publicKey, sealers, blocks: blocks(), run, seed }
    const held = { control: new RunControl(), onProgress: () => {}, onStuck: () => {} }
    const begun: BegunRun[] = []
    const onBegun = async (made: BegunRun): Promise<void> => {
      expect(store.runs.get(made.ticket.id)?.stored).toEqual([])
      begun.push(made)
    }
    const again = { ...task, records: some.length }
    await expect(handOver(again, { ...held, onBegun }, never)).rejects.toEqual(withCode('request/shape'))
    store.refuse = () => null
    const [made] = begun
    const stored = Object.keys(store.runs.get(made?.ticket.id ?? '')?.stored ?? []).length
    expect(stored).toBeLessThan(whole.chunks - 3)
    const goOn = (readAlike: boolean) =>
      handOver({ ...again, begun: { ...(made as BegunRun), readAlike } }, { ...held, onBegun }, never)
    const puts = () => exchanges.filter(({ method, path }) => method === 'PUT' && path.includes('/chunks/')).length
    exchanges.length = 0
    const handed = await goOn(true)
    expect([begun.length, puts()]).toEqual([1, whole.chunks - stored])
    expect(handed).toEqual({ ...made, digest: whole.digest })
    const { ticket, capacity } = handed
    expect(await fetched({ ticket, run: toHex(run), seed, capacity, records: some.length })).toEqual(await live())
    // Of a file that is read otherwise now nothing that is there is what there has to be.
    exchanges.length = 0
    await goOn(false)
    expect(puts()).toBe(whole.chunks)
  })
})

describe('fetching', () => {
  test('before the end says so, and that of a run which is gone as well', async () => {
    store.scores = false
    const { fetched: run } = await handedOver()
    await expect(fetched(run)).rejects.toEqual(withCode('run/unanswered'))
    await new StoredRuns(server()).discard(run.ticket)
    await expect(fetched(run)).rejects.toEqual(withCode('run/unknown'))
  })

  test('believes no answer that is another chunk’s, or that the planted records tell of', async () => {
    const { fetched: run } = await handedOver()
    const answers = store.runs.get(run.ticket.id)?.answers ?? []
    store.garble = (chunk, answer) => {
      const forged = Buffer.from(answer)
      // The last byte of a ciphertext: still one of that size, and of another plaintext.
      if (chunk === 1) forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
      return forged
    }
    const asked = () => exchanges.filter(({ path }) => path.includes('/answers/')).length
    await expect(fetched(run)).rejects.toEqual(withCode('result/integrity'))
    // Whatever it found, the server saw every chunk asked for once.
    expect(asked()).toBe(answers.length)
  })

  test('asks the server for no scores and gives it no key', async () => {
    const { fetched: run } = await handedOver()
    exchanges.length = 0
    await fetched(run)
    expect([...new Set(exchanges.map(({ method }) => method))]).toEqual(['GET'])
  })
})

describe('the receipt of it', () => {
  test('is read again by whoever has the key, and tells nobody else of the records', async () => {
    const keeper = key.fileKeys()
    const { handed, fetched: run } = await handedOver()
    const number = Uint8Array.from(Buffer.from(run.run, 'hex'))
    const parts = { server: store.url, card, key: key.publicKey, sealedWith: key.publicKey, keeper, run: number }
    const file = { name: 'people.csv', digest: 'ab'.repeat(32), reading: new Uint8Array(32).fill(7) }
    const [format, seq] = ['blindscore-checkpoint/1' as const, 7]
    const audit = { format, seq, signer: 'a', chain: 'b', head: 'c', at: 'd', signature: 'e' }
    const made = await makeReceipt({ ...parts, file, records: some.length, handedOver: handed, audit })
    expect(made.audit).toEqual(audit)
    const read = await readHandOverReceipt(JSON.stringify(made))
    expect(read).toEqual(made)
    // However a server's address was typed, it is the same server.
    const typed = { ...made, server: 'HTTPS://Scores.example:443/at/' }
    expect((await readHandOverReceipt(JSON.stringify(typed))).server).toBe('https://scores.example/at')
    expect(JSON.stringify(made)).not.toContain(file.digest)
    expect(JSON.stringify(made)).not.toContain(toHex(handed.digest))

    const same = new RecordsDigest()
    await fetched({ ...run, ticket: read.stored }, blocks(), same)
    await requireSame(keeper, read, 'records', await same.bytes())
    await requireSame(keeper, read, 'file', Uint8Array.from(Buffer.from(file.digest, 'hex')))
    expect((await begunOf(keeper, read, file.reading)).readAlike).toBe(true)
    expect((await begunOf(keeper, read, new Uint8Array(32))).readAlike).toBe(false)
    const other = new RecordsDigest()
    await fetched({ ...run, ticket: read.stored }, blocks([...some.slice(1), some[0] ?? {}]), other)
    await expect(requireSame(keeper, read, 'records', await other.bytes())).rejects.toEqual(withCode('run/foreign'))
    expect(() => requireKey(read, { set: 'paillier-2048', fingerprint: '0'.repeat(64) })).toThrow(
      withCode('run/foreign'),
    )
    keeper.dispose()
  })

  test.each(['', '{}', '[]', '{"format":"blindscore-run/2"}'])('is none where it is not one: %s', async (text) => {
    await expect(readHandOverReceipt(text)).rejects.toEqual(withCode('run/receipt'))
  })
})
