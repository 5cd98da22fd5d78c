import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { RunControl } from '../../../client/control.ts'
import type { Progress } from '../../../client/progress.ts'
import type { StoredAnswer } from '../../../client/score.ts'
import { makeEncoder } from '../../../core/card/encode.ts'
import { toHex } from '../../../core/number/bytes.ts'
import { plainPredictors } from '../../../core/protocol/scoring.ts'
import { cellsFor, type ShippedId, shippedIds } from '../../../core/test/shipped.ts'
import { matchColumns } from '../../../reader/matching.ts'
import type { OpenedSoFar } from '../openedSoFar.ts'
import { type FileRun, type RunMap, scoreFile } from '../scoreFile.ts'
import {
  chunkNumbers,
  codeOf,
  FakeServer,
  key,
  type Mishap,
  refusal,
  runOf,
  shippedCard,
  workersOf,
} from './partners.ts'

const sampleOf: Record<ShippedId, string> = {
  'credit-default': 'credit',
  'doctor-visits': 'doctor-visits',
  'concrete-strength': 'concrete',
  salary: 'salary',
}

/** A run over a shipped sample, or over its first rows, with the predictors that it must end in. */
async function journey(id: ShippedId, most = Number.POSITIVE_INFINITY, mishap?: Mishap, recordsPerChunk = 4096) {
  const { shipped, card } = shippedCard(id)
  const lines = readFileSync(new URL(`../../../public/samples/${sampleOf[id]}.csv`, import.meta.url), 'utf8')
    .trimEnd()
    .split(/\r?\n/)
    .slice(0, most + 1)
  const header = (lines[0] ?? '').split(',').map((name) => name.replaceAll('"', ''))
  const encoder = makeEncoder(card)
  const integers = new Float64Array(card.inputs.length)
  const expected: number[] = []
  const rows: number[] = []
  shipped.rows.slice(0, most).forEach((row, i) => {
    if (encoder.encode(cellsFor(shipped.model, row), integers, 1, 0).length > 0) return
    expected.push(...plainPredictors(shipped.model, integers))
    rows.push(i + 1)
  })
  const server = new FakeServer(shipped.model, mishap, () => new Promise((resolve) => setImmediate(resolve)))
  const run: FileRun = {
    workers: await workersOf(2),
    server: server.asServer,
    limits: { recordsPerChunk, bodyBytes: 1024 * 1024 },
    key,
    file: new Blob([lines.join('\n')]),
    plan: {
      card,
      format: { encoding: 'utf-8', delimiter: ',', decimalMark: '.' },
      columns: matchColumns(card, header).map(({ column }) => column as number),
      width: header.length,
      repairs: [],
    },
    scorable: expected.length,
  }
  return { run, server, expected, rows }
}

function options() {
  const control = new RunControl()
  const progress: Progress[] = []
  const stuck = vi.fn()
  let soFar: OpenedSoFar | null = null
  return {
    control,
    progress,
    stuck,
    onProgress: (now: Progress) => progress.push(now),
    onStuck: stuck,
    onBegin: (_: RunMap, opened: OpenedSoFar) => {
      soFar = opened
    },
    soFar: () => soFar,
  }
}

const never = new AbortController().signal

