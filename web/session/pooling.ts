import { createStore, type StoreApi } from 'zustand/vanilla'
import { outcomeOf } from '../../core/errors.ts'
import type { RpcHost } from '../../rpc/rpcHost.ts'
import { errorOf } from '../../study/faults.ts'
import type { LookedAt } from '../../validation/readPairs.ts'
import type { Begun, Ready } from '../pool/participation.ts'
import type { Answer, Ask, PooledHere, RosterAsked } from '../pool/turns.ts'
import type { Kept, PoolApi } from '../pool/worker-pool.ts'
import type { InvitedTo, PoolPlace } from './poolPlace.ts'

/** Who is waited for. */
export interface Waiting {
  /** 0 until sums are opened, and what is opened. */
  readonly round: number
  readonly what: string | null
  /** Milliseconds since 1970. */
  readonly since: number
  /** Owners that have not spoken yet, by seat from 0, with the name that they gave where it is known. */
  readonly missing: readonly { readonly seat: number; readonly name: string | null }[]
}

export interface PoolingState {
  /**
   * `checking` the own rows; `ready` to take part; `gathering` until all owners are there; `roster`: the person compares the code
   * and consents; `pooling` in rounds; `done` with the sums of all; `over` by an error.
   */
  readonly status: 'checking' | 'ready' | 'gathering' | 'roster' | 'pooling' | 'done' | 'over'
  readonly ready: Ready | null
  /** Who takes part, once all are there. */
  readonly roster: RosterAsked | null
  readonly waiting: Waiting | null
  readonly pooled: PooledHere | null
  /** Messages that this owner left, and their bytes. */
  readonly left: { readonly messages: number; readonly bytes: number }
  /** Once the study is over: what this device has of it. */
  readonly kept: Kept
  readonly error: unknown
}

const nothing: PoolingState = {
  status: 'checking',
  ready: null,
  roster: null,
  waiting: null,
  pooled: null,
  left: { messages: 0, bytes: 0 },
  kept: { receipt: null, results: null },
  error: null,
}

/**
 * One owner's part in a pooled study. The protocol is in the worker, which has rows, keys and pads and no network; what it says to the
 * others passes through here.
 */
export class Pooling {
  readonly store: StoreApi<PoolingState> = createStore(() => nothing)
  readonly #worker: RpcHost<PoolApi>
  readonly #place: PoolPlace
  readonly #invited: InvitedTo
  readonly #over = new AbortController()
  /** The person waits no longer: what the protocol still asks is answered by that. */
  readonly #leaving = new AbortController()
  /** Each owner's key by its seat, once it has said it. */
  readonly #keys = new Map<number, string>()
  #consent: (text: string | null) => void = () => {}

  constructor(worker: RpcHost<PoolApi>, place: PoolPlace, invited: InvitedTo) {
    this.#worker = worker
    this.#place = place
    this.#invited = invited
  }

