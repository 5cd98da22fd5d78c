import { isIPv6 } from 'node:net'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { errorOf } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import type { Limits } from '../limits.ts'

/** Who may ask for work now: bounds on what is under way, and budgets by the hour. Per process. */
export class Admission {
  readonly #limits: Limits
  readonly #records: RateLimiterMemory
  readonly #keys: RateLimiterMemory
  readonly #ofClient = new Map<string, number>()
  #requests = 0
  #scoring = 0

  constructor(limits: Limits) {
    this.#limits = limits
    this.#records = new RateLimiterMemory({ points: limits.recordsPerHour, duration: 3600, keyPrefix: 'records' })
    this.#keys = new RateLimiterMemory({ points: limits.keysPerHour, duration: 3600, keyPrefix: 'keys' })
  }

  /** Score requests that are waiting or computed. */
  get scoring(): number {
    return this.#scoring
  }

  /**
   * Runs the handling of one score request, which calls `begin` once its body is there. Throws `request/busy` when
   * too many are under way: slow bodies take places of their client and of the readers, never those of the scorings.
   */
  async run<T>(client: string, handle: (begin: () => void) => Promise<T>): Promise<T> {
    const own = this.#ofClient.get(client) ?? 0
    if (own >= this.#limits.requestsPerClient || this.#requests >= this.#limits.requests) busy()
    let begun = false
    this.#requests++
    this.#ofClient.set(client, own + 1)
    try {
      return await handle(() => {
        if (this.#scoring >= this.#limits.scorings) busy()
        this.#scoring++
        begun = true
      })
    } finally {
      if (begun) this.#scoring--
      this.#requests--
      const left = (this.#ofClient.get(client) ?? 1) - 1
      if (left === 0) this.#ofClient.delete(client)
      else this.#ofClient.set(client, left)
    }
  }

  /** Charges records to the client's hour. Throws `request/budget`; what was refused is not charged. */
  spendRecords(client: string, records: number): Promise<void> {
    return spend(this.#records, client, records, 'records')
  }

  /** Charges one new key to the client's hour. Throws `request/budget`. */
  spendKey(client: string): Promise<void> {
    return spend(this.#keys, client, 1, 'keys')
  }
}

function busy(): never {
  throw new RetryLater(errorOf('request/busy', 'busy'), 1)
}

async function spend(
  limiter: RateLimiterMemory,
  client: string,
  points: number,
  what: 'records' | 'keys',
): Promise<void> {
  const now = await limiter.get(client)
  const refuse = (msBeforeNext: number): never => {
    const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000))
    throw new RetryLater(errorOf('request/budget', 'budget', { points: limiter.points, what }), seconds)
  }
  if ((now?.consumedPoints ?? 0) + points > limiter.points) refuse(now?.msBeforeNext ?? 3_600_000)
  try {
    await limiter.consume(client, points)
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) refuse(thrown.msBeforeNext)
    throw thrown
  }
}

/**
 * The name under which a client is counted: the socket's address or, behind a proxy that the operator trusts, the
 * address that this proxy added last. An IPv6 client counts as its /64, since it owns all of that.
 */
export function clientOf(address: string | undefined, forwardedFor: string | undefined, trustProxy: boolean): string {
  const forwarded = trustProxy ? forwardedFor?.split(',').at(-1)?.trim() : undefined
  const client = (forwarded || address || 'unknown').toLowerCase().slice(0, 64)
  const mapped = /^::ffff:([0-9.]+)$/.exec(client)
  if (mapped?.[1] !== undefined) return mapped[1]
  return isIPv6(client) ? network64(client) : client
}

/** The first four groups of an IPv6 address, written out. */
function network64(address: string): string {
  const [before = '', after] = (address.split('%')[0] ?? '').split('::')
  const left = before.split(':').filter(Boolean)
  const right = after?.split(':').filter(Boolean) ?? []
  const zeros = after === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  const groups = [...left, ...zeros, ...right].slice(0, 4)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
