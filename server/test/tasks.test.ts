import { generatePrimeSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { fromBytes, toBytes } from '../../core/number/bytes.ts'
import { modPow } from '../../core/number/integers.ts'
import { reference } from '../../core/protocol/paillier/reference.ts'
import { paillierScoring } from '../../core/protocol/paillier/scoring.ts'
import { enableRelaxedSimd } from '../../kernel/node.ts'
import { scoringEngines } from '../../kernel/scoringEngines.ts'
import { Tasks } from '../compute/tasks.ts'
import { threadMs } from '../compute/thread.ts'

enableRelaxedSimd()

/** A toy key, so that its table takes milliseconds. */
function toyKey() {
  const [p, q] = [64, 64].map((bits) => generatePrimeSync(bits, { bigint: true })) as [bigint, bigint]
  const n = p * q
  return { n, bytes: toBytes(n, 16), order: (p - 1n) * (q - 1n) }
}

test('threads share a key’s table: any of them makes a part, all draw from it, and none keeps it', () => {
  const { engines } = scoringEngines()
  const { n, bytes, order } = toyKey()
  const memory = new SharedArrayBuffer(4 * 2 ** 20)
  const threads = [new Tasks(engines, []), new Tasks(engines, [])]
  let turns = 0
  for (let ready = false; !ready; turns++) {
    const grown = (threads[turns % 2] as Tasks).growTable({
      key: { set: 'paillier-2048', publicKey: bytes },
      memory,
      steps: 30,
      bases: null,
    })
    ready = grown.ready
    expect(grown.spent).toMatchObject({ direct: 0, byTable: 0 })
    expect(Object.keys(grown.spent.ms)).toEqual(['table'])
  }
  expect(turns).toBeGreaterThan(1)
  const seen = new Set<bigint>()
  for (const thread of threads) {
    const { masks, spent } = thread.masks({ key: { set: 'paillier-2048', publicKey: bytes }, count: 5, table: memory })
    expect(spent).toMatchObject({ direct: 0, byTable: 5 })
    for (let at = 0; at < masks.length; at += 32) {
      const mask = fromBytes(masks.subarray(at, at + 32))
      expect(modPow(mask, order, n * n)).toBe(1n)
      seen.add(mask)
    }
  }
  expect(seen.size).toBe(10)
  // The memory is another's now: without the table, a thread makes masks as before.
  new Uint8Array(memory).fill(0xff)
  const { masks, spent } = (threads[0] as Tasks).masks({
    key: { set: 'paillier-2048', publicKey: bytes },
    count: 1,
    table: null,
  })
  expect(modPow(fromBytes(masks), order, n * n)).toBe(1n)
  expect(spent).toMatchObject({ direct: 1, byTable: 0 })
})

test('the reference’s threads make masks whatever they are told of tables', () => {
  const { n, bytes, order } = toyKey()
  const tasks = new Tasks([paillierScoring(reference)], [])
  const memory = new SharedArrayBuffer(1024)
  expect(
    tasks.growTable({ key: { set: 'paillier-2048', publicKey: bytes }, memory, steps: 1, bases: null }).ready,
  ).toBe(true)
  expect(
    modPow(
      fromBytes(tasks.masks({ key: { set: 'paillier-2048', publicKey: bytes }, count: 1, table: null }).masks),
      order,
      n * n,
    ),
  ).toBe(1n)
})

test('a thread’s clock goes forward with its work, and no faster than time', () => {
  // The clock first and last: what the thread works between two readings is not more than the time between them.
  const clock = performance.now()
  const started = threadMs()
  let last = started
  for (let i = 0; i < 10; i++) {
    modPow(3n, 2n ** 512n - 1n, 2n ** 521n - 1n)
    const now = threadMs()
    expect(now).toBeGreaterThan(last)
    last = now
  }
  // Thousands of readings: one of them loses its core between its parts.
  for (let i = 0; i < 5000; i++) {
    const now = threadMs()
    expect(now).toBeGreaterThan(last - 0.01)
    last = now
  }
  expect(last - started).toBeLessThanOrEqual(performance.now() - clock)
})
