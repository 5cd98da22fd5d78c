import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { shipped, shippedIds } from '../../core/test/shipped.ts'
import { type RunningServer, startServer } from '../../server/listen.ts'

/** A client that was written from the specification alone, against the real server: what it says suffices. */

const client = fileURLToPath(new URL('../../examples/independent.mjs', import.meta.url))
const serverThread = new URL('../../dist/server/compute/worker.js', import.meta.url)

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ port: 0, page: null, threads: 1, workerFile: serverThread })
})
afterAll(() => server.close())

it('scores the verification records of every shipped model within its tolerance', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [client, server.url])
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { model: string; record: number; within: boolean })
  const wanted = shippedIds.flatMap((id) => shipped(id).model.card.verification.map((_, record) => `${id} ${record}`))
  expect(lines.map(({ model, record }) => `${model} ${record}`).sort()).toEqual(wanted.sort())
  expect(lines.filter(({ within }) => !within)).toEqual([])
}, 240_000)
