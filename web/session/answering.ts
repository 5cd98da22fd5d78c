import { createStore, type StoreApi } from 'zustand/vanilla'
import { fetchSealed, putAnswer } from '../../client/sealedPlace.ts'
import type { StudyServer, StudyTicket } from '../../client/studyServer.ts'
import { toHex } from '../../core/number/bytes.ts'
import { sha256 } from '../../platform/digest.ts'
import type { RpcHost } from '../../rpc/rpcHost.ts'
import type { Consent } from '../../study/consentReceipt.ts'
import { fail } from '../../study/faults.ts'
import { usualEpsilon } from '../../study/randomised.ts'
import type { LookedAt } from '../../validation/readPairs.ts'
import type { Asked, Matched, Offer } from '../answering/answerer.ts'
import type { AnsweringApi } from '../answering/worker-answering.ts'
import { consented } from './consented.ts'
import { Latest } from './store.ts'
import { telling } from './telling.ts'

/** Where sealed records are: in a file, or on a server, whose file must have the digest that the invitation says. */
export type SealedSource =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'server'; readonly server: StudyServer; readonly ticket: StudyTicket; readonly digest: string }

/** What is under way, with which part of it is done where that is known, from 0 to 1. */
export interface Under {
  readonly what: 'fetching' | 'checking' | 'reading' | 'answering' | 'sending'
  readonly part: number | null
}

export interface AnsweringState {
  readonly asked: Asked | null
  /** Answers that this browser's ledger knows of; null where it has none. */
  readonly earlier: number | null
  /** The outcomes, once all were found. */
  readonly matched: Matched | null
  /** ε, or null for outcomes as they are. */
  readonly epsilon: number | null
  /** What would be given by that. */
  readonly offer: Offer | null
  readonly given: Given | null
  readonly under: Under | null
  readonly busy: boolean
  readonly error: unknown
}

export interface Given {
  readonly answer: string
  /** What was agreed to; null for an answer from before. */
  readonly receipt: string | null
  /** It is on the server. */
  readonly sent: boolean
}

const nothing: AnsweringState = {
  asked: null,
  earlier: null,
  matched: null,
  epsilon: usualEpsilon,
  offer: null,
  given: null,
  under: null,
  busy: false,
  error: null,
}

/**
 * The side that has outcomes, from a sealed file to its answer. What is computed is in the worker, which has the outcomes and no network;
 * sealed records and the answer to them pass through here.
 */
export class Answering {
  readonly store: StoreApi<AnsweringState> = createStore(() => nothing)
  readonly #openWorker: () => RpcHost<AnsweringApi>
  readonly #source: SealedSource
  readonly #work = new Latest()
  #worker: RpcHost<AnsweringApi> | null = null

  constructor(openWorker: () => RpcHost<AnsweringApi>, source: SealedSource) {
    this.#openWorker = openWorker
    this.#source = source
  }

  /** Has the sealed file checked; nothing is said to anybody. Begins anew what was begun. */
  async open(): Promise<void> {
    const worker = this.#freshWorker()
    await this.#do({ ...nothing, under: { what: 'fetching', part: null } }, async (signal) => {
      const file = await this.#file(signal)
      const show = this.#shows('checking', signal)
      show(0)
      const asked = await worker.call((remote, listen) => remote.check(file, listen(show)), signal)
      const given = asked.given === null ? null : { answer: asked.given, receipt: null, sent: false }
      const { earlier } = asked
      this.store.setState({ asked, earlier, given, epsilon: asked.isEvent ? usualEpsilon : null })
    })
  }

  /** The outcomes are in that column of the file. */
  async read(looked: LookedAt, column: string): Promise<void> {
    await this.#do({ matched: null, offer: null, under: { what: 'reading', part: null } }, async (signal) => {
      const matched = await this.#theWorker().call((remote) => remote.read(looked, column), signal)
      this.store.setState({ matched })
      await this.#makeOffer(signal)
    })
  }

  /** Outcomes are turned by that ε; null gives them as they are. */
  async turnBy(epsilon: number | null): Promise<void> {
    // The offer stays until there is the other one: what the person has written beside it stays too.
    await this.#do({ epsilon }, (signal) => this.#makeOffer(signal))
  }

  /** Answers, once the person has agreed to that text. */
  async answer(text: string, own: Consent['own']): Promise<void> {
    const { offer, epsilon, busy } = this.store.getState()
    if (!offer || busy) return
    await this.#do({ under: { what: 'answering', part: 0 } }, async (signal) => {
      const receipt = await consented(text, own)
      const show = this.#shows('answering', signal)
      const answer = await this.#theWorker().call((remote, listen) => remote.answer(epsilon, listen(show)), signal)
      this.store.setState({ given: { answer, receipt, sent: false } })
    })
  }

  /** Puts the answer on the server that the sealed records came from. */
  async send(): Promise<void> {
    const { given } = this.store.getState()
    const source = this.#source
    if (!given || source.kind !== 'server') return
    await this.#do({ under: { what: 'sending', part: null } }, async () => {
      await putAnswer(source.server, source.ticket, given.answer)
      this.store.setState({ given: { ...given, sent: true } })
    })
  }

  /** Stops what is under way: nothing was given that is not in the ledger. The outcomes are read anew. */
  async stop(): Promise<void> {
    await this.open()
  }

  /** This browser's ledger as a file; null where it has none. */
  ledger(): Promise<string | null> {
    return this.#theWorker().call((remote) => remote.ledger())
  }

  /** A ledger that was kept elsewhere is known here, too, from now on. */
  async takeLedger(file: Blob): Promise<void> {
    await this.#do({ offer: null }, async (signal) => {
      const text = await file.text()
      const earlier = await this.#theWorker().call((remote) => remote.takeLedger(text), signal)
      this.store.setState({ earlier })
      if (this.store.getState().matched) await this.#makeOffer(signal)
    })
  }

  async #makeOffer(signal: AbortSignal): Promise<void> {
    const { epsilon } = this.store.getState()
    try {
      const offer = await this.#theWorker().call((remote) => remote.offer(epsilon), signal)
      this.store.setState({ offer })
    } catch (thrown) {
      if (!signal.aborted) this.store.setState({ offer: null })
      throw thrown
    }
  }

  async #file(signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const source = this.#source
    if (source.kind === 'file') return new Uint8Array(await source.file.arrayBuffer())
    const file = Uint8Array.from(await fetchSealed(source.server, source.ticket, signal))
    if (toHex(await sha256(file)) !== source.digest) fail('study/sealed', 'notSealed')
    return file
  }

  #shows(what: Under['what'], signal: AbortSignal): (part: number) => void {
    return (part) => {
      if (!signal.aborted) this.store.setState({ under: { what, part } })
    }
  }

  async #do(begun: Partial<AnsweringState>, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    await telling(this.store, this.#work, begun, async (signal) => {
      try {
        await work(signal)
      } finally {
        if (!signal.aborted) this.store.setState({ under: null })
      }
    })
  }

  #freshWorker(): RpcHost<AnsweringApi> {
    this.#worker?.end()
    this.#worker = this.#openWorker()
    return this.#worker
  }

  #theWorker(): RpcHost<AnsweringApi> {
    return this.#worker ?? this.#freshWorker()
  }

  /** The worker and all that it holds is let go. */
  end(): void {
    this.#work.stop()
    this.#worker?.end()
  }
}
