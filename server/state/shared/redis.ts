import { createHash } from 'node:crypto'
import { Redis } from 'ioredis'
import { errorOf } from '../../faults.ts'
import type { RetryLater } from '../../http/problem.ts'
import { redisForgets } from '../../redisForgets.ts'
import { checkedEpoch, newEpoch } from './epoch.ts'
import { Gone, placeOf, unreachable } from './gone.ts'
import { scriptOf } from './redisScripts.ts'
import type { Procedure, SharedStore, StoreKind, StoreOptions } from './store.ts'

/** What all names in Redis begin with: in a cluster they lie in one slot. */
const prefix = '{blindscore}:'
const usualTimeoutMs = 5000

/** A connection that never keeps or repeats what it could not send: whoever asks is told, and asks again under the same name. */
function clientOf({ url, timeoutMs = usualTimeoutMs }: StoreOptions): Redis {
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    retryStrategy: (times) => Math.min(1000, 50 * times),
  })
  // Each command is told of it; without this the process would end.
  client.on('error', () => {})
  return client
}

/** Redis 6.2 or later, or Valkey, that writes down what it is told and refuses what it has no room for. */
export const redis: StoreKind = {
  async open(options) {
    return connected(options, async (client) => {
      const epoch = checkedEpoch(await client.get(`${prefix}epoch`), options.secretName, placeOf(options.url))
      return new RedisStore(client, epoch, new Gone(options.log))
    })
  },
  async begin(options) {
    const { url, secretName } = options
    return connected(options, async (client) => {
      const begun = await client.set(`${prefix}epoch`, newEpoch(secretName), 'NX')
      if (begun === null) checkedEpoch(await client.get(`${prefix}epoch`), secretName, placeOf(url))
      client.disconnect()
      return begun !== null
    })
  },
}

const forgotten = { unwritten: 'stateNotWritten', evicted: 'stateEvicted' } as const

async function connected<T>(options: StoreOptions, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = clientOf(options)
  try {
    const forgets = await client
      .connect()
      .then(() => redisForgets(client))
      .catch(() => {
        throw unreachable(options.url)
      })
    if (forgets !== null) throw errorOf('server/store-gone', forgotten[forgets], { at: placeOf(options.url) })
    return await work(client)
  } catch (thrown) {
    client.disconnect()
    throw thrown
  }
}

class RedisStore implements SharedStore {
  readonly #client: Redis
  readonly #epoch: string
  readonly #gone: Gone
  #lost = ''

  constructor(client: Redis, epoch: string, gone: Gone) {
    this.#client = client
    this.#epoch = epoch
    this.#gone = gone
    // What is refused because there is no connection does not say why there is none.
    client.on('error', ({ code }: NodeJS.ErrnoException) => {
      this.#lost = code ?? ''
    })
  }

  async call(name: Procedure, ...args: readonly (string | number)[]): Promise<never> {
    const result = await this.#asked(name, args)
    this.#gone.answered(result)
    return result as never
  }

  async #asked(name: Procedure, args: readonly (string | number)[]): Promise<readonly unknown[]> {
    try {
      return (await this.#run(scripts[name], [prefix, this.#epoch, ...args])) as unknown[]
    } catch (thrown) {
      const { code, message } = thrown as NodeJS.ErrnoException
      const said = message.split(' ')[0] ?? ''
      const reason = code ?? (this.#client.status === 'ready' ? said : this.#lost)
      throw this.#gone.error(reason, said === 'WIPED')
    }
  }

  /** By its digest; whole where Redis does not have it yet, or any more. */
  async #run({ text, digest }: Script, words: readonly (string | number)[]): Promise<unknown> {
    try {
      return await this.#client.evalsha(digest, 1, ...words)
    } catch (thrown) {
      if (!(thrown as Error).message.startsWith('NOSCRIPT')) throw thrown
      return await this.#client.call('EVAL', text, 1, ...words)
    }
  }

  damaged(what: string): RetryLater {
    return this.#gone.damaged(what)
  }

  async close(): Promise<void> {
    this.#client.disconnect()
  }
}

interface Script {
  readonly text: string
  readonly digest: string
}

function scriptNamed(name: Procedure): Script {
  const text = scriptOf(name)
  return { text, digest: createHash('sha1').update(text).digest('hex') }
}

const scripts: Readonly<Record<Procedure, Script>> = {
  spend: scriptNamed('spend'),
  give_back: scriptNamed('give_back'),
  spent: scriptNamed('spent'),
  used: scriptNamed('used'),
  take: scriptNamed('take'),
  lift: scriptNamed('lift'),
  digest: scriptNamed('digest'),
  note: scriptNamed('note'),
  key: scriptNamed('key'),
  keep_key: scriptNamed('keep_key'),
}
