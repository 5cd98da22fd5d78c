import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Card } from '../../core/card/card.ts'
import { patience } from '../../core/test/patience.ts'
import { type Ask, chargedAnswers, compileCommands, expectScored, handOver, Program } from './support/runProcesses.ts'
import { Client, fixture } from './support/world.ts'

/** Stored runs of a server that is a process of its own, and is killed at any moment. */

const rounds = process.env.SLOW ? 20 : 1
const chunkCount = 8

let folder: string
let client: Client
let server: Program
beforeAll(async () => {
  compileCommands()
  folder = mkdtempSync(join(tmpdir(), 'killed-'))
  writeFileSync(join(folder, 'tiny.json'), fixture('tiny'))
  writeFileSync(join(folder, 'key'), `${'5a'.repeat(32)}\n`)
  client = await Client.make()
  const words = ['--port', '0', '--models', folder, '--threads', '1', '--log', 'warn', '--audit', at('audit')]
  const stored = ['--runs', at('runs'), '--runs-key', at('key')]
  server = new Program(['serve', ...words, ...stored], { XDG_STATE_HOME: at('state') }, /Blindscore is at (\S+)/)
}, patience)
afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true })
})

const at = (name: string) => join(folder, name)
const ask: Ask = (path, init = {}) => fetch(`${server.begun}v1/${path}`, init)

/** Kills after a moment at random, and starts anew. */
async function killedSoon(most: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * most))
  await server.kill()
  await server.start()
}

test('nothing is lost and nothing doubled by kills: a run ends by itself, with right scores, and is charged once', {
  timeout: 60_000 * rounds,
}, async () => {
  await server.start()
  expect(server.said).not.toContain('cannot be stored')
  const card: Card = await (await ask('models/tiny')).json()
  for (let round = 0; round < rounds; round++) {
    const before = await chargedAnswers(ask)
    const run = await handOver(ask, client, card, chunkCount, () => killedSoon(150))
    await killedSoon(300)
    if (process.env.SLOW) await killedSoon(300)
    await expectScored(ask, client, card, run)
    expect(await chargedAnswers(ask)).toBe(before + chunkCount)
    const lines = readdirSync(at('audit'))
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) =>
        readFileSync(join(at('audit'), name), 'utf8')
          .trim()
          .split('\n'),
      )
      .map((line) => JSON.parse(line))
    const told = lines.filter((line) => line.kind === 'run' && line.run === run.run && line.outcome === 'answered')
    expect(new Set(told.map(({ chunk }) => chunk)).size).toBe(chunkCount)
  }
})