describe('a file’s journey', () => {
  it.each(shippedIds)('ends in the plaintext model’s predictors for every row of the sample of %s', async (id) => {
    const { run, server, expected, rows } = await journey(id)
    const scores = await scoreFile(run, options(), never)
    expect([...scores.rows]).toEqual(rows)
    expect([...scores.predictors]).toEqual(expected)
    expect(new Set(chunkNumbers(server.bodies)).size).toBe(server.bodies.length)
    expect(new Set(server.bodies.map(runOf)).size).toBe(1)
  })

  it('hands to the network the very bytes that a sealer made: one format, nothing encoded twice', async () => {
    const { run, server } = await journey('salary', 300, undefined, 64)
    const sealed: Uint8Array[] = []
    const { sealers } = run.workers
    const pool = sealers.run.bind(sealers)
    sealers.run = (async (use: Parameters<typeof pool>[0], signal?: AbortSignal) => {
      const made = (await pool(use, signal)) as { body?: Uint8Array }
      if (made.body) sealed.push(made.body)
      return made
    }) as typeof sealers.run
    await scoreFile(run, options(), never)
    expect(server.bodies.length).toBeGreaterThan(2)
    // The same objects, not only equal bytes.
    expect(new Set(server.bodies)).toEqual(new Set(sealed))
    for (const body of server.bodies) expect(sealed.some((made) => made === body)).toBe(true)
  })

  it('scores each record once in whatever order the answers come', async () => {
    const late = (chunk: { chunk: number }) =>
      new Promise<null>((resolve) => setTimeout(() => resolve(null), (chunk.chunk * 7) % 13))
    const { run, server, expected } = await journey('salary', 1000, late as unknown as Mishap, 100)
    const scores = await scoreFile(run, options(), never)
    expect([...scores.predictors]).toEqual(expected)
    expect(server.bodies.length).toBeGreaterThan(10)
  })

  it('has a bounded number of chunks under way, however long the file is', async () => {
    const { run, server } = await journey('salary', 1000, undefined, 60)
    await scoreFile(run, options(), never)
    expect(server.bodies.length).toBeGreaterThan(15)
    expect(server.mostUnder).toBeLessThanOrEqual(2 * run.workers.sealers.size + 2)
    expect(server.mostUnder).toBeGreaterThan(1)
  })

  it('counts what it did: the bytes that were sent, and every record at every stage', async () => {
    const { run, server, expected } = await journey('concrete-strength')
    const { progress } = await scoreFile(run, options(), never)
    const bytes = server.bodies.reduce((sum, { length }) => sum + length, 0)
    const all = expected.length
    expect(progress).toMatchObject({
      total: all,
      bytesUp: bytes,
      records: { read: all, sealed: all, answered: all, opened: all },
    })
  })

  it('tells of progress that only grows and never claims more than it has', async () => {
    const { run } = await journey('salary')
    const told = options()
    await scoreFile(run, told, never)
    expect(told.progress.length).toBeGreaterThan(0)
    for (const { total, records } of told.progress) {
      expect(records.opened).toBeLessThanOrEqual(records.answered)
      expect(records.answered).toBeLessThanOrEqual(records.sealed)
      expect(records.sealed).toBeLessThanOrEqual(records.read)
      expect(records.read).toBeLessThanOrEqual(total)
    }
  })
})

describe('a server in trouble', () => {
  it('is asked again with the same bytes, and no row is lost', async () => {
    const { run, server, expected } = await journey(
      'salary',
      500,
      // Of five refusals without an answer between them a run would pause.
      ({ chunk }, tries) => (tries <= 2 && chunk < 2 ? refusal('request/busy', 503) : null),
      60,
    )
    expect([...(await scoreFile(run, options(), never)).predictors]).toEqual(expected)
    const bodies = server.bodies.filter((body) => chunkNumbers([body])[0] === 0)
    expect(bodies).toHaveLength(3)
    expect(bodies[1]).toEqual(bodies[0])
    expect(bodies[2]).toEqual(bodies[0])
  })

  it.each(['server/store-gone', 'access/issuer'] as const)(
    'that cannot count, or check who asks, for a moment is waited for, and nobody is asked: %s',
    async (code) => {
      const { run, expected } = await journey('salary', 200, (_, tries) => (tries === 1 ? refusal(code, 503) : null))
      const told = options()
      expect([...(await scoreFile(run, told, never)).predictors]).toEqual(expected)
      expect(told.stuck).not.toHaveBeenCalled()
    },
  )

  it('that forgot the key gets it again', async () => {
    const { run, server, expected } = await journey('salary', 200, ({ chunk }, tries) =>
      tries === 1 && chunk === 0 ? refusal('key/unknown', 409) : null,
    )
    expect([...(await scoreFile(run, options(), never)).predictors]).toEqual(expected)
    expect(server.registered).toBe(2)
  })

  it('that takes no more keys pauses the run and says so, not that it lacks the key', async () => {
    let spent = true
    const { run, server, expected } = await journey('salary', 200, () => (spent ? refusal('key/unknown', 409) : null))
    server.register = async () => {
      if (spent) throw refusal('request/budget', 429)
    }
    const told = options()
    const running = scoreFile(run, told, never)
    await vi.waitFor(() => expect(told.stuck).toHaveBeenCalled(), { timeout: 60_000 })
    expect(told.stuck.mock.calls[0]?.[0]).toMatchObject({ code: 'request/budget' })
    spent = false
    told.control.resume()
    expect([...(await running).predictors]).toEqual(expected)
  })

  it('that stays away pauses the run, which goes on from there when it is resumed', async () => {
    let away = true
    const { run, expected } = await journey('salary', 500, () => (away ? refusal('run/offline', 502) : null), 60)
    const told = options()
    const running = scoreFile(run, told, never)
    await vi.waitFor(() => expect(told.stuck).toHaveBeenCalled(), { timeout: 60_000 })
    expect(told.stuck.mock.calls[0]?.[0]).toMatchObject({ code: 'run/offline' })
    expect(told.control.paused).toBe(true)
    away = false
    told.control.resume()
    expect([...(await running).predictors]).toEqual(expected)
  })

  it.each(['model/changed', 'request/conflict', 'request/shape', 'key/size'] as const)(
    'that answers %s ends the run with just that',
    async (code) => {
      const { run } = await journey('salary', 500, ({ chunk }) => (chunk === 1 ? refusal(code, 409) : null), 60)
      expect(await codeOf(scoreFile(run, options(), never))).toBe(code)
    },
  )
})

