import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { asBlindscoreError } from '../../core/errors.ts'
import type { SchemeKey } from '../compute/tasks.ts'
import { limitsFor } from '../limits.ts'
import type { Log } from '../log.ts'
import { openStore } from '../state/shared/open.ts'
import { stateInStore } from '../state/shared/sharedState.ts'
import type { Charge, Paid, State } from '../state/state.ts'
import { describeWith, type Service } from './services/service.ts'
import { type StoredValue, type Values, valuesIn } from './support/storedValues.ts'
import { begunAnew, optionsFor, secret, stores } from './support/stores.ts'

/** What processes share is altered where it lies, taken away, or put back to what it had been: it is found, and nobody gains by it. */

const slow = process.env.SLOW !== undefined
const client = '192.0.2.1'
const use = { principal: 'a1', model: 'salary', card: 'c'.repeat(64), records: 2 }
const most = 10
const charge = (points: number, own: Partial<Charge> = {}): Charge => ({
  ...{ budget: 'records', client, points, most },
  ...own,
})
const weights = 'a'.repeat(64)
const key = { set: 'paillier-2048', publicKey: new Uint8Array(256).fill(1) }
const fingerprint = 'f'.repeat(64)
const isSame = (found: SchemeKey | undefined, { set, publicKey }: Omit<SchemeKey, 'fingerprint'>): boolean =>
  found?.set === set && Buffer.compare(found.publicKey, publicKey) === 0
const damaged = { code: 'server/store-gone', fault: 'stateDamaged', seconds: 5 }

/** A process that saw the store before, and one that began later, was refused, or is none. */
interface Askers {
  readonly lived: State
  readonly fresh: State | Error | null
}

/** What bounds nothing: what it says is in which order things are forgotten, and how large they are. */
const boundsNothing = /uses$|:order$|keys:bytes|\.used$|\.bytes$/
/** What is forgotten where its name is another one: then a chunk is charged again, or a key checked again. */
const isForgotten = /held|digests|keys/

