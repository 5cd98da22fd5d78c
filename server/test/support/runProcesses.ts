import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, vi } from 'vitest'
import type { Card } from '../../../core/card/card.ts'
import { toHex } from '../../../core/number/bytes.ts'
import { layoutOf } from '../../../core/protocol/schemes.ts'
import { type Chunk, decodeChunk, encodeChunk } from '../../../core/protocol/wire.ts'
import { patience } from '../../../core/test/patience.ts'
import { runTokenHeader } from '../../http/runToken.ts'
import { predictors, records } from './runs.ts'
import type { Client } from './world.ts'

/** Stored runs of programs that are processes of their own, and are killed at any moment. */

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** The compiled command. */
export const commandFile = join(root, 'dist/cli/blindscore.js')

export function compileCommands(): void {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
}

/** Has a store be one that servers may share, as an operator does. */
export function beginState(words: readonly string[], env: Readonly<Record<string, string>>): void {
  execFileSync(process.execPath, [commandFile, 'state', 'begin', ...words], { stdio: 'ignore', env })
}

/** A command that runs until it is killed, and is started anew with the same words. */
export class Program {
  readonly #words: readonly string[]
  readonly #env: Readonly<Record<string, string>>
  readonly #begun: RegExp
  #child: ChildProcess | undefined
  /** All that it said, over all starts. */
  said = ''
  /** What it said of itself when it had begun. */
  begun = ''

  constructor(words: readonly string[], env: Readonly<Record<string, string>>, begun: RegExp) {
    this.#words = words
    this.#env = env
    this.#begun = begun
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [commandFile, ...this.#words], { env: this.#env })
    this.#child = child
    let said = ''
    const hear = (bytes: Buffer): void => {
      said += bytes
      this.said += bytes
    }
    for (const stream of [child.stdout, child.stderr]) stream.on('data', hear)
    for (this.begun = ''; this.begun === ''; await new Promise((resolve) => setTimeout(resolve, 20))) {
      this.begun = this.#begun.exec(said)?.[1] ?? ''
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(said)
    }
  }

  /** Ends it as a failing machine would. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null) return
    child.kill('SIGKILL')
    if (child.signalCode === null) await once(child, 'exit')
  }
}

/** How a server is asked, by whatever process there is then. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>

/** Sends until it is answered by something else than that it may be sent later. */
export async function sent(ask: Ask, path: string, init: RequestInit = {}): Promise<Response> {
  return vi.waitUntil(
    async () => {
      const response = await ask(path, init).catch(() => undefined)
      return response === undefined || response.status >= 500 ? undefined : response
    },
    { timeout: 2 * patience },
  )
}

/** A run that was handed over by processes which may be killed meanwhile. */
export interface HandedRun {
  readonly path: string
  readonly token: string
  readonly headers: Readonly<Record<string, string>>
  /** As the client calls it. */
  readonly run: string
  readonly chunks: readonly Chunk[]
}

type Rows = readonly (readonly string[])[]

/** Rows for so many blocks of a chunk. */
export function rowsOfBlocks(card: Card, blocks: number): string[][] {
  const length = blocks * layoutOf('paillier-2048', card).blockRecords
  return Array.from({ length }, (_, r) => records[r % records.length] as string[])
}

/** Chunks of the same rows: long ones are sealed once, and differ in their numbers alone. */
function sealedChunks(client: Client, card: Card, run: Buffer<ArrayBuffer>, count: number, rows: Rows): Chunk[] {
  if (rows.length <= records.length) return Array.from({ length: count }, (_, i) => client.seal(card, rows, run, i))
  const chunk = client.seal(card, rows, run)
  return Array.from({ length: count }, (_, i) => ({ ...chunk, chunk: i }))
}

export async function handOver(
  ask: Ask,
  client: Client,
  card: Card,
  count: number,
  meanwhile: () => Promise<void>,
  rows: Rows = records,
) {
  const run = crypto.getRandomValues(Buffer.alloc(16))
  const chunks = sealedChunks(client, card, run, count, rows)
  expect((await sent(ask, `keys/${client.fingerprint}`, client.keyRequest())).ok).toBe(true)
  const all = rows.length * count
  const asked = { card: card.hash, key: client.fingerprint, run: toHex(run), chunks: count, records: all }
  const made = await sent(ask, 'models/tiny/runs', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ v: 1, ...asked }),
  })
  expect(made.status).toBe(201)
  const { id, token } = await made.json()
  const headers = { [runTokenHeader]: token, 'Content-Type': 'application/cbor' }
  const happening = meanwhile()
  for (const chunk of chunks) {
    const body = encodeChunk(chunk)
    const response = await sent(ask, `runs/${id}/chunks/${chunk.chunk}`, { method: 'PUT', headers, body })
    expect(response.ok).toBe(true)
  }
  await happening
  expect((await sent(ask, `runs/${id}/start`, { method: 'POST', headers })).status).toBe(202)
  return { path: `runs/${id}`, token, headers, run: toHex(run), chunks } satisfies HandedRun
}

/** Waits for a run's end, and for scores that are right, of every chunk once. */
export async function expectScored(
  ask: Ask,
  client: Client,
  card: Card,
  run: HandedRun,
  expected: readonly number[] = predictors,
): Promise<void> {
  const { path, headers, chunks } = run
  const isDone = async () => (await (await sent(ask, path, { headers })).json()).state === 'done'
  await vi.waitUntil(isDone, { timeout: 2 * patience, interval: 50 })
  for (const { chunk } of chunks) {
    const response = await sent(ask, `${path}/answers/${chunk}`, { headers })
    expect(response.status).toBe(200)
    const answer = decodeChunk(new Uint8Array(await response.arrayBuffer()))
    expect(answer.chunk).toBe(chunk)
    client.open(card, answer).forEach(([value], r) => {
      const score = expected[r % expected.length] as number
      expect(Math.abs((value as number) - score)).toBeLessThanOrEqual(card.tolerance)
    })
  }
}

/** How many answers a server has charged. */
export async function chargedAnswers(ask: Ask): Promise<number> {
  const { used } = await (await sent(ask, 'usage')).json()
  return used.reduce((sum: number, { answers }: { answers: number }) => sum + answers, 0)
}
