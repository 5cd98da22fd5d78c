import { execFileSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { connect, Key, type Progress, type Score } from '../../client/node.ts'
import type { Card } from '../../core/card/card.ts'
import { patience } from '../../core/test/patience.ts'
import type { Used } from '../state/state.ts'
import { describeWith, type Service } from './services/service.ts'
import { buildCommand, Fleet, type Process } from './support/fleet.ts'
import { stores } from './support/stores.ts'
import { Client, chunkRequest } from './support/world.ts'

/** Three processes behind nginx that share a store, and are killed, and so is what they share. */

const sealerFile = new URL('../../dist/client/owner/sealerThread.js', import.meta.url)
const regions = ['north', 'south', 'east'] as const
const weights = { north: 0, south: 0.75, east: -0.4 }
const records = Array.from({ length: 1500 }, (_, i) => ({
  age: 18 + (i % 80),
  income: i % 1000,
  region: regions[i % 3] as (typeof regions)[number],
}))
const predictors = records.map(({ age, income, region }) => -1.5 + 0.03 * age - 0.0021 * income + weights[region])

let key: Key
beforeAll(async () => {
  key = await Key.generate('paillier-2048')
})
afterAll(() => key.dispose())

test('a server that shares nothing loads no client of a store', () => {
  buildCommand()
  const loaded = (...files: string[]): boolean[] => {
    const load = files.map((file) => `await import(${JSON.stringify(new URL(`../../dist/${file}`, import.meta.url))});`)
    const ask = `console.log(JSON.stringify(Object.keys(createRequire(process.cwd() + '/').cache)))`
    const text = `import { createRequire } from 'node:module'; ${load.join('')} ${ask}`
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' })
    return ['ioredis', 'pg'].map((name) => said.includes(`/node_modules/${name}/`))
  }
  expect(loaded('cli/serve.js')).toEqual([false, false])
  expect(loaded('cli/serve.js', 'server/state/shared/redis.js')).toEqual([true, false])
  expect(loaded('cli/serve.js', 'server/state/shared/postgres.js')).toEqual([false, true])
})

for (const store of stores) {
  describeWith([store.name, 'nginx'])(`three processes behind nginx that share ${store.name}`, () => {
    let service: Service
    let fleet: Fleet
    let processes: Process[]
    let address: string
    beforeAll(async () => {
      service = await store.start()
      fleet = Fleet.begin(service.url)
      processes = await Promise.all([1, 2, 3].map(() => fleet.start('--records-per-hour', '8000')))
      address = await fleet.proxy(processes)
    })
    afterAll(async () => {
      // Where a start failed, some of them are not there.
      await fleet?.stop()
      await service?.stop()
    })
    const connections: ReturnType<typeof connect>[] = []
    afterEach(async () => {
      for (const each of connections.splice(0)) await each.close()
    })

    function client() {
      const connection = connect(address, { key, threads: 1, workerFile: sealerFile })
      connections.push(connection)
      return connection
    }

    const sum = async (name: string, of = processes) =>
      (await Promise.all(of.map((each) => each.metric(name)))).reduce((a, b) => a + b, 0)
    const usedBy = async ({ url }: Process): Promise<Used> => (await (await fetch(`${url}v1/usage`)).json()).used[0]

    /** Scores all records; `during` is called once some of them are answered. */
    async function scored(during: () => Promise<void>) {
      let last: Progress | undefined
      let disturbed: Promise<void> | undefined
      const scores: Score[] = []
      const options = {
        onProgress: (progress: Progress) => {
          last = progress
        },
        onStuck: () => true,
      }
      for await (const score of client().score('tiny', records, options)) {
        scores.push(score)
        disturbed ??= during()
      }
      await disturbed
      const off = scores.filter(({ index, predictors: [value] }) => {
        return !(Math.abs((value as number) - (predictors[index] as number)) <= 1e-3)
      })
      return { off, count: scores.length, planted: last?.planted ?? 0 }
    }

    test('a run survives the death of its process and of the store: right scores, one check, one charge', {
      timeout: 180_000,
    }, async () => {
      let [checks, ofSurvivors] = [0, 0]
      const { off, count, planted } = await scored(async () => {
        const answered = await Promise.all(processes.map((each) => each.metric('blindscore_slots_total')))
        const busiest = answered.indexOf(Math.max(...answered))
        // What a key asks goes to one of them.
        expect(answered.filter((slots) => slots > 0)).toHaveLength(1)
        checks = await sum('blindscore_key_checks_total')
        const [killed] = processes.splice(busiest, 1)
        ofSurvivors = await sum('blindscore_key_checks_total')
        await killed?.kill()
        await vi.waitUntil(() => sum('blindscore_slots_total'), { timeout: patience })
        await service.kill()
        await vi.waitUntil(async () => (await fetch(`${processes[0]?.url}v1/usage`)).status === 503, {
          timeout: patience,
        })
        await service.restart()
      })
      expect([off, count]).toEqual([[], records.length])
      expect([checks, await sum('blindscore_key_checks_total')]).toEqual([1, ofSurvivors])
      for (const each of processes) expect((await usedBy(each)).records).toBe(records.length + planted)
    })

    test('a process that cannot start ends, and is not kept by what it shares', async () => {
      await expect(fleet.start('--models', '/nowhere')).rejects.toThrow('/nowhere')
    })

    test('a store that was wiped is no fresh hour: nothing is scored, and no process starts', async () => {
      await store.wipe(service.url)
      const other = await Client.make()
      const card: Card = await (await fetch(`${address}v1/models/tiny`)).json()
      const chunk = chunkRequest(other.seal(card, [['40', '123.45', 'south']]))
      for (const [path, init] of [
        [`keys/${other.fingerprint}`, other.keyRequest()],
        ['models/tiny/scores', chunk],
      ] as const) {
        const response = await fetch(`${address}v1/${path}`, init)
        expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
        expect(await response.json()).toMatchObject({ code: 'server/store-gone', fault: 'stateWiped' })
      }
      await expect(fleet.start()).rejects.toThrow('blindscore state begin')
    })
  })
}