for (const store of stores) {
  describeWith([store.name])(`what lies in ${store.name}`, () => {
    let service: Service
    let values: Values
    const opened: State[] = []
    const said: object[] = []
    beforeAll(async () => {
      service = await store.start()
      values = valuesIn[store.name](service.url)
    })
    beforeEach(() => begunAnew(store, service.url))
    afterAll(async () => {
      await Promise.all(opened.map((each) => each.close()))
      await values?.close()
      await service?.stop()
    })

    /** What another process has. */
    async function process(): Promise<State> {
      const log: Log = { info: () => {}, warn: () => {}, error: (facts) => void said.push(facts) }
      const shared = await openStore({ ...optionsFor(service.url), log })
      const state = await stateInStore(shared, limitsFor([]), secret)(() => {})
      opened.push(state)
      return state
    }

    /** Six of ten points are left of an hour, and five of ten answers. */
    async function begun(): Promise<State> {
      await begunAnew(store, service.url)
      const state = await process()
      await state.budgets.spend(charge(4, { once: 'chunk', use }))
      await state.keys.put(fingerprint, key)
      await state.digests.putIfAbsent('run', 'one')
      expect(await state.ledger.take(weights, 5, 10)).toBe(true)
      return state
    }

    /** What somebody gets who asks for more than is left, and more than once. */
    async function asked({ budgets, ledger, keys, digests }: State) {
      const asks = {
        spent: async () => 'paid' in (await budgets.spend(charge(7))),
        taken: () => ledger.take(weights, 6, 10),
        key: async () => isSame(await keys.get(fingerprint), key),
        digest: () => digests.get('run'),
        again: async () => 'paid' in (await budgets.spend(charge(4, { once: 'chunk', use }))),
        left: async () => (await budgets.left('records', client, most)).left,
        used: () => budgets.used(),
      } as const
      const outcomes: Record<string, unknown[]> = {}
      for (let i = 0; i < 2; i++)
        for (const [name, ask] of Object.entries(asks)) {
          outcomes[name] ??= []
          outcomes[name].push(await ask().catch((thrown: unknown) => asBlindscoreError(thrown).code))
        }
      return outcomes
    }

    const untouched = {
      ...{ spent: [false, false], taken: [false, false], key: [true, true], digest: ['one', 'one'] },
      ...{ again: [true, true], left: [6, 6], used: Array(2).fill([{ ...use, answers: 1, slots: 4 }]) },
    }

    /** One bit of a value is another one: of the store's processes one saw it before, and one did not. */
    async function expectFound(value: StoredValue, bit: number, { lived, fresh }: Askers): Promise<void> {
      const place = `${value.place}, ${value.kind}, bit ${bit}`
      const isRefused = fresh instanceof Error
      // One that begins with another name has nothing to tell.
      const askers = isRefused || fresh === null || /epoch(?:\.name)?$/.test(value.place) ? [lived] : [fresh, lived]
      for (const state of askers) {
        const outcomes = await asked(state)
        expect([place, outcomes.spent?.includes(true), outcomes.taken?.includes(true)]).toEqual([place, false, false])
        const codes = Object.values(outcomes)
          .flat()
          .filter((each) => typeof each === 'string' && each.includes('/'))
        expect([place, codes.filter((code) => code !== 'server/store-gone')]).toEqual([place, []])
        for (const each of outcomes.digest ?? []) expect([undefined, 'one', 'server/store-gone']).toContain(each)
        const isTold = isRefused || said.length > 0 || codes.length > 0
        const mayDiffer = isTold || (value.kind === 'name' && isForgotten.test(value.place))
        if (!mayDiffer) expect([place, outcomes]).toEqual([place, untouched])
        if (value.kind === 'value' && !boundsNothing.test(value.place)) expect([place, isTold]).toEqual([place, true])
      }
    }

    test('is as it was written where nobody altered it', async () => {
      const state = await begun()
      expect(await asked(state)).toEqual(untouched)
      expect(await asked(await process())).toEqual(untouched)
    })

    test('gives nobody more than he has by a flipped bit, wherever it is: it is found and named, and nothing breaks', {
      timeout: slow ? 1_200_000 : 120_000,
    }, async () => {
      await begun()
      const all = await values.all()
      expect(all.length).toBeGreaterThan(20)
      for (const [i, { bits }] of all.entries()) {
        // A few of the bits, others of each value; SLOW=1 flips each.
        const step = slow ? 1 : Math.max(1, Math.ceil(bits / 2))
        for (let bit = slow ? 0 : (5 * i) % step; bit < bits; bit += step) {
          const lived = await begun()
          const value = (await values.all())[i] ?? expect.fail()
          said.length = 0
          await value.flip(bit)
          const fresh = value.kind === 'value' ? await process().catch(asBlindscoreError) : null
          if (fresh instanceof Error) expect(fresh.code).toBe('server/store-gone')
          await expectFound(value, bit, { lived, fresh })
          for (const each of opened.splice(0)) await each.close()
        }
      }
    })

    test('that was put back to what it had been is found by a process that saw it later, which knows what it was', async () => {
      const state = await begun()
      const other = await process()
      const putBack = await values.copy()
      await state.budgets.spend(charge(5, { once: 'more' }))
      await state.ledger.take(weights, 4, 10)
      await putBack()
      await expect(state.budgets.left('records', client, most)).rejects.toMatchObject(damaged)
      expect((await state.budgets.left('records', client, most)).left).toBe(1)
      expect((await other.budgets.left('records', client, most)).left).toBe(1)
      await expect(state.ledger.take(weights, 1, 10)).rejects.toMatchObject(damaged)
      expect([await state.ledger.take(weights, 2, 10), await other.ledger.take(weights, 1, 10)]).toEqual([false, true])
    })

    test('that counts for ever and was put back or taken away is found by who saw it later, and is that again', async () => {
      const state = await begun()
      const other = await process()
      const putBack = await values.copy()
      await state.budgets.spend(charge(1, { once: 'more', use }))
      await state.budgets.spend(charge(2, { budget: 'keys', use }))
      const all = [{ ...use, answers: 3, records: 6, slots: 7 }]
      const harms = [putBack, () => values.clear(), putBack]
      for (const [i, harm] of harms.entries()) {
        await harm()
        said.length = 0
        await expect(state.budgets.used()).rejects.toMatchObject(damaged)
        await expect(state.budgets.left('records', client, most)).rejects.toMatchObject(damaged)
        await expect(state.budgets.spend(charge(1, { client: `other ${i}`, use }))).rejects.toMatchObject(damaged)
        expect(said).toMatchObject([{ what: 'used' }, { what: 'hour' }, { what: 'used' }])
        expect([await state.budgets.used(), await other.budgets.used()]).toEqual([all, all])
      }
      // What is given back is written as well: what it was before is no later state.
      const { paid } = (await state.budgets.spend(charge(1, { client: 'another', use }))) as { paid: Paid }
      const putBackAgain = await values.copy()
      await state.budgets.giveBack(paid)
      expect(await state.budgets.used()).toEqual(all)
      await putBackAgain()
      await expect(state.budgets.used()).rejects.toMatchObject(damaged)
    })

    test('that was taken away, but for the store’s name, is found by a process that saw it', async () => {
      const state = await begun()
      await state.budgets.spend(charge(5, { once: 'more' }))
      await values.clear()
      await expect(state.budgets.spend(charge(2))).rejects.toMatchObject(damaged)
      expect(await state.budgets.spend(charge(2))).toHaveProperty('wait')
      await expect(state.ledger.take(weights, 6, 10)).rejects.toMatchObject(damaged)
      expect(await state.ledger.take(weights, 6, 10)).toBe(false)
    })
  })
}
