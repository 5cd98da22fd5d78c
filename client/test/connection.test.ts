import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeEncoder } from '../../core/card/encode.ts'
import { plainPredictors } from '../../core/protocol/scoring.ts'
import { cellsFor, shipped } from '../../core/test/shipped.ts'
import { type RunningServer, startServer } from '../../server/listen.ts'
import { Connection } from '../connection.ts'
import { type Card, type ClientRecord, type ConnectOptions, connect, Key, type OnProblem } from '../node.ts'
import { ownSealers } from '../owner/ownSealers.ts'
import { threadSealers } from '../owner/threadSealers.ts'
import type { Exchange } from '../server.ts'
import { shortWaits } from './waits.ts'

/** The client for Node against the real server, over a real socket, on real threads. */

const serverThread = new URL('../../dist/server/compute/worker.js', import.meta.url)
const sealerThread = new URL('../../dist/client/owner/sealerThread.js', import.meta.url)
const { model, rows } = shipped('salary')
const some = rows.slice(0, 300)
const expected = some.map((row) => {
  const integers = new Float64Array(model.card.inputs.length)
  expect(makeEncoder(model.card).encode(cellsFor(model, row), integers, 1, 0)).toEqual([])
  return plainPredictors(model, integers)
})

let server: RunningServer
let key: Key
beforeAll(async () => {
  server = await startServer({ port: 0, page: null, threads: 1, workerFile: serverThread })
  key = await Key.generate('paillier-2048')
})
afterAll(async () => {
  await server.close()
  key.dispose()
})

/** A connection that is closed when the test is over, and what it exchanged. */
async function connected<T>(
  use: (connection: ReturnType<typeof connect>, exchanges: Exchange[]) => Promise<T>,
  options: ConnectOptions = {},
  address = server.url,
): Promise<T> {
  const exchanges: Exchange[] = []
  const connection = connect(address, {
    key,
    threads: 2,
    workerFile: sealerThread,
    onExchange: (exchange) => exchanges.push(exchange),
    ...options,
  })
  try {
    return await use(connection, exchanges)
  } finally {
    await connection.close()
  }
}

describe('scores', () => {
  test('come in the order of the records, exact, with one key for all runs of a connection', async () => {
    await connected(async (connection, exchanges) => {
      const { models } = await connection.models()
      expect(models.map(({ id }) => id)).toContain('salary')
      const reports: number[] = []
      const all = await connection.scoreAll('salary', some, {
        onProgress: ({ records }) => reports.push(records.opened),
      })
      expect(all.map(({ index }) => index)).toEqual(some.map((_, i) => i))
      expect(all.map(({ predictors }) => predictors)).toEqual(expected)
      expect(all.map(({ responses }) => responses)).toEqual(expected)
      expect(reports.at(-1)).toBe(some.length)
      await connection.scoreAll('salary', some.slice(0, 3))
      expect(exchanges.filter(({ method }) => method === 'PUT')).toHaveLength(2)
      expect(new Set(exchanges.filter(({ method }) => method === 'PUT').map(({ path }) => path)).size).toBe(1)
    })
  })

  test('are the same for records as objects, as texts in the card’s order, and from a stream', async () => {
    await connected(async (connection) => {
      const card = await connection.model('salary')
      async function* stream() {
        for (const row of some) yield card.features.map(({ name }) => row[name] ?? '')
      }
      const numbers = some.map((row) => Object.fromEntries(card.features.map(({ name }) => [name, Number(row[name])])))
      for (const records of [stream(), numbers]) {
        const all = await connection.scoreAll(card, records)
        expect(all.map(({ predictors }) => predictors)).toEqual(expected)
      }
    })
  })

  test('of endless records come as they are opened; who stops early ends the run and the source', async () => {
    await connected(async (connection, exchanges) => {
      let ended = false
      async function* endless() {
        try {
          for (let i = 0; ; i++) yield some[i % some.length] as Record<string, string>
        } finally {
          ended = true
        }
      }
      const seen: (readonly number[])[] = []
      for await (const { predictors } of connection.score('salary', endless())) {
        seen.push(predictors)
        if (seen.length === 1000) break
      }
      expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => expected[i % some.length]))
      expect(ended).toBe(true)
      // What was under way is told of as it ends; nothing is handed to the network any more.
      const over = Date.now()
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(exchanges.filter(({ at }) => at > over)).toEqual([])
    })
  })

  test('stop when their signal aborts', async () => {
    await connected(async (connection) => {
      const stop = new AbortController()
      async function* slow() {
        for (const row of rows) {
          yield row
          await new Promise((resolve) => setTimeout(resolve, 1))
        }
      }
      setTimeout(() => stop.abort(), 300)
      const run = connection.scoreAll('salary', slow(), { signal: stop.signal })
      await expect(run).rejects.toMatchObject({ code: 'run/cancelled' })
    })
  })
})

