import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Limits } from '../limits.ts'
import { ProcessAdmission } from './admission.ts'
import { LruMap } from './lru.ts'
import type { Budget, BudgetStore, DigestStore, HeldKey, KeyStore, OpenState } from './state.ts'

/** The state of one process, in its memory: nothing that another process could not rebuild. */
export function stateInMemory(limits: Limits): OpenState {
  return async (onDropKey) => ({
    keys: new MemoryKeys(limits.keys, limits.keyBytes, onDropKey),
    digests: new MemoryDigests(limits.chunksRemembered),
    budgets: new MemoryBudgets(limits),
    admission: new ProcessAdmission(limits),
    close: async () => {},
  })
}

class MemoryKeys implements KeyStore {
  readonly #held: LruMap<string, HeldKey>

  constructor(capacity: number, bytes: number, onDrop: (fingerprint: string) => void) {
    this.#held = new LruMap(capacity, onDrop, { most: bytes, of: ({ publicKey }) => publicKey.length })
  }

  get size(): number {
    return this.#held.size
  }

  async get(fingerprint: string): Promise<HeldKey | undefined> {
    return this.#held.get(fingerprint)
  }

  async put(fingerprint: string, key: HeldKey): Promise<void> {
    this.#held.set(fingerprint, key)
  }
}

class MemoryDigests implements DigestStore {
  readonly #digests: LruMap<string, string>

  constructor(capacity: number) {
    this.#digests = new LruMap(capacity)
  }

  async get(name: string): Promise<string | undefined> {
    return this.#digests.get(name)
  }

  async putIfAbsent(name: string, digest: string): Promise<{ there: string; noted: boolean }> {
    const known = this.#digests.get(name)
    if (known === undefined) this.#digests.set(name, digest)
    return { there: known ?? digest, noted: known === undefined }
  }
}

class MemoryBudgets implements BudgetStore {
  readonly #limiters: Readonly<Record<Budget, RateLimiterMemory>>

  constructor({ recordsPerHour, keysPerHour, keyBytesPerHour }: Limits) {
    const limiter = (budget: Budget, points: number) =>
      new RateLimiterMemory({ points, duration: 3600, keyPrefix: budget })
    this.#limiters = {
      records: limiter('records', recordsPerHour),
      keys: limiter('keys', keysPerHour),
      keyBytes: limiter('keyBytes', keyBytesPerHour),
    }
  }

  async spend(budget: Budget, client: string, points: number): Promise<number | null> {
    const limiter = this.#limiters[budget]
    const now = await limiter.get(client)
    if ((now?.consumedPoints ?? 0) + points > limiter.points) return now?.msBeforeNext ?? 3_600_000
    try {
      await limiter.consume(client, points)
      return null
    } catch (thrown) {
      // Others spent the rest meanwhile; the limiter counts what it refuses, which is given back.
      if (!(thrown instanceof RateLimiterRes)) throw thrown
      await limiter.reward(client, points)
      return thrown.msBeforeNext
    }
  }

  async giveBack(budget: Budget, client: string, points: number): Promise<void> {
    const limiter = this.#limiters[budget]
    // Never below nothing: the hour that was charged may be over, and another begun.
    const spent = Math.min(points, (await limiter.get(client))?.consumedPoints ?? 0)
    if (spent > 0) await limiter.reward(client, spent)
  }
}
