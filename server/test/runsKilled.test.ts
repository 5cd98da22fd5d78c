import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Card } from '../../core/card/card.ts'
import { toHex } from '../../core/number/bytes.ts'
import { decodeChunk, encodeChunk } from '../../core/protocol/wire.ts'
import { patience } from '../../core/test/patience.ts'
import { runTokenHeader } from '../http/runToken.ts'
import { predictors, records } from './support/runs.ts'
import { Client, fixture } from './support/world.ts'

/** Stored runs of a server that is a process of its own, and is killed at any moment. */

const root = fileURLToPath(new URL('../../', import.meta.url))
const main = join(root, 'dist/cli/blindscore.js')
const rounds = process.env.SLOW ? 20 : 1
const chunkCount = 8

let folder: string
let client: Client
let child: ChildProcess
let url = ''
beforeAll(async () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
  folder = mkdtempSync(join(tmpdir(), 'killed-'))
  writeFileSync(join(folder, 'tiny.json'), fixture('tiny'))
  writeFileSync(join(folder, 'key'), `${'5a'.repeat(32)}\n`)
  client = await Client.make()
}, patience)
afterAll(() => {
  child?.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

const at = (name: string) => join(folder, name)

async function serve(): Promise<void> {
  const words = ['--port', '0', '--models', folder, '--threads', '1', '--log', 'warn', '--audit', at('audit')]
  const stored = ['--runs', at('runs'), '--runs-key', at('key')]
  child = spawn(process.execPath, [main, 'serve', ...words, ...stored], { env: { XDG_STATE_HOME: at('state') } })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (said += bytes))
  for (url = ''; url === ''; await new Promise((resolve) => setTimeout(resolve, 20))) {
    url = /Blindscore is at (\S+)/.exec(said)?.[1] ?? ''
    if (child.exitCode !== null) throw new Error(said)
  }
  expect(said).not.toContain('cannot be stored')
}

async function kill(): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const ask = (path: string, init: RequestInit = {}) => fetch(`${url}v1/${path}`, init)
const usedAnswers = async (): Promise<number> => {
  const { used } = await (await sent('usage')).json()
  return used.reduce((sum: number, { answers }: { answers: number }) => sum + answers, 0)
}

/** Sends until it is answered, by whatever process there is then. */
async function sent(path: string, init: RequestInit = {}): Promise<Response> {
  return vi.waitUntil(() => ask(path, init).catch(() => undefined), { timeout: patience })
}

/** Kills after a moment at random, and starts anew. */
async function killedSoon(most: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * most))
  await kill()
  await serve()
}

async function handOver(card: Card) {
  const run = crypto.getRandomValues(Buffer.alloc(16))
  const chunks = Array.from({ length: chunkCount }, (_, i) => client.seal(card, records, run, i))
  // A connection that rested may be closed by the time that it is used.
  expect((await sent(`keys/${client.fingerprint}`, client.keyRequest())).ok).toBe(true)
  const asked = {
    card: card.hash,
    key: client.fingerprint,
    run: toHex(run),
    chunks: chunkCount,
    records: 3 * chunkCount,
  }
  const json = { 'Content-Type': 'application/json' }
  const made = await ask('models/tiny/runs', {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ v: 1, ...asked }),
  })
  const { id, token } = await made.json()
  const headers = { [runTokenHeader]: token, 'Content-Type': 'application/cbor' }
  const killing = killedSoon(150)
  for (const chunk of chunks) {
    const body = encodeChunk(chunk)
    const response = await sent(`runs/${id}/chunks/${chunk.chunk}`, { method: 'PUT', headers, body })
    expect(response.ok).toBe(true)
  }
  await killing
  expect((await sent(`runs/${id}/start`, { method: 'POST', headers })).status).toBe(202)
  return { path: `runs/${id}`, headers, run: toHex(run) }
}

test('nothing is lost and nothing doubled by kills: a run ends by itself, with right scores, and is charged once', {
  timeout: 60_000 * rounds,
}, async () => {
  await serve()
  const card: Card = await (await ask('models/tiny')).json()
  for (let round = 0; round < rounds; round++) {
    const before = await usedAnswers()
    const { path, headers, run } = await handOver(card)
    await killedSoon(300)
    if (process.env.SLOW) await killedSoon(300)
    await vi.waitUntil(async () => (await (await ask(path, { headers })).json()).state === 'done', {
      timeout: patience,
      interval: 50,
    })
    for (let chunk = 0; chunk < chunkCount; chunk++) {
      const response = await ask(`${path}/answers/${chunk}`, { headers })
      const answer = decodeChunk(new Uint8Array(await response.arrayBuffer()))
      expect(answer.chunk).toBe(chunk)
      client.open(card, answer).forEach(([value], r) => {
        expect(Math.abs((value as number) - (predictors[r] as number))).toBeLessThanOrEqual(card.tolerance)
      })
    }
    expect(await usedAnswers()).toBe(before + chunkCount)
    const lines = readdirSync(at('audit'))
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) =>
        readFileSync(join(at('audit'), name), 'utf8')
          .trim()
          .split('\n'),
      )
      .map((line) => JSON.parse(line))
    const told = lines.filter((line) => line.kind === 'run' && line.run === run && line.outcome === 'answered')
    expect(new Set(told.map(({ chunk }) => chunk)).size).toBe(chunkCount)
  }
})
