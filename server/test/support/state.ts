import { describe, expect, test } from 'vitest'
import { type Limits, limitsFor } from '../../limits.ts'
import { anonymous, type Charge, type OpenState, type Paid, type State, type Use } from '../../state/state.ts'

const key = (byte: number) => ({ set: 'paillier-2048', publicKey: new Uint8Array(256).fill(byte) })
const never = new Promise<never>(() => {})

/** What every form of the server's state does, whatever it is kept in. `open` begins with nothing remembered. */
export function describeState(name: string, open: (limits: Limits) => OpenState): void {
  const begin = async (chosen: Partial<Limits>): Promise<State & { readonly dropped: string[] }> => {
    const dropped: string[] = []
    const state = await open(limitsFor([], chosen))((fingerprint) => dropped.push(fingerprint))
    return { ...state, dropped }
  }

  describe(`${name}: keys`, () => {
    test('are held until more than its limit are there; the one unused for longest goes, and that is told', async () => {
      const { keys, dropped, close } = await begin({ keys: 2 })
      expect([await keys.get('a'), keys.size]).toEqual([undefined, 0])
      await keys.put('a', key(1))
      await keys.put('b', key(2))
      expect((await keys.get('a'))?.publicKey).toEqual(key(1).publicKey)
      await keys.put('c', key(3))
      expect([await keys.get('b'), dropped, keys.size]).toEqual([undefined, ['b'], 2])
      expect(await keys.get('a')).toMatchObject({ set: 'paillier-2048' })
      await close()
    })

    test('are held until their bytes are more than the limit, whatever their number', async () => {
      const { keys, dropped, close } = await begin({ keys: 100, keyBytes: 3 * 256 })
      for (const name of ['a', 'b', 'c']) await keys.put(name, key(1))
      await keys.put('a', key(2))
      expect([keys.size, dropped]).toEqual([3, []])
      await keys.put('large', { ...key(3), publicKey: new Uint8Array(600) })
      expect([keys.size, dropped]).toEqual([1, ['b', 'c', 'a']])
      await close()
    })

    test('of who brought many go before those of others, by number and by bytes', async () => {
      for (const limits of [{ keys: 3 }, { keys: 100, keyBytes: 3 * 256 }]) {
        const { keys, dropped, close } = await begin(limits)
        await keys.put('a', key(1), 'who brings one')
        for (const name of ['b', 'c', 'd', 'e']) await keys.put(name, key(2), 'who brings many')
        expect(dropped).toEqual(['b', 'c'])
        // Of equals the one that was unused for longest.
        await keys.put('f', key(3), 'who comes later')
        await keys.put('g', key(3), 'who comes last')
        expect(dropped).toEqual(['b', 'c', 'd', 'a'])
        await close()
      }
    })

    test('put again are held once', async () => {
      const { keys, dropped, close } = await begin({ keys: 2 })
      for (let i = 0; i < 5; i++) await keys.put('a', key(1))
      expect([keys.size, dropped]).toEqual([1, []])
      await close()
    })
  })

  describe(`${name}: digests`, () => {
    test('the first one of a name stays, and later ones learn of it', async () => {
      const { digests, close } = await begin({})
      expect(await digests.get('run')).toBeUndefined()
      expect(await digests.putIfAbsent('run', 'one')).toEqual({ there: 'one', noted: true })
      expect(await digests.putIfAbsent('run', 'two')).toEqual({ there: 'one', noted: false })
      expect(await digests.putIfAbsent('run', 'one')).toEqual({ there: 'one', noted: false })
      expect([await digests.get('run'), await digests.get('other')]).toEqual(['one', undefined])
      await close()
    })

    test('of many at once, one is noted and all learn of the same', async () => {
      const { digests, close } = await begin({})
      const seen = await Promise.all(Array.from({ length: 20 }, (_, i) => digests.putIfAbsent('run', `${i}`)))
      expect(new Set(seen.map(({ there }) => there)).size).toBe(1)
      expect(seen.filter(({ noted }) => noted)).toHaveLength(1)
      await close()
    })

    test('are bounded: the one unused for longest is forgotten', async () => {
      const { digests, close } = await begin({ chunksRemembered: 2 })
      await digests.putIfAbsent('a', '1')
      await digests.putIfAbsent('b', '2')
      await digests.get('a')
      await digests.putIfAbsent('c', '3')
      expect([await digests.get('a'), await digests.get('b')]).toEqual(['1', undefined])
      await close()
    })
  })

  describe(`${name}: budgets`, () => {
    const use: Use = { principal: 'a1', model: 'salary', card: 'c'.repeat(64), records: 2 }

    /** What is asked of a state's budgets, each kind with ten points an hour. */
    const counter = async () => {
      const { budgets, close } = await begin({})
      const most = 10
      const paid: Paid[] = []
      const spend = async (client: string, points: number, own: Partial<Charge> = {}): Promise<number | null> => {
        const spent = await budgets.spend({ budget: 'records', client, points, most, ...own })
        if ('wait' in spent) return spent.wait
        paid.push(spent.paid)
        return null
      }
      const back = (own: Partial<Paid> = {}) => budgets.giveBack({ ...(paid.pop() as Paid), ...own })
      const left = (client: string) => budgets.left('records', client, most)
      return { budgets, close, spend, back, left }
    }

    test('are each client’s own and each kind’s own, to the last point, and then say how long to wait', async () => {
      const { spend, close } = await counter()
      expect(await spend('a', 6)).toBeNull()
      expect(await spend('a', 4)).toBeNull()
      const wait = await spend('a', 1)
      expect(wait).toBeGreaterThan(3_590_000)
      expect(wait).toBeLessThanOrEqual(3_600_000)
      expect(await spend('b', 10)).toBeNull()
      expect(await spend('a', 1, { budget: 'keys', most: 1 })).toBeNull()
      expect(await spend('a', 1, { budget: 'keys', most: 1 })).not.toBeNull()
      await close()
    })

    test('charge nothing for what they refuse, also when many ask at once', async () => {
      const { spend, close } = await counter()
      expect(await spend('a', 11)).not.toBeNull()
      const answers = await Promise.all(Array.from({ length: 30 }, () => spend('a', 3)))
      expect(answers.filter((wait) => wait === null)).toHaveLength(3)
      expect(await spend('a', 1)).toBeNull()
      expect(await spend('a', 1)).not.toBeNull()
      await close()
    })

    test('say what is left, and when all of it is there again', async () => {
      const { spend, back, left, close } = await counter()
      expect(await left('a')).toEqual({ left: 10, fullIn: 0 })
      await spend('a', 4)
      const then = await left('a')
      expect(then.left).toBe(6)
      expect(then.fullIn).toBeGreaterThan(3_590_000)
      expect(await left('b')).toEqual({ left: 10, fullIn: 0 })
      await back()
      expect(await left('a')).toEqual({ left: 10, fullIn: 0 })
      await close()
    })

    test('give back what may be spent again, never more than was spent, and nothing of an hour that is over', async () => {
      const { spend, back, left, close } = await counter()
      await spend('a', 10)
      await spend('b', 5)
      await back({ client: 'nobody' })
      await back({ points: 4 })
      expect(await spend('a', 5)).not.toBeNull()
      expect(await spend('a', 4)).toBeNull()
      await back({ points: 100 })
      expect((await left('a')).left).toBe(10)
      await spend('a', 7)
      await back({ at: Date.now() - 3_600_000 })
      expect((await left('a')).left).toBe(3)
      await close()
    })

    test('charge once what is asked for again under its name, which is each client’s own', async () => {
      const { spend, left, close } = await counter()
      const once = 'chunk'
      expect(await Promise.all(Array.from({ length: 9 }, () => spend('a', 6, { once })))).toEqual(Array(9).fill(null))
      expect((await left('a')).left).toBe(4)
      // Also when nothing is left that it could be charged to.
      await spend('a', 4)
      expect(await spend('a', 6, { once })).toBeNull()
      expect(await spend('a', 1, { once: 'other' })).not.toBeNull()
      expect(await spend('b', 6, { once })).toBeNull()
      expect((await left('b')).left).toBe(4)
      await close()
    })

    test('give back what was charged once when the last who asked for it gives it back', async () => {
      const { spend, back, left, close } = await counter()
      for (let i = 0; i < 3; i++) await spend('a', 6, { once: 'chunk' })
      await back()
      await back()
      expect((await left('a')).left).toBe(4)
      await back()
      expect((await left('a')).left).toBe(10)
      // It is charged anew.
      await spend('a', 6, { once: 'chunk' })
      expect((await left('a')).left).toBe(4)
      await close()
    })

    test('count for ever what was charged and not given back: by who asked, model and card', async () => {
      const { budgets, spend, back, close } = await counter()
      await spend('a', 3, { use })
      await spend('a', 4, { use, once: 'chunk' })
      await spend('a', 4, { use, once: 'chunk' })
      await spend('b', 2, { use: { ...use, principal: anonymous, records: 1 } })
      await spend('a', 9, { use })
      await spend('c', 1, { use })
      await back()
      const used = await budgets.used()
      expect(used).toHaveLength(2)
      expect(used).toContainEqual({ ...use, answers: 2, records: 4, slots: 7 })
      expect(used).toContainEqual({ ...use, principal: anonymous, answers: 1, records: 1, slots: 2 })
      await close()
    })
  })

  describe(`${name}: admission`, () => {
    const busy = { code: 'request/busy' }

    test('bounds what one client has under way, and what all have', async () => {
      const { admission, close } = await begin({ requests: 3, requestsPerClient: 2 })
      for (let i = 0; i < 2; i++) void admission.run('a', () => never)
      await expect(admission.run('a', async () => 1)).rejects.toMatchObject(busy)
      expect(await admission.run('b', async () => 1)).toBe(1)
      void admission.run('b', () => never)
      await expect(admission.run('c', async () => 1)).rejects.toMatchObject(busy)
      await close()
    })

    test('counts as scoring what has begun, and gives its place back when it ends, well or not', async () => {
      const { admission, close } = await begin({ scorings: 1 })
      const begun = admission.run('a', async (start) => {
        start()
        expect(admission.scoring).toBe(1)
        await expect(admission.run('b', async (other) => other())).rejects.toMatchObject(busy)
        throw new Error('ended badly')
      })
      await expect(begun).rejects.toThrow('ended badly')
      expect(admission.scoring).toBe(0)
      expect(await admission.run('b', async (start) => start())).toBeUndefined()
      await close()
    })
  })
}