describe('a record that cannot be scored', () => {
  const [first, second, third] = some as [Record<string, string>, Record<string, string>, Record<string, string>]
  const feature = model.card.features[0]?.name ?? ''
  const records = [first, { ...second, [feature]: 'many' }, third]

  test('ends the run with its code and place', async () => {
    await connected(async (connection) => {
      await expect(connection.scoreAll('salary', records)).rejects.toMatchObject({
        code: 'cell/not-a-number',
        place: { row: 1, column: feature },
      })
    })
  })

  test('or is passed over where somebody hears of it', async () => {
    await connected(async (connection) => {
      const heard: unknown[] = []
      const all = await connection.scoreAll('salary', records, {
        onProblem: (index, problems) => heard.push([index, problems.map(({ code }) => code)]),
      })
      expect(heard).toEqual([[1, ['cell/not-a-number']]])
      expect(all.map(({ index, predictors }) => [index, predictors])).toEqual([
        [0, expected[0]],
        [2, expected[2]],
      ])
    })
  })
})

describe('a record of another shape', () => {
  const [first] = some as [Record<string, string>]
  const feature = model.card.features[0]?.name ?? ''
  const { [feature]: value = '', ...rest } = first
  const cells = model.card.features.map(({ name }) => first[name] ?? '')

  test.each<[string, unknown, string]>([
    ['has a misspelt name', { ...rest, [`${feature} `]: value }, 'recordMember'],
    ['has a cell too many', [...cells, ''], 'recordCells'],
    ['has a cell too few', cells.slice(1), 'recordCells'],
    ['is none', null, 'recordCells'],
  ])('ends the run when it %s, whoever hears of problems', async (_, record, fault) => {
    await connected(async (connection) => {
      const run = connection.scoreAll(model.card as Card, [first, record as ClientRecord], { onProblem: () => {} })
      await expect(run).rejects.toMatchObject({ code: 'record/members', fault, place: { row: 1 } })
    })
  })

  test.each<[string, unknown]>([
    ['one record alone', first],
    ['a text', JSON.stringify([first])],
    ['nothing', undefined],
  ])('is asked for as a list where %s is given', async (_, records) => {
    await connected(async (connection) => {
      const run = connection.scoreAll(model.card as Card, records as ClientRecord[])
      await expect(run).rejects.toMatchObject({ code: 'client/options', fault: 'noRecords' })
    })
  })

  test('may have numbers in its place, as an object has', async () => {
    await connected(async (connection) => {
      const [score] = await connection.scoreAll('salary', [cells.map(Number)])
      expect(score?.predictors).toEqual(expected[0])
      const heard: unknown[] = []
      const onProblem: OnProblem = (_, problems) => heard.push(problems.map(({ code }) => code))
      await connection.scoreAll('salary', [[null, ...cells.slice(1)]], { onProblem })
      expect(heard).toEqual([['cell/missing']])
    })
  })

  test('is scored when it has more than the features, or is said to leave out what is missing', async () => {
    await connected(async (connection) => {
      const more = { ...first, another: 'thing' }
      const [score] = await connection.scoreAll('salary', [more])
      expect(score?.predictors).toEqual(expected[0])
      const heard: unknown[] = []
      const onProblem: OnProblem = (_, problems) => heard.push(problems.map(({ code }) => code))
      await connection.scoreAll('salary', [{ ...rest, another: 1 }], { otherMembers: 'ignore', onProblem })
      expect(heard).toEqual([['cell/missing']])
    })
  })
})

