import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { BlindscoreError } from '../../core/errors.ts'
import { patience } from '../../core/test/patience.ts'
import { limitsFor } from '../limits.ts'
import type { Log } from '../log.ts'
import { secretOf } from '../secret.ts'
import { beginStore, openStore } from '../state/shared/open.ts'
import { stateInStore } from '../state/shared/sharedState.ts'
import type { Charge, State } from '../state/state.ts'
import { startRedis } from './services/redis.ts'
import { describeWith, type Service } from './services/service.ts'
import { begunAnew, optionsFor, secret, stores } from './support/stores.ts'

/** What several processes share, and what becomes of it when the store fails them. */

const use = { principal: 'anonymous', model: 'salary', card: 'c'.repeat(64), records: 2 }
const charge = (points: number, own: Partial<Charge> = {}): Charge => ({
  budget: 'records',
  client: '192.0.2.1',
  points,
  most: 10,
  use,
  ...own,
})
const gone = { code: 'server/store-gone', fault: 'storeGone', seconds: 5 }
const wiped = { code: 'server/store-gone', fault: 'stateWiped', seconds: 5 }
const key = { set: 'paillier-2048', publicKey: new Uint8Array(256).fill(1) }

for (const store of stores) {
  describeWith([store.name])(`state that processes share in ${store.name}`, () => {
    let service: Service
    const opened: State[] = []
    beforeAll(async () => {
      service = await store.start()
    })
    beforeEach(() => begunAnew(store, service.url))
    afterAll(async () => {
      for (const each of opened) await each.close()
      await service.stop()
    })

    /** What another process has. */
    async function process(own: { readonly log?: Log; readonly now?: () => number } = {}): Promise<State> {
      const shared = await openStore({ ...optionsFor(service.url), ...own })
      const namer = { ...secret, ...(own.now && { now: own.now }) }
      const state = await stateInStore(shared, limitsFor([]), namer)(() => {})
      opened.push(state)
      return state
    }

    async function stored(text: string, ...values: string[]): Promise<string[]> {
      if (store.name === 'redis') {
        const client = new Redis(service.url)
        const [name = '', ...args] = text.split(' ')
        const answer = await client.call(name, ...args, ...values).finally(() => client.disconnect())
        return [answer].flat().map(String)
      }
      const client = new Client({ connectionString: service.url })
      await client.connect()
      const { rows } = await client.query(text, values).finally(() => client.end())
      return rows.flatMap((row) => Object.values(row).map(String))
    }
    const inStore = <T>(redis: T, postgres: T): T => (store.name === 'redis' ? redis : postgres)

    test('is one budget of all, to the last point, and a chunk is charged by one of them', async () => {
      const all = await Promise.all([process(), process(), process()])
      const asked = Array.from({ length: 30 }, (_, i) => all[i % 3]?.budgets.spend(charge(3)))
      expect((await Promise.all(asked)).filter((each) => each && 'paid' in each)).toHaveLength(3)
      for (const { budgets } of all) expect((await budgets.left('records', '192.0.2.1', 10)).left).toBe(1)
      const once = { client: '192.0.2.2', once: 'chunk' }
      const again = await Promise.all(Array.from({ length: 9 }, (_, i) => all[i % 3]?.budgets.spend(charge(6, once))))
      expect(again.every((each) => each && 'paid' in each)).toBe(true)
      expect((await all[0].budgets.left('records', '192.0.2.2', 10)).left).toBe(4)
      expect(await all[1].budgets.used()).toEqual([{ ...use, answers: 4, records: 8, slots: 15 }])
    })

    test('is one count of what was answered, exactly to where a model is exhausted', async () => {
      const all = await Promise.all([process(), process()])
      const asked = Array.from({ length: 40 }, (_, i) => all[i % 2]?.ledger.take('a'.repeat(64), 3, 100))
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(33)
      expect(await all[0].ledger.take('a'.repeat(64), 1, 100)).toBe(true)
      expect(await all[1].ledger.take('a'.repeat(64), 1, 100)).toBe(false)
    })

    test('notices in one process the number of a chunk that another answered for other bytes', async () => {
      const [one, other] = [await process(), await process()]
      await one.digests.putIfAbsent('run', 'one')
      expect(await other.digests.putIfAbsent('run', 'two')).toEqual({ there: 'one', noted: false })
    })

    test('has keys that one process checked, for a week', async () => {
      let now = Date.now()
      const [one, other] = [await process(), await process({ now: () => now })]
      await one.keys.put('a', key)
      expect(other.keys.size).toBe(0)
      expect(await other.keys.get('a')).toEqual({ ...key, fingerprint: 'a' })
      expect(other.keys.size).toBe(1)
      now += 7 * 24 * 3_600_000 + 60_000
      expect(await (await process({ now: () => now })).keys.get('a')).toBeUndefined()
    })

    test('takes no key for checked that was written into the store without the servers’ secret', async () => {
      const foreign = secretOf(new Uint8Array(32).fill(8), true)
      const shared = await openStore(optionsFor(service.url))
      const forger = await stateInStore(shared, limitsFor([]), { ...secret, markOfKey: foreign.markOfKey })(() => {})
      opened.push(forger)
      await forger.keys.put('forged', key)
      const [one, other] = [await process(), await process()]
      await one.keys.put('true', key)
      // What is true of one fingerprint is not of another, nor of another set, nor for longer.
      const [text = ''] = await shared.call('key', 'true')
      const words = text.split(' ')
      const kept = (name: string, said: string) => shared.call('keep_key', name, said, 256, 100, 1e6)
      await kept('moved', text)
      await kept('set', [words[0], 'paillier-3072', ...words.slice(2)].join(' '))
      await kept('later', [...words.slice(0, 2), '9999999999999', ...words.slice(3)].join(' '))
      await kept('bare', words.slice(0, 4).join(' '))
      await kept('empty', '')
      for (const name of ['forged', 'moved', 'set', 'later', 'bare', 'empty'])
        expect([name, await other.keys.get(name)]).toEqual([name, undefined])
      expect(await other.keys.get('true')).toBeDefined()
    })

    test('holds no address of a client', async () => {
      const { budgets } = await process()
      await budgets.spend(charge(3, { once: 'chunk' }))
      const names = await stored(
        inStore('KEYS *', 'SELECT client AS name FROM blindscore.hours UNION SELECT name FROM blindscore.held'),
      )
      expect(names.length).toBeGreaterThan(1)
      expect(names.join()).not.toContain('192.0.2.1')
    })

    test('does not tell by whom and of which model something was used, and counts it with what is told of before', async () => {
      const { budgets } = await process()
      const own = { ...use, principal: 'CN=Planted' }
      await budgets.spend(charge(3, { use: own }))
      const names = () => stored(inStore('HKEYS {blindscore}:used', 'SELECT name FROM blindscore.used'))
      expect(await names()).toEqual([expect.stringMatching(/^\["[\w-]{100,}","",""\]$/)])
      // An earlier version's names are in the clear.
      const shared = await openStore(optionsFor(service.url))
      const clear = JSON.stringify([own.principal, own.model, own.card])
      await shared.call('spend', 'records', 'c', 0, 0, 0, 4, '', clear, 2, 0, 0, 0, 0, 10, 100)
      await shared.close()
      expect(await names()).toHaveLength(2)
      expect(await budgets.used()).toEqual([{ ...own, answers: 2, records: 4, slots: 7 }])
    })

    test('refuses everything once it was wiped, also after it was begun anew, until the processes are', async () => {
      const before = await process()
      await before.budgets.spend(charge(10))
      await store.wipe(service.url)
      const asks = (state: State) => [
        () => state.budgets.spend(charge(1)),
        () => state.budgets.left('records', '192.0.2.1', 10),
        () => state.budgets.used(),
        () => state.keys.get('a'),
        () => state.keys.put('a', key),
        () => state.digests.get('a'),
        () => state.digests.putIfAbsent('a', 'b'),
        () => state.ledger.take('a', 1, 10),
      ]
      for (const ask of asks(before)) await expect(ask()).rejects.toMatchObject(wiped)
      // A process that starts now is not a first one.
      await expect(process()).rejects.toMatchObject({ code: 'server/store-gone', fault: 'stateNotBegun' })
      expect(await beginStore(optionsFor(service.url))).toBe(true)
      for (const ask of asks(before)) await expect(ask()).rejects.toMatchObject(wiped)
      expect(await (await process()).budgets.spend(charge(1))).toHaveProperty('paid')
    })

    test('is begun once, and keeps what is in it when that is asked for again', async () => {
      const { budgets } = await process()
      await budgets.spend(charge(10))
      expect(await beginStore(optionsFor(service.url))).toBe(false)
      expect(await budgets.spend(charge(1))).toHaveProperty('wait')
    })

    test('is not shared with servers of another secret, for whom every client had another name', async () => {
      const other = { ...optionsFor(service.url), secretName: secretOf(new Uint8Array(32), true).nameOfStore }
      const refused = { code: 'server/store-gone', fault: 'stateOfOtherSecret' }
      await expect(openStore(other)).rejects.toMatchObject(refused)
      await expect(beginStore(other)).rejects.toMatchObject(refused)
    })

    test('answers nothing while it is gone, then goes on with what was spent; the log says so once each', async () => {
      const said: [object, string][] = []
      const note = (facts: object, message: string) => void said.push([facts, message])
      const { budgets } = await process({ log: { ...optionsFor('').log, info: note, error: note } })
      await budgets.spend(charge(4, { once: 'chunk' }))
      await service.kill()
      for (let i = 0; i < 2; i++) await expect(budgets.spend(charge(4))).rejects.toMatchObject(gone)
      await service.restart()
      const paid = await vi.waitFor(() => budgets.spend(charge(4, { once: 'chunk' })), { timeout: patience })
      expect(paid).toHaveProperty('paid')
      expect((await budgets.left('records', '192.0.2.1', 10)).left).toBe(6)
      expect(new Set(said.map(([, message]) => message))).toEqual(
        new Set(['the shared state does not answer', 'the shared state answers again']),
      )
      expect(JSON.stringify(said)).not.toContain(`${service.port}`)
    })

    test('is said to be unreachable by its place alone: never by who asks, or by what proves it', async () => {
      const url = service.url.replace(/\/\/.*@|\/\//, '//somebody:pass-word@').replace(`:${service.port}`, ':1')
      const thrown = await openStore(optionsFor(url)).catch((each: BlindscoreError) => each)
      expect(thrown).toBeInstanceOf(BlindscoreError)
      expect(thrown).toMatchObject({ code: 'server/store-gone', fault: 'stateUnreachable' })
      expect(JSON.stringify([thrown, (thrown as BlindscoreError).message])).not.toMatch(/somebody|pass-word/)
    })
  })
}

describeWith(['redis'])('a Redis that would forget', () => {
  test.each([
    ['appendonly', 'no', 'stateNotWritten'],
    ['maxmemory-policy', 'allkeys-lru', 'stateEvicted'],
  ])('with %s %s is neither begun nor opened', async (name, value, fault) => {
    const service = await startRedis({ [name]: value })
    const refused = { code: 'server/store-gone', fault }
    await expect(beginStore(optionsFor(service.url))).rejects.toMatchObject(refused)
    await expect(openStore(optionsFor(service.url))).rejects.toMatchObject(refused)
    await service.stop()
  })
})