  /** Reads the owner's rows, once for the whole study, and checks them. Nothing is said to anybody. */
  async prepare(looked: LookedAt): Promise<void> {
    await this.#do(async (signal) => {
      const { study } = this.#invited
      const ready = await this.#worker.call((worker) => worker.prepare(looked, study), signal)
      this.store.setState({ status: 'ready', ready })
    })
  }

  /** Takes part, to the end of the study: from here on the others hear of this owner, by what it says of itself. */
  async takePart(begun: Begun): Promise<void> {
    if (this.store.getState().status !== 'ready') return
    this.store.setState({ status: 'gathering' })
    await this.#do(async (signal) => {
      await this.#worker.call((worker) => worker.begin(begun), signal)
      for (;;) {
        const ask = await this.#worker.call<Ask>((worker) => worker.next(), signal)
        if (ask.kind === 'done') {
          const kept = await this.#kept()
          this.store.setState({ status: 'done', pooled: ask.pooled, kept, waiting: null })
          break
        }
        const answer = await this.#answered(ask)
        signal.throwIfAborted()
        await this.#worker.call((worker) => worker.answer(answer), signal)
      }
      // Keys and pads are gone with the worker.
      this.#worker.end()
    })
  }

  /** This owner's signature that the others can compute its totals, for the study of that digest. */
  release(study: string): Promise<string> {
    return this.#worker.call((worker) => worker.release(study), this.#over.signal)
  }

  /** The code is the one that the owners told each other, and the person consents to this text; or, by null, not. */
  consent(text: string | null): void {
    this.#consent(text)
  }

  /** What an ask comes to, or that the owner has left. */
  #answered(ask: Exclude<Ask, { kind: 'done' }>): Promise<Answer> {
    const signal = AbortSignal.any([this.#over.signal, this.#leaving.signal])
    return outcomeOf(async () => {
      const left = new Promise<never>((_, reject) => {
        const leave = (): void => reject(errorOf('study/missing', 'poolLeft'))
        if (signal.aborted) leave()
        else signal.addEventListener('abort', leave, { once: true })
      })
      return (await Promise.race([left, this.#answer(ask, signal)])) as null | readonly string[] | string
    })
  }

  #answer(ask: Exclude<Ask, { kind: 'done' }>, signal: AbortSignal): Promise<unknown> {
    if (signal.aborted) return new Promise(() => {})
    if (ask.kind === 'post') return this.#post(ask.slot, ask.text, signal)
    if (ask.kind === 'all') return this.#all(ask, signal)
    this.store.setState({ status: 'roster', roster: ask, waiting: null })
    return new Promise((resolve) => {
      this.#consent = (text) => {
        if (text !== null) this.store.setState({ status: 'pooling' })
        resolve(text)
      }
    })
  }

  async #post(slot: string, text: string, signal: AbortSignal): Promise<null> {
    await this.#place.post(slot, text, signal)
    const { messages, bytes } = this.store.getState().left
    this.store.setState({ left: { messages: messages + 1, bytes: bytes + text.length } })
    return null
  }

  async #all(ask: Extract<Ask, { kind: 'all' }>, signal: AbortSignal): Promise<readonly string[]> {
    const since = Date.now()
    const show = (spoken: readonly number[]): void => {
      const missing = Array.from({ length: this.#invited.owners }, (_, seat) => seat)
        .filter((seat) => !spoken.includes(seat))
        .map((seat) => ({ seat, name: this.#nameOf(seat) }))
      this.store.setState({ waiting: { round: ask.round, what: ask.what, since, missing } })
    }
    // What was begun before a tab was closed is gone on with: nobody is asked for consent again.
    if (ask.round > 0) this.store.setState({ status: 'pooling' })
    show([this.#invited.seat])
    const texts = await this.#place.all(ask.slot, signal, show)
    for (const [seat, text] of texts.entries()) this.#hear(seat, text)
    return texts
  }

  /** For the person to see who is waited for; the worker looks at signatures. */
  #hear(seat: number, text: string): void {
    try {
      this.#keys.set(seat, String(JSON.parse(text).from))
    } catch {
      // What is no message the worker refuses.
    }
  }

  #nameOf(seat: number): string | null {
    const key = this.#keys.get(seat)
    return this.store.getState().roster?.owners.find((owner) => owner.key === key)?.name || null
  }

  async #do(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#over
    try {
      await work(signal)
    } catch (error) {
      if (!signal.aborted) await this.#stop(error)
    }
  }

  /** No longer waits for the others, which ends the study for all of them. */
  leave(): void {
    this.#leaving.abort()
  }

  async #stop(error: unknown): Promise<void> {
    const { status } = this.store.getState()
    const kept = await this.#kept()
    this.end()
    if (status !== 'done') this.store.setState({ status: 'over', waiting: null, kept, error })
  }

  /** Nothing also where the worker is gone, or cannot look. */
  async #kept(): Promise<Kept> {
    const { study } = this.#invited
    const found = await outcomeOf(() => this.#worker.call((worker) => worker.kept(study), this.#over.signal))
    return 'value' in found ? found.value : nothing.kept
  }

  /** The worker and all that it holds is let go. */
  end(): void {
    this.#over.abort()
    this.#worker.end()
  }
}