/** Of the first chunk of a run something else than its answer. */
const onFirst =
  (inner: Mishap): Mishap =>
  (chunk, tries) =>
    chunk.chunk === 0 ? inner(chunk, tries) : null

describe('an answer that must not be believed', () => {
  it.each<[string, string, (answer: Uint8Array) => Uint8Array]>([
    ['has a ciphertext out of range', 'result/ciphertext', (all) => all.map(() => 0xff)],
    // The top of the lower half: above the last slot, below n.
    ['has bits where none may be', 'result/integrity', (all) => all.map((b, i) => (i % 512 === 256 ? b ^ 0x40 : b))],
    ['has a slot of zero', 'result/integrity', (all) => all.map((b, i) => (i % 512 < 507 ? b : 0))],
  ])('withholds every score when it %s, and the server cannot see that', async (_, code, change) => {
    const bad: Mishap = (chunk) => server.tampered(chunk, ({ ciphertexts }) => ({ ciphertexts: change(ciphertexts) }))
    const honest = await journey('salary', 1000, undefined, 60)
    const { run, server } = await journey('salary', 1000, onFirst(bad), 60)
    const { onProgress, ...told } = options()
    await scoreFile(honest.run, options(), never)
    expect(await codeOf(scoreFile(run, { ...told, onProgress }, never))).toBe(code)
    const numbers = chunkNumbers(server.bodies).sort((a, b) => a - b)
    expect(numbers).toEqual(chunkNumbers(honest.server.bodies).sort((a, b) => a - b))
    expect(server.aborted).toBe(0)
    // What is opened before or after it is not to be had either, whenever the run is ended.
    expect(told.soFar()?.records).toBe(0)
    expect(told.soFar()?.scores(told.progress[0] as Progress)).toBeNull()
    // Progress tells the person nothing either, who might react to it.
    expect(told.progress.at(-1)?.records.opened).toBe(run.scorable)
    expect(told.stuck).not.toHaveBeenCalled()
  })

  it('is stored like any other: a run that is resumed does not ask for it again', async () => {
    const bad: Mishap = (chunk) =>
      server.tampered(chunk, ({ ciphertexts }) => ({ ciphertexts: ciphertexts.map(() => 0xff) }))
    const { run, server } = await journey('salary', 300, onFirst(bad), 60)
    const saved: number[] = []
    const checkpoint = { capacity: null, earlier: async () => null, save: (chunk: number) => void saved.push(chunk) }
    expect(await codeOf(scoreFile({ ...run, checkpoint }, options(), never))).toBe('result/ciphertext')
    expect(saved.sort((a, b) => a - b)).toEqual(chunkNumbers(server.bodies).sort((a, b) => a - b))
  })
})

