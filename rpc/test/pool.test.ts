import { describe, expect, it } from 'vitest'
import { BlindscoreError } from '../../core/errors.ts'
import { errorOf } from '../../reader/test/files.ts'
import { Pool } from '../pool.ts'
import type { RpcHost } from '../rpcHost.ts'

interface Api {
  work(): Promise<string>
}

/** A host to a worker that is told what to answer, or to die. */
class Hand implements RpcHost<Api> {
  readonly ended: Promise<void>
  over = false
  calls = 0
  #settleEnded: () => void = () => {}
  readonly #pending = new Set<(error: BlindscoreError) => void>()

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#settleEnded = resolve
    })
  }

  call<T>(use: Parameters<RpcHost<Api>['call']>[0]): Promise<T> {
    const died = new BlindscoreError('platform/worker-died', '')
    if (this.over) return Promise.reject(died)
    this.calls += 1
    return new Promise((resolve, reject) => {
      this.#pending.add(() => reject(died))
      Promise.resolve(use(undefined as never, undefined as never)).then(resolve as never, reject)
    })
  }

  end(): void {
    this.over = true
    for (const reject of this.#pending) reject(new BlindscoreError('platform/worker-died', ''))
    this.#settleEnded()
  }
}

function poolOf(size: number) {
  const hands: Hand[] = []
  const pool = new Pool<Api>(size, () => {
    const hand = new Hand()
    hands.push(hand)
    return hand
  })
  return { pool, hands }
}

const forever = () => new Promise<never>(() => {})
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a pool', () => {
  it('gives each worker one call at a time', async () => {
    const { pool } = poolOf(2)
    let under = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++under)
      await settled()
      under -= 1
      return 'done'
    }
    expect(await Promise.all(Array.from({ length: 9 }, () => pool.run(work)))).toEqual(Array(9).fill('done'))
    expect(most).toBe(2)
  })

  it('makes a call again on a new worker when its own dies', async () => {
    const { pool, hands } = poolOf(1)
    let tries = 0
    const call = pool.run(() => (++tries < 3 ? forever() : Promise.resolve('third time')))
    await settled()
    hands[0]?.end()
    await settled()
    hands[1]?.end()
    expect(await call).toBe('third time')
    expect([tries, hands.length]).toEqual([3, 3])
  })

  it('gives up after three tries, and goes on with other calls', async () => {
    const { pool, hands } = poolOf(1)
    const call = errorOf(pool.run(forever))
    for (let i = 0; i < 3; i++) {
      await settled()
      hands.at(-1)?.end()
    }
    expect((await call).code).toBe('platform/worker-died')
    expect(await pool.run(async () => 'fine')).toBe('fine')
  })

  it('does not repeat a call that failed by itself', async () => {
    const { pool } = poolOf(1)
    let tries = 0
    const call = pool.run(async () => {
      tries += 1
      throw new BlindscoreError('result/integrity', '')
    })
    expect((await errorOf(call)).code).toBe('result/integrity')
    expect(tries).toBe(1)
  })

  it('stops starting workers that do nothing but end, and its calls settle', async () => {
    let started = 0
    const pool = new Pool<Api>(2, () => {
      started += 1
      const hand = new Hand()
      hand.end()
      return hand
    })
    const early = errorOf(pool.run(forever))
    for (let i = 0; i < 50; i++) await settled()
    expect(started).toBeLessThan(20)
    expect((await early).code).toBe('platform/worker-died')
    expect((await errorOf(pool.run(forever))).code).toBe('platform/worker-died')
  })

  it('starts workers again when it is told that it is worth another try', async () => {
    let good = false
    const pool = new Pool<Api>(2, () => {
      const hand = new Hand()
      if (!good) hand.end()
      return hand
    })
    for (let i = 0; i < 50; i++) await settled()
    expect((await errorOf(pool.run(async () => 'never'))).code).toBe('platform/worker-died')
    good = true
    pool.revive()
    expect(await pool.run(async () => 'fine')).toBe('fine')
    pool.revive()
    expect(await Promise.all([pool.run(async () => 'both'), pool.run(async () => 'work')])).toEqual(['both', 'work'])
  })

  it('has every worker replaced, and calls under way made again, when it is renewed', async () => {
    const { pool, hands } = poolOf(2)
    let tries = 0
    const call = pool.run(() => (++tries === 1 ? forever() : Promise.resolve('again')))
    await settled()
    pool.renew()
    expect(await call).toBe('again')
    expect(hands.map(({ over }) => over)).toEqual([true, true, false, false])
  })

  it('lets go of who waits in line when the signal aborts, and of who comes with an aborted one', async () => {
    const { pool, hands } = poolOf(1)
    const controller = new AbortController()
    const busy = errorOf(pool.run(forever, controller.signal))
    const waiting = errorOf(pool.run(async () => 'never', controller.signal))
    await settled()
    controller.abort()
    expect((await busy).code).toBe('run/cancelled')
    expect((await waiting).code).toBe('run/cancelled')
    expect((await errorOf(pool.run(async () => 'never', controller.signal))).code).toBe('run/cancelled')
    expect(hands[0]?.calls).toBe(1)
  })

  it('ends every worker and every call', async () => {
    const { pool, hands } = poolOf(2)
    const calls = [1, 2, 3].map(() => errorOf(pool.run(forever)))
    await settled()
    pool.end()
    for (const error of await Promise.all(calls)) expect(error.code).toBe('platform/worker-died')
    expect(hands.every(({ over }) => over)).toBe(true)
    expect(hands).toHaveLength(2)
  })
})
