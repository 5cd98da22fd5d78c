import { expect, test } from 'vitest'
import { startPool } from '../compute/pool.ts'

const nothing = new Uint8Array(0)
const key = { set: 'paillier-2048', publicKey: nothing }

test('work whose thread dies rejects, work that waits behind it still runs, and the thread is replaced', async () => {
  const workerFile = new URL('./fixtures/dying-worker.mjs', import.meta.url)
  const pool = await startPool({ threads: 1, models: [], workerFile, onError: () => {} })
  const request = { key, model: 'x', records: 1, ciphertexts: nothing, masks: nothing, table: null }
  const score = () => pool.score(request, { kind: 'score', client: 'a', work: 1 })
  const masks = () => pool.masks({ key, count: 1, table: null }, { kind: 'spare' })
  const works = [score(), masks(), score(), masks()]
  const settled = await Promise.allSettled(works)
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled'])
  expect(pool.waiting).toBe(0)
  await pool.close()
})

test('a worker that cannot be loaded fails the start', async () => {
  const workerFile = new URL('./fixtures/none.mjs', import.meta.url)
  await expect(startPool({ threads: 1, models: [], workerFile, onError: () => {} })).rejects.toThrow()
})
