import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ClientRecord, connect, Key, type Score } from '../../client/node.ts'
import type { Card } from '../../core/card/card.ts'
import { makeEncoder } from '../../core/card/encode.ts'
import { plainPredictors } from '../../core/protocol/scoring.ts'
import { parseModelFile } from '../../model/modelFile.ts'
import { reviewModel, type ServedModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { jsonLog } from '../jsonLog.ts'
import { type RunningServer, type ServerOptions, startServer } from '../listen.ts'
import { secretOf } from '../secret.ts'
import { VersionsFolder } from '../versionsFolder.ts'
import { fixture } from './support/world.ts'

/** Models that change under a running server, over a real socket, on real threads. */

const workerFile = new URL('../../dist/server/compute/worker.js', import.meta.url)
const sealerFile = new URL('../../dist/client/owner/sealerThread.js', import.meta.url)
const secret = secretOf(new Uint8Array(32), true)
const many = process.env.SLOW ? 100_000 : 1500

/** The file of `tiny` with another version, and weights that are this many times as large; its records to check go. */
function version(name: string, factor: number, id = 'tiny'): string {
  const file = JSON.parse(fixture('tiny'))
  const [head] = file.heads
  const terms = head.terms.map((term: { weight: number }) => ({ ...term, weight: factor * term.weight }))
  const verification = [{ record: { age: 18, income: 0, region: 'north' }, predictors: [-1.5 + 0.54 * factor] }]
  return JSON.stringify({ ...file, id, version: name, heads: [{ ...head, terms }], verification })
}

const served = (text: string): Promise<ServedModel> => reviewModel(parseModelFile(text), sha256, secret.openingOf)

function recordsOf(count: number): string[][] {
  return Array.from({ length: count }, (_, i) => [
    `${18 + (i % 80)}`,
    `${i % 997}.25`,
    ['north', 'south', 'east'][i % 3] ?? '',
  ])
}

function predictorsOf(model: ServedModel, records: readonly (readonly string[])[]): number[][] {
  const encoder = makeEncoder(model.card)
  return records.map((cells) => {
    const integers = new Float64Array(model.card.inputs.length)
    expect(encoder.encode(cells, integers, 1, 0)).toEqual([])
    return plainPredictors(model, integers)
  })
}

/** How far the first predictor of a score is at most from what it is to be, and infinitely where one is missing. */
function furthest(scores: readonly Score[], expected: readonly (readonly number[])[]): number {
  const far = expected.map(([value], i) => Math.abs((scores[i]?.predictors[0] ?? Number.NaN) - (value ?? Number.NaN)))
  return far.reduce((most, each) => (each <= most ? most : Number.isNaN(each) ? Number.POSITIVE_INFINITY : each), 0)
}

const named = ([age, income, region]: readonly string[]) => ({ age, income, region }) as ClientRecord

let key: Key
let folder: string
beforeAll(async () => {
  key = await Key.generate('paillier-2048')
})
afterAll(() => key.dispose())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'live-'))
  put('tiny.json', version('1', 1))
})
afterEach(() => rmSync(folder, { recursive: true }))

const put = (name: string, text: string): void => {
  writeFileSync(join(folder, `.${name}.new`), text)
  renameSync(join(folder, `.${name}.new`), join(folder, name))
}

/** A server on the folder, asked to look at it by `reload` alone unless told otherwise. */
async function withServer(
  use: (server: RunningServer, logged: string[]) => Promise<void>,
  options: ServerOptions = {},
): Promise<void> {
  const logged: string[] = []
  const log = jsonLog('info', { write: (line) => void logged.push(line) })
  const own = { port: 0, models: folder, page: null, threads: 1, workerFile, secret, log, watchModelsMs: null }
  const server = await startServer({ ...own, ...options })
  try {
    await use(server, logged)
  } finally {
    await server.close()
  }
}

const listed = async ({ url }: RunningServer): Promise<string[]> => {
  const { models } = (await (await fetch(`${url}v1/models`)).json()) as { models: { id: string; version: string }[] }
  return models.map(({ id, version }) => `${id} ${version}`)
}
const cardAt = async ({ url }: RunningServer, address: string): Promise<Card> =>
  (await (await fetch(`${url}v1/models/${address}`)).json()) as Card
