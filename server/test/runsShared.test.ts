import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Card } from '../../core/card/card.ts'
import { patience } from '../../core/test/patience.ts'
import { startPostgres } from './services/postgres.ts'
import { startRedis } from './services/redis.ts'
import { bucket, type S3Service, startS3 } from './services/s3.ts'
import { describeWith, type Service } from './services/service.ts'
import {
  type Ask,
  beginState,
  chargedAnswers,
  compileCommands,
  expectScored,
  type HandedRun,
  handOver,
  Program,
  rowsOfBlocks,
  sent,
} from './support/runProcesses.ts'
import { Client, fixture } from './support/world.ts'

/** Stored runs of a server that works on none, and of workers that share a queue, state, keys and a bucket with it. */

const slow = process.env.SLOW !== undefined
const [rounds, workerCount] = slow ? [20, 3] : [1, 2]
const kinds = slow ? (['redis', 'postgres'] as const) : (['redis'] as const)
const chunkCount = 24
const runsKey = '5a'.repeat(32)
const weights = ['0.03', '-0.0021', '0.75']

let client: Client
beforeAll(async () => {
  compileCommands()
  client = await Client.make()
})

const starts = { redis: () => startRedis(), postgres: () => startPostgres() } as const

for (const kind of kinds)
  describeWith([kind])(`a server and ${workerCount} workers with ${kind}`, () => {
    let folder: string
    let service: Service
    let s3: S3Service
    let server: Program
    let workers: Program[]
    let card: Card
    const at = (name: string) => join(folder, name)
    const ask: Ask = (path, init = {}) => fetch(`${server.begun}v1/${path}`, init)

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'shared-'))
      mkdirSync(at('models'))
      writeFileSync(at('models/tiny.json'), fixture('tiny'))
      writeFileSync(at('key'), `${runsKey}\n`)
      service = await starts[kind]()
      s3 = await startS3(100)
      const state = ['--secret-file', at('secret'), '--state', service.url]
      const env = { ...s3.env, XDG_STATE_HOME: at('state') }
      beginState(state, env)
      const shared = [...state, '--models', at('models'), '--threads', '1', '--log', 'info']
      const stored = ['--runs', `s3://${bucket}/of-tests`, '--runs-key', at('key'), '--queue', service.url]
      const words = [...shared, ...stored, '--runs-keys', 'queue']
      server = new Program(['serve', '--port', '0', '--no-work', ...words], env, /Blindscore is at (\S+)/)
      workers = Array.from({ length: workerCount }, (_, i) => {
        const own = ['--audit', at(`audit-${i}`)]
        return new Program(['work', ...words, ...own], env, /(works on stored runs)/)
      })
      await server.start()
      await Promise.all(workers.map((worker) => worker.start()))
      card = await (await ask('models/tiny')).json()
    })

    afterAll(async () => {
      for (const program of [server, ...(workers ?? [])]) await program?.kill()
      await service?.stop()
      await s3?.stop()
      rmSync(folder, { recursive: true })
    })

    /** Kills some of them, each at a moment of its own, and starts it anew. */
    async function killedSoon(most: number, of: readonly (Program | Service)[], count = 1): Promise<void> {
      const order = of.map((one) => ({ one, at: Math.random() })).sort((a, b) => a.at - b.at)
      await Promise.all(
        order.slice(0, count).map(async ({ one }) => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * most))
          await one.kill()
          if (one instanceof Program) await one.start().catch(() => startedLater(one))
          else await one.restart()
        }),
      )
    }

    /** What has to be there when a program starts may have been killed as well. */
    function startedLater(program: Program): Promise<boolean> {
      return vi.waitUntil(
        () =>
          program.start().then(
            () => true,
            () => false,
          ),
        { timeout: patience, interval: 200 },
      )
    }

    function expectNothingTold(runs: readonly HandedRun[]): void {
      const files = [service.folder, ...workers.map((_, i) => at(`audit-${i}`))].flatMap(filesBelow)
      const stored = [...files.map((file) => readFileSync(file)), ...[...s3.objects.values()].map(Buffer.from)]
      const names = Buffer.from([...s3.objects.keys()].join('\n'))
      expect(s3.objects.size).toBeGreaterThan(chunkCount)
      const secrets = runs.flatMap(({ token, chunks: [chunk] }) => [
        Buffer.from(token),
        Buffer.from(token, 'base64url'),
        ...(chunk ? [Buffer.from(chunk.ciphertexts.subarray(100, 124))] : []),
      ])
      secrets.push(Buffer.from(client.n.subarray(40, 64)), Buffer.from(runsKey, 'hex'), Buffer.from(runsKey))
      for (const text of ['123.45', ...weights.map((weight) => `"weight": ${weight}`)]) secrets.push(Buffer.from(text))
      for (const secret of secrets) for (const bytes of [...stored, names]) expect(bytes.includes(secret)).toBe(false)
      const said = [server, ...workers].map((program) => program.said).join('\n')
      for (const secret of [...runs.map(({ token }) => token), client.fingerprint, runsKey, '123.45', ...weights])
        expect(said.includes(secret)).toBe(false)
    }

    test('a byte that is flipped in the bucket is found and named, and an answer is made anew by whoever works', async () => {
      const run = await handOver(ask, client, card, 3, async () => {})
      await expectScored(ask, client, card, run)
      const name = [...s3.objects.keys()].find((each) => each.endsWith('/out/1')) ?? ''
      const bytes = s3.objects.get(name) ?? new Uint8Array(0)
      bytes[60] = (bytes[60] ?? 0) ^ 1
      expect((await ask(`${run.path}/answers/1`, { headers: run.headers })).status).toBe(404)
      expect(server.said).toMatch(/"code":"run\/damaged","chunk":1/)
      await expectScored(ask, client, card, run)
      expect((await sent(ask, run.path, { method: 'DELETE', headers: run.headers })).status).toBe(204)
      expect(s3.objects.size).toBe(0)
    })

    test('nothing is lost, doubled or told by kills of any of them: runs end by themselves, with right scores, charged once', {
      timeout: 120_000 * rounds,
    }, async () => {
      const handed: HandedRun[] = []
      for (let round = 0; round < rounds; round++) {
        const before = await chargedAnswers(ask)
        const run = await handOver(ask, client, card, chunkCount, () => killedSoon(500, [server, service]))
        await killedSoon(400, workers)
        if (slow) await killedSoon(1000, [server, ...workers, service], 3)
        else await service.kill().then(() => service.restart())
        await expectScored(ask, client, card, run)
        expect(await chargedAnswers(ask)).toBe(before + chunkCount)
        handed.push(run)
        if (round < rounds - 1)
          expect((await sent(ask, run.path, { method: 'DELETE', headers: run.headers })).status).toBe(204)
      }
      expectNothingTold(handed)
    })

    test.runIf(slow)('nor of a long run, whose workers make a table together', { timeout: 600_000 }, async () => {
      for (let round = 0; round < 3; round++) {
        // A worker that lived on would have the table of a key that it knows.
        const own = await Client.make()
        const before = await chargedAnswers(ask)
        const run = await handOver(ask, own, card, 12, async () => {}, rowsOfBlocks(card, 36))
        await killedSoon(1500, [...workers, service], 2)
        await killedSoon(3000, workers)
        await expectScored(ask, own, card, run)
        expect(await chargedAnswers(ask)).toBe(before + 12)
        const bases = [...s3.objects.keys()].filter((name) => name.includes(`${run.path.slice(5)}/base/`))
        expect(bases).toHaveLength(Math.ceil(232 / 16))
        expect((await sent(ask, run.path, { method: 'DELETE', headers: run.headers })).status).toBe(204)
      }
    })
  })

function filesBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.map((name) => join(folder, name)).filter((file) => statSync(file).isFile())
}
