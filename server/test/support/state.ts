import { describe, expect, test } from 'vitest'
import { parameterSet } from '../../../core/protocol/schemes.ts'
import { type Limits, limitsFor } from '../../limits.ts'
import type { OpenState, State } from '../../state/state.ts'

const set = parameterSet('paillier-2048')
const key = (byte: number) => ({ scheme: set.scheme, set, publicKey: new Uint8Array(256).fill(byte) })
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
      expect(await keys.get('a')).toMatchObject({ scheme: 'paillier', set: { id: set.id, bits: 2048 } })
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
    test('are each client’s own and each kind’s own, to the last point, and then say how long to wait', async () => {
      const { budgets, close } = await begin({ recordsPerHour: 10, keysPerHour: 1 })
      expect(await budgets.spend('records', 'a', 6)).toBeNull()
      expect(await budgets.spend('records', 'a', 4)).toBeNull()
      const wait = await budgets.spend('records', 'a', 1)
      expect(wait).toBeGreaterThan(3_590_000)
      expect(wait).toBeLessThanOrEqual(3_600_000)
      expect(await budgets.spend('records', 'b', 10)).toBeNull()
      expect(await budgets.spend('keys', 'a', 1)).toBeNull()
      expect(await budgets.spend('keys', 'a', 1)).not.toBeNull()
      await close()
    })

    test('charge nothing for what they refuse, also when many ask at once', async () => {
      const { budgets, close } = await begin({ recordsPerHour: 10 })
      expect(await budgets.spend('records', 'a', 11)).not.toBeNull()
      const answers = await Promise.all(Array.from({ length: 30 }, () => budgets.spend('records', 'a', 3)))
      expect(answers.filter((wait) => wait === null)).toHaveLength(3)
      expect(await budgets.spend('records', 'a', 1)).toBeNull()
      expect(await budgets.spend('records', 'a', 1)).not.toBeNull()
      await close()
    })
  })

  describe(`${name}: what is given back`, () => {
    test('may be spent again, and is never more than was spent', async () => {
      const { budgets, close } = await begin({ recordsPerHour: 10 })
      await budgets.giveBack('records', 'a', 5)
      expect(await budgets.spend('records', 'a', 11)).not.toBeNull()
      expect(await budgets.spend('records', 'a', 10)).toBeNull()
      await budgets.giveBack('records', 'a', 4)
      expect(await budgets.spend('records', 'a', 5)).not.toBeNull()
      expect(await budgets.spend('records', 'a', 4)).toBeNull()
      await budgets.giveBack('records', 'a', 100)
      expect(await budgets.spend('records', 'a', 11)).not.toBeNull()
      expect(await budgets.spend('records', 'a', 10)).toBeNull()
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
