import { timingSafeEqual } from 'node:crypto'
import { fromBase64url } from '../../../core/number/base64.ts'
import type { SchemeKey } from '../../compute/tasks.ts'
import type { Limits } from '../../limits.ts'
import { MemoryKeys } from '../memory.ts'
import type { KeyStore } from '../state.ts'
import type { SharedStore } from './store.ts'

/** A keyed digest of what was said of a key that passed its check, which nobody makes without the servers' secret. */
export type MarkKey = (said: string) => Uint8Array

/** For so long a check is believed. */
const believedMs = 7 * 24 * 3_600_000

/**
 * Keys that some process checked, in this one's memory and in the store. What lies in the store is believed by its mark alone: whoever
 * can write there can take keys away, and have none taken for checked that was not.
 */
export class CheckedKeys implements KeyStore {
  readonly #here: MemoryKeys
  readonly #store: SharedStore
  readonly #limits: Pick<Limits, 'keys' | 'keyBytes'>
  readonly #mark: MarkKey
  readonly #now: () => number

  constructor(
    store: SharedStore,
    limits: Pick<Limits, 'keys' | 'keyBytes'>,
    onDrop: (fingerprint: string) => void,
    { mark, now = Date.now }: { readonly mark: MarkKey; readonly now?: (() => number) | undefined },
  ) {
    this.#store = store
    this.#limits = limits
    this.#here = new MemoryKeys(limits.keys, limits.keyBytes, onDrop)
    this.#mark = mark
    this.#now = now
  }

  get size(): number {
    return this.#here.size
  }

  /** Also of a key that is here the store is asked, so that it stays there while it is used. */
  async get(fingerprint: string): Promise<SchemeKey | undefined> {
    const [text] = await this.#store.call('key', fingerprint)
    const here = await this.#here.get(fingerprint)
    if (here !== undefined || text === undefined) return here
    const key = this.#opened(fingerprint, text)
    // Who brought it is not known: it stands for itself.
    if (key) await this.#here.put(fingerprint, key, fingerprint)
    return key
  }

  async put(fingerprint: string, key: SchemeKey, client?: string): Promise<void> {
    const { keys, keyBytes } = this.#limits
    await this.#store.call(
      'keep_key',
      fingerprint,
      this.#sealed(fingerprint, key),
      key.publicKey.length,
      keys,
      keyBytes,
    )
    await this.#here.put(fingerprint, key, client)
  }

  #sealed(fingerprint: string, { set, publicKey }: SchemeKey): string {
    const until = this.#now() + believedMs
    const said = `1 ${set} ${until} ${Buffer.from(publicKey).toString('base64url')}`
    return `${said} ${Buffer.from(this.#mark(`${fingerprint} ${said}`)).toString('base64url')}`
  }

  /** Undefined for what is not believed, as for a key that is not there: it is checked again. */
  #opened(fingerprint: string, text: string): SchemeKey | undefined {
    const cut = text.lastIndexOf(' ')
    const said = text.slice(0, Math.max(0, cut))
    const sent = fromBase64url(text.slice(cut + 1))
    const mark = this.#mark(`${fingerprint} ${said}`)
    if (sent?.length !== mark.length || !timingSafeEqual(sent, mark)) {
      this.#store.damaged('key')
      return undefined
    }
    const [version, set = '', until, publicKey = ''] = said.split(' ')
    if (version !== '1' || Number(until) <= this.#now()) return undefined
    return { set, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), fingerprint }
  }
}