/**
 * On a connection of its own, which a header does not give: `fetch` sends `Connection: close` on one that it held, and the server closes
 * one that lay idle for five seconds, which may be as it is used again.
 */
const metric = async ({ url }: RunningServer, name: string): Promise<string | undefined> => {
  const [response] = (await once(get(`${url}metrics`, { agent: false }), 'response')) as [IncomingMessage]
  return (await text(response)).split('\n').find((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1200; i++) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('it never came to be')
}

const open = (server: RunningServer, scheme: 'paillier' | 'lattice' = 'paillier') =>
  connect(server.url, { ...(scheme === 'paillier' ? { key } : { scheme }), threads: 1, workerFile: sealerFile })

describe('a run', () => {
  test.each(['paillier', 'lattice'] as const)(
    'under %s ends on the version that it began with when another takes its place in the middle, and the next begins with that one',
    { timeout: process.env.SLOW ? 1_200_000 : 60_000 },
    async (scheme) => {
      const [first, second] = await Promise.all([served(version('1', 1)), served(version('2', -3))])
      const records = recordsOf(many)
      // The lattice scheme's answers have an error, which the card bounds.
      const allowed = scheme === 'paillier' ? 0 : first.card.tolerance
      await withServer(
        async (server) => {
          const connection = open(server, scheme)
          /** A third of them is sent before the change, and the others after it is served. */
          async function* changing(): AsyncGenerator<ClientRecord> {
            for (const [i, record] of records.entries()) {
              if (i === Math.floor(many / 3)) {
                put('tiny.json', version('2', -3))
                await until(async () => (await listed(server)).includes('tiny 2'))
              }
              yield named(record)
            }
          }
          try {
            const all = await connection.scoreAll('tiny', changing())
            expect(furthest(all, predictorsOf(first, records))).toBeLessThanOrEqual(allowed)
            expect(await metric(server, 'blindscore_model_versions_old')).toMatch(/ 1$/)
            const few = records.slice(0, 5)
            const anew = await connection.scoreAll('tiny', few.map(named))
            expect(furthest(anew, predictorsOf(second, few))).toBeLessThanOrEqual(allowed)
          } finally {
            await connection.close()
          }
        },
        { watchModelsMs: 25 },
      )
    },
  )

  test('ends on its version also when the model is withdrawn, which no other run can begin with', async () => {
    put('other.json', version('1', 1, 'other'))
    const first = await served(version('1', 1))
    const few = recordsOf(5)
    await withServer(async (server) => {
      const connection = open(server)
      try {
        const card = await connection.model('tiny')
        unlinkSync(join(folder, 'tiny.json'))
        expect(await server.reload()).toBe('changed')
        expect(server.models).toEqual(['other'])
        const all = await connection.scoreAll(card, few.map(named))
        expect(all.map(({ predictors }) => predictors)).toEqual(predictorsOf(first, few))
        await expect(connection.scoreAll('tiny', few.map(named))).rejects.toMatchObject({ code: 'model/unknown' })
      } finally {
        await connection.close()
      }
    })
  })

  test('is told that its version is gone where none is kept', async () => {
    await withServer(
      async (server) => {
        const connection = open(server)
        try {
          const card = await connection.model('tiny')
          put('tiny.json', version('2', 2))
          await server.reload()
          await expect(connection.scoreAll(card, recordsOf(5).map(named))).rejects.toMatchObject({
            code: 'model/changed',
          })
        } finally {
          await connection.close()
        }
      },
      { keeping: { ms: 0 } },
    )
  })
})

describe('a version', () => {
  test('has an address: NAME@ and its own name, or the beginning of its card’s hash', async () => {
    await withServer(async (server) => {
      const first = await cardAt(server, 'tiny')
      put('tiny.json', version('2', 2))
      await server.reload()
      const second = await cardAt(server, 'tiny')
      expect([first.version, second.version]).toEqual(['1', '2'])
      expect(await cardAt(server, 'tiny@1')).toEqual(first)
      expect(await cardAt(server, 'tiny%402')).toEqual(second)
      expect(await cardAt(server, `tiny@${first.hash}`)).toEqual(first)
      expect(await cardAt(server, `tiny@${second.hash.slice(0, 8)}`)).toEqual(second)
      for (const none of ['tiny@3', 'tiny@', `tiny@${first.hash.slice(0, 7)}`, 'other@1', '@1']) {
        expect([none, (await fetch(`${server.url}v1/models/${none}`)).status]).toEqual([none, 404])
      }
    })
  })

  test('is scored with by its address, through the client', async () => {
    const first = await served(version('1', 1))
    const few = recordsOf(5)
    await withServer(async (server) => {
      put('tiny.json', version('2', 2))
      await server.reload()
      const connection = open(server)
      try {
        const all = await connection.scoreAll('tiny@1', few.map(named))
        expect(all.map(({ predictors }) => predictors)).toEqual(predictorsOf(first, few))
      } finally {
        await connection.close()
      }
    })
  })
})

describe('a version that is kept in a folder', () => {
  const few = recordsOf(5)
  let kept: string
  beforeEach(() => {
    kept = mkdtempSync(join(tmpdir(), 'versions-'))
  })
  afterEach(() => rmSync(kept, { recursive: true }))
  const versions = (of = secret) => VersionsFolder.open(kept, of.keyOfVersions)

  /** What a client gets whose run began on the card, of a server that is started now. */
  const restarted = async (card: Card, options: ServerOptions): Promise<unknown> => {
    let found: unknown
    await withServer(async (server) => {
      const connection = open(server)
      found = await connection.scoreAll(card, few.map(named)).then(
        (scores) => scores.map(({ predictors }) => predictors),
        (thrown: { code: string }) => thrown.code,
      )
      await connection.close()
    }, options)
    return found
  }

  test('answers after a restart, and no longer than without one', async () => {
    const options = { versions: await versions() }
    let card: Card | undefined
    await withServer(async (server) => {
      card = await cardAt(server, 'tiny')
      put('tiny.json', version('2', 2))
      await server.reload()
    }, options)
    const first = card as Card
    const own = predictorsOf(await served(version('1', 1)), few)
    expect(await restarted(first, {})).toBe('model/changed')
    expect(await restarted(first, options)).toEqual(own)
    const later = await VersionsFolder.open(kept, secret.keyOfVersions, () => Date.now() + 86_400_000)
    expect(await restarted(first, { versions: later })).toBe('model/changed')
    expect(readdirSync(kept).filter((name) => name.startsWith(first.hash))).toEqual([])
  })

  test('answers also where it was withdrawn while the server was stopped', async () => {
    const options = { versions: await versions() }
    let card: Card | undefined
    await withServer(async (server) => {
      card = await cardAt(server, 'tiny')
    }, options)
    unlinkSync(join(folder, 'tiny.json'))
    put('other.json', version('1', 1, 'other'))
    expect(await restarted(card as Card, options)).toEqual(predictorsOf(await served(version('1', 1)), few))
  })

  test('is served again where its file is, and says nothing of its weights', async () => {
    await withServer(
      async (server) => {
        for (const [name, factor] of [
          ['2', 2],
          ['1', 1],
        ] as const) {
          put('tiny.json', version(name, factor))
          await server.reload()
        }
        const [now, before] = await Promise.all(['tiny@1', 'tiny@2'].map((address) => cardAt(server, address)))
        expect(readdirSync(kept).sort()).toEqual(
          [now?.hash, expect.stringMatching(new RegExp(`^${before?.hash}\\.[0-9]+$`))].sort(),
        )
      },
      { versions: await versions() },
    )
    const bytes = readdirSync(kept).map((name) => readFileSync(join(kept, name)))
    for (const text of ['tiny', 'weights', '0.03']) for (const each of bytes) expect(each.includes(text)).toBe(false)
    const other = secretOf(new Uint8Array(32).fill(1), true)
    expect(await (await versions(other)).read(new Set(), 1000)).toEqual([])
  })
})

describe('the folder', () => {
  test('is looked at by itself: what is added, replaced or withdrawn is so, and half a file changes nothing', async () => {
    await withServer(
      async (server, logged) => {
        put('more.json', version('7', 1, 'more'))
        await until(async () => (await listed(server)).join() === 'more 7,tiny 1')
        writeFileSync(join(folder, 'tiny.json'), version('2', 2).slice(0, 100))
        await until(
          async () => (await metric(server, 'blindscore_model_files_refused')) === 'blindscore_model_files_refused 1',
        )
        expect(await listed(server)).toEqual(['more 7', 'tiny 1'])
        writeFileSync(join(folder, 'tiny.json'), version('2', 2))
        await until(async () => (await listed(server)).join() === 'more 7,tiny 2')
        unlinkSync(join(folder, 'more.json'))
        await until(async () => (await listed(server)).join() === 'tiny 2')
        expect(await metric(server, 'blindscore_models')).toBe('blindscore_models 1')
        expect(logged.some((line) => line.includes('"file":"tiny.json","code":"model/syntax"'))).toBe(true)
      },
      { watchModelsMs: 25 },
    )
  })

  test('with a bad file in the place of a good one goes on with the good one, and says so', async () => {
    await withServer(async (server) => {
      for (const bad of ['{', version('2', 2).replace('"predictors":[', '"predictors":[5,')]) {
        put('tiny.json', bad)
        expect(await server.reload()).toBe('refused')
        expect(server.refused).toHaveLength(1)
        expect(await listed(server)).toEqual(['tiny 1'])
      }
      expect(await metric(server, 'blindscore_model_reloads_total')).toBe(
        'blindscore_model_reloads_total{result="refused"} 2',
      )
    })
  })

  test('with a second file of the same id goes on with the first, and takes the second once the first is gone', async () => {
    await withServer(async (server) => {
      put('a.json', version('2', 2))
      expect(await server.reload()).toBe('refused')
      expect(await listed(server)).toEqual(['tiny 1'])
      unlinkSync(join(folder, 'tiny.json'))
      expect(await server.reload()).toBe('changed')
      expect(await listed(server)).toEqual(['tiny 2'])
    })
  })

  test('that cannot be read leaves all models as they were', async () => {
    await withServer(async (server) => {
      renameSync(folder, `${folder}.away`)
      try {
        expect(await server.reload()).toBe('refused')
        expect(await listed(server)).toEqual(['tiny 1'])
      } finally {
        renameSync(`${folder}.away`, folder)
      }
      expect(await server.reload()).toBe('unchanged')
    })
  })

  test('is taken strictly where that is asked: no start with a bad file, and later none of the others', async () => {
    put('bad.json', '{')
    const strict = { port: 0, models: folder, page: null, threads: 1, workerFile, secret, strict: true }
    await expect(startServer(strict)).rejects.toMatchObject({ code: 'model/syntax', fault: 'modelsRefusedStrictly' })
    unlinkSync(join(folder, 'bad.json'))
    await withServer(
      async (server) => {
        put('bad.json', '{')
        put('tiny.json', version('2', 2))
        expect(await server.reload()).toBe('refused')
        expect(await listed(server)).toEqual(['tiny 1'])
      },
      { strict: true },
    )
  })

  test('that gets a wider model has requests as large as that needs', async () => {
    await withServer(async (server) => {
      put('wide.json', wide())
      const bytes = async () => {
        const list = (await (await fetch(`${server.url}v1/models`)).json()) as { limits: { bodyBytes: number } }
        return list.limits.bodyBytes
      }
      const before = await bytes()
      expect([await server.reload(), server.refused]).toEqual(['changed', []])
      expect(await bytes()).toBeGreaterThan(before)
    })
  })

  test('that gets a wider model than requests may be goes on without that one, and takes the others', async () => {
    await withServer(
      async (server) => {
        put('wide.json', wide())
        put('tiny.json', version('2', 2))
        expect(await server.reload()).toBe('refused')
        expect(await listed(server)).toEqual(['tiny 2'])
        expect(server.refused).toEqual([expect.stringMatching(/^wide\.json.*\(model\/budget\)$/)])
      },
      { limits: { bodyBytes: 100_000 } },
    )
  })
})

/** The file of a model of 5,000 columns. */
function wide(): string {
  const file = JSON.parse(fixture('zero'))
  const names = Array.from({ length: 5000 }, (_, i) => `column ${i}`)
  return JSON.stringify({
    ...file,
    id: 'wide',
    features: names.map((name) => ({ name, type: 'integer', range: [0, 1] })),
    heads: [{ intercept: 0, terms: names.map((feature) => ({ feature, weight: 1 })) }],
    verification: [{ record: Object.fromEntries(names.map((name) => [name, 0])), predictors: [0] }],
  })
}