describe('a connection', () => {
  const sealersOf = () => threadSealers(key, { threads: 1, workerFile: sealerThread })

  test.each(['not a url', '', 'ftp://127.0.0.1', 'http://user:word@127.0.0.1', 'http://127.0.0.1/?a=1', '/v1'])(
    'is refused to the address "%s"',
    (address) => {
      expect(() => connect(address)).toThrow(expect.objectContaining({ code: 'client/options', fault: 'notAnAddress' }))
    },
  )

  test.each([0, -1, 1.5, Number.NaN, 1000])('is refused with %d threads', (threads) => {
    expect(() => connect(server.url, { threads })).toThrow(expect.objectContaining({ code: 'client/options' }))
  })

  test('starts nothing in order to end it', async () => {
    let started = 0
    const connection = new Connection(server.url, () => {
      started += 1
      return sealersOf()
    })
    await connection.models()
    await Promise.all([connection.close(), connection.close()])
    expect(started).toBe(0)
  })

  test('answers nothing once it is closed', async () => {
    const connection = new Connection(server.url, sealersOf)
    await connection.close()
    const closed = { code: 'client/closed' }
    await expect(connection.models()).rejects.toMatchObject(closed)
    await expect(connection.model('salary')).rejects.toMatchObject(closed)
    await expect(connection.score('salary', some).next()).rejects.toMatchObject(closed)
    await expect(connection.scoreAll('salary', some)).rejects.toMatchObject(closed)
  })

  test('starts its threads again for the next run when they could not be started', async () => {
    let started = 0
    const connection = new Connection(server.url, async () => {
      started += 1
      if (started === 1) throw new Error('none now')
      return sealersOf()
    })
    await expect(connection.scoreAll('salary', some.slice(0, 1))).rejects.toThrow('none now')
    const [score] = await connection.scoreAll('salary', some.slice(0, 1))
    expect([score?.predictors, started]).toEqual([expected[0], 2])
    await connection.close()
  })

  test('cancels what runs when it is closed, and ends the threads that were being started', async () => {
    let ended = 0
    let begun = () => {}
    const beginning = new Promise<void>((resolve) => {
      begun = resolve
    })
    const connection = new Connection(server.url, async () => {
      begun()
      const sealers = await sealersOf()
      return {
        ...sealers,
        end: async () => {
          ended += 1
          await sealers.end()
        },
      }
    })
    const run = connection.scoreAll('salary', some)
    const cancelled = expect(run).rejects.toMatchObject({ code: 'run/cancelled' })
    await beginning
    await connection.close()
    await cancelled
    expect(ended).toBe(1)
  })

  test('lets go of the key that was made for it, and leaves alone one that was given', async () => {
    const made: Key[] = []
    const start = async (own: Key) => {
      made.push(own)
      return threadSealers(own, { threads: 1, workerFile: sealerThread })
    }
    await (await ownSealers(undefined, null, start)).end()
    await (await ownSealers(key, null, start)).end()
    const failing = ownSealers(undefined, null, async (own) => {
      made.push(own)
      throw new Error('none')
    })
    await expect(failing).rejects.toThrow('none')
    const held = made.map((each) => {
      try {
        return each.secret.bytes.length > 0
      } catch {
        return false
      }
    })
    expect(held).toEqual([false, true, false])
  })
})

describe('what goes wrong keeps its code', () => {
  test('a model that the server does not have', async () => {
    await connected(async (connection) => {
      await expect(connection.scoreAll('nothing', some)).rejects.toMatchObject({ code: 'model/unknown' })
    })
  })

  test('a server that cannot be reached ends the run, unless somebody waits for it', async () => {
    shortWaits()
    let down = true
    const proxy = await passOn(() => down)
    await connected(
      async (connection) => {
        down = false
        const card = await connection.model('salary')
        await connection.scoreAll(card, some.slice(0, 1))
        down = true
        const asked: unknown[] = []
        const run = connection.scoreAll(card, some.slice(0, 5), {
          onStuck: (error) => {
            asked.push((error as Error & { code: string }).code)
            down = asked.length < 2
            return true
          },
        })
        expect((await run).map(({ predictors }) => predictors)).toEqual(expected.slice(0, 5))
        expect(asked.length).toBeGreaterThan(0)
        down = true
        await expect(connection.scoreAll(card, some.slice(0, 5))).rejects.toMatchObject({ code: 'run/offline' })
      },
      {},
      proxy.url,
    )
    await proxy.close()
  })
})

describe('a key', () => {
  test('is backed up under a passphrase, loaded again, proves itself, and is let go of', async () => {
    const text = await key.backup('correct horse battery staple')
    const loaded = await Key.load(text, 'correct horse battery staple')
    expect(loaded.publicKey).toMatchObject({ fingerprint: key.publicKey.fingerprint, set: 'paillier-2048' })
    expect(loaded.publicKey.proof.length).toBeGreaterThan(1000)
    await expect(Key.load(text, 'something else entirely')).rejects.toMatchObject({ code: 'key/backup' })
    await expect(key.backup('short')).rejects.toMatchObject({ code: 'key/passphrase' })
    const [score] = await connected((connection) => connection.scoreAll('salary', some.slice(0, 1)), { key: loaded })
    expect(score?.predictors).toEqual(expected[0])
    loaded.dispose()
    await expect(loaded.backup('correct horse battery staple')).rejects.toMatchObject({ code: 'key/locked' })
  })
})

/** A proxy to the server that can be out of reach. */
async function passOn(isDown: () => boolean): Promise<{ url: string; close: () => Promise<void> }> {
  const proxy: Server = createServer(async (request, response) => {
    if (isDown()) {
      request.socket.destroy()
      return
    }
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const answer = await fetch(new URL(request.url ?? '/', server.url), {
      method: request.method ?? 'GET',
      headers: Object.entries(request.headers).flatMap(([name, value]) =>
        /^(content-type|accept)$/.test(name) ? [[name, String(value)] as [string, string]] : [],
      ),
      ...(parts.length > 0 && { body: Buffer.concat(parts) }),
    })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => proxy.close(() => resolve())),
  }
}