describe('an answer to something else', () => {
  const others: [string, (server: () => FakeServer) => Mishap][] = [
    ['with another count', (server) => (chunk) => server().tampered(chunk, () => ({ records: chunk.records + 1 }))],
    ['of another chunk', (server) => (chunk) => server().tampered(chunk, () => ({ chunk: chunk.chunk + 1 }))],
    ['of another run', (server) => (chunk) => server().tampered(chunk, () => ({ run: new Uint8Array(16) }))],
    ['that is no chunk', () => () => new TextEncoder().encode('<html>Bad gateway</html>')],
    [
      'that is cut short',
      (server) => (chunk) =>
        server()
          .tampered(chunk, () => ({}))
          .slice(0, -1),
    ],
  ]

  it.each(others)('%s is asked for again with the same bytes, and no row is lost', async (_, mishap) => {
    const once = mishap(() => server)
    const { run, server, expected } = await journey(
      'salary',
      300,
      onFirst((chunk, tries) => (tries === 1 ? once(chunk, tries) : null)),
      60,
    )
    expect([...(await scoreFile(run, options(), never)).predictors]).toEqual(expected)
    const [first, second] = server.bodies.filter((body) => chunkNumbers([body])[0] === 0)
    expect(second).toEqual(first)
  })

  it('again and again pauses the run and says so', async () => {
    const { run } = await journey(
      'salary',
      300,
      onFirst(() => new Uint8Array(0)),
      60,
    )
    const told = options()
    const stop = new AbortController()
    const running = scoreFile(run, told, stop.signal)
    await vi.waitFor(() => expect(told.stuck).toHaveBeenCalled(), { timeout: 60_000 })
    expect(told.stuck.mock.calls[0]?.[0]).toMatchObject({ code: 'result/shape' })
    stop.abort()
    expect(await codeOf(running)).toBe('run/cancelled')
  })
})

describe('a run', () => {
  it('of nothing is refused', async () => {
    const { run } = await journey('salary', 10)
    expect(await codeOf(scoreFile({ ...run, scorable: 0 }, options(), never))).toBe('run/nothing-to-score')
  })

  it('that is cancelled says so, which is not the same as an empty one', async () => {
    const controller = new AbortController()
    const { run } = await journey('salary', 500, () => {
      controller.abort()
      return null
    })
    expect(await codeOf(scoreFile(run, options(), controller.signal))).toBe('run/cancelled')
  })

  it('that is ended in its midst has the scores of what was opened, beside their rows', async () => {
    const stop = new AbortController()
    const told = options()
    const { run, expected, rows } = await journey(
      'salary',
      500,
      ({ chunk }) => {
        if (chunk > 4) stop.abort()
        return null
      },
      60,
    )
    expect(await codeOf(scoreFile(run, told, stop.signal))).toBe('run/cancelled')
    const part = told.soFar()?.scores(told.progress.at(-1) as Progress)
    const scored = [...(part?.rows ?? [])]
    expect(scored.length).toBe(told.soFar()?.records)
    expect(part?.progress.total).toBe(scored.length)
    expect(scored.length).toBeGreaterThan(0)
    expect(scored.length).toBeLessThan(rows.length)
    expect(scored).toEqual(scored.toSorted((a, b) => a - b))
    expect([...(part?.predictors ?? [])]).toEqual(scored.map((row) => expected[rows.indexOf(row)]))
  })

  it.each<[string, string, Error | null]>([
    ['is ended', 'run/cancelled', null],
    ['the server refuses', 'model/changed', refusal('model/changed', 409)],
  ])('that %s in its midst tells last of all records that were answered', async (_, code, instead) => {
    const stop = new AbortController()
    const told = options()
    const mishap: Mishap = ({ chunk }) => {
      if (chunk <= 6) return null
      if (!instead) stop.abort()
      return instead
    }
    const { run } = await journey('salary', 500, mishap, 60)
    let capacity = 0
    const saved: number[] = []
    const checkpoint = { capacity: null, earlier: async () => null, save: (chunk: number) => void saved.push(chunk) }
    const onBegin = (map: RunMap): void => {
      capacity = map.capacity
    }
    expect(await codeOf(scoreFile({ ...run, checkpoint }, { ...told, onBegin }, stop.signal))).toBe(code)
    const answered = saved.reduce((sum, chunk) => sum + Math.min(capacity, run.scorable - chunk * capacity), 0)
    expect(answered).toBeGreaterThan(0)
    expect(told.progress.at(-1)?.records.answered).toBe(answered)
  })

  it('of a file that has fewer records than when it was checked ends with an error', async () => {
    const { run } = await journey('salary', 100)
    expect(await codeOf(scoreFile({ ...run, scorable: 120 }, options(), never))).toBe('file/unreadable')
  })

  it('of a file that has more records than when it was checked ends with an error', async () => {
    const { run } = await journey('salary', 100)
    expect(await codeOf(scoreFile({ ...run, scorable: 60 }, options(), never))).toBe('file/unreadable')
  })
})

describe('a run whose answers are stored', () => {
  /** Stores answers in this process. */
  function checkpointOf(capacity: number | null, answers = new Map<number, StoredAnswer>()) {
    return {
      answers,
      capacity,
      earlier: async (chunk: number) => (capacity === null ? null : (answers.get(chunk) ?? null)),
      save: (chunk: number, answer: StoredAnswer) => void answers.set(chunk, answer),
    }
  }

  it('goes on in another tab from what it has, with another number, and ends in the same scores', async () => {
    const first = await journey('salary', 500, undefined, 60)
    const checkpoint = checkpointOf(null)
    const stop = new AbortController()
    const save = checkpoint.save
    const cut = {
      ...checkpoint,
      save: (...all: Parameters<typeof save>) => {
        save(...all)
        if (checkpoint.answers.size === 3) stop.abort()
      },
    }
    let capacity = 0
    const told = { ...options(), onBegin: (map: RunMap) => (capacity = map.capacity) }
    expect(await codeOf(scoreFile({ ...first.run, checkpoint: cut }, told, stop.signal))).toBe('run/cancelled')
    const had = [...checkpoint.answers.keys()]
    expect(had.length).toBeGreaterThanOrEqual(3)

    const { run, server, expected, rows } = await journey('salary', 500, undefined, 4096)
    const resumed = checkpointOf(capacity, checkpoint.answers)
    const scores = await scoreFile({ ...run, checkpoint: resumed }, options(), never)
    expect([...scores.predictors]).toEqual(expected)
    expect([...scores.rows]).toEqual(rows)
    const sent = chunkNumbers(server.bodies)
    expect(sent.filter((chunk) => had.includes(chunk))).toEqual([])
    expect([...sent, ...had].sort((a, b) => a - b)).toEqual(
      Array.from({ length: Math.ceil(expected.length / capacity) }, (_, i) => i),
    )
    expect(server.bodies.map(runOf)).not.toContain(
      toHex((checkpoint.answers.get(had[0] as number) as StoredAnswer).run),
    )
    expect(scores.progress.records).toMatchObject({ sealed: expected.length, answered: expected.length })
    // And what was added is stored for a third part.
    expect(resumed.answers.size).toBe(Math.ceil(expected.length / capacity))
  })

  it('shows nothing when a stored answer is not what was asked', async () => {
    const first = await journey('salary', 300, undefined, 60)
    const checkpoint = checkpointOf(null)
    let capacity = 0
    await scoreFile({ ...first.run, checkpoint }, { ...options(), onBegin: (map) => (capacity = map.capacity) }, never)
    const second = checkpoint.answers.get(1) as StoredAnswer
    const { run, server } = await journey('salary', 300, undefined, 60)
    const wrong = checkpointOf(capacity, new Map([[0, second]]))
    expect(await codeOf(scoreFile({ ...run, checkpoint: wrong }, options(), never))).toBe('result/shape')
    expect(chunkNumbers(server.bodies)).not.toContain(0)
  })
})
