import { createStore, type StoreApi } from 'zustand/vanilla'
import { type Card, columnAt } from '../../core/card/card.ts'
import type { RpcHost } from '../../rpc/rpcHost.ts'
import type { ClickedColumn } from '../../study/clicked.ts'
import type { Consent } from '../../study/consentReceipt.ts'
import type { LookedAt } from '../../validation/readPairs.ts'
import type { AdaptedHere } from '../trainer/adaptFile.ts'
import type { FitApi } from '../trainer/worker-fit.ts'
import { consented } from './consented.ts'
import { fileColumns } from './fileColumns.ts'
import { Latest } from './store.ts'
import { telling } from './telling.ts'

/** What a person asks for. */
export interface AdaptingAsked {
  readonly outcome: string | null
  /** The text that counts as 1, where outcomes are texts. */
  readonly event: string | null
  readonly slope: boolean
  /** Columns of the vendor's card whose weights change. */
  readonly columns: readonly string[]
  /** Changes are held small by a ridge, whose size cross-validation finds. */
  readonly ridge: boolean
}

export interface AdaptingState {
  /** The file's columns that can have outcomes; null until they were looked at. */
  readonly outcomes: readonly ClickedColumn[] | null
  readonly asked: AdaptingAsked
  readonly found: AdaptedHere | null
  /** What was agreed to before the file was given out. */
  readonly receipt: string | null
  readonly busy: boolean
  readonly error: unknown
}

const nothing: AdaptingState = {
  outcomes: null,
  asked: { outcome: null, event: null, slope: false, columns: [], ridge: false },
  found: null,
  receipt: null,
  busy: false,
  error: null,
}

const ridge = { alpha: 0, lambda: 'best', folds: 10, seed: 1 } as const

/** A vendor's model moved towards outcomes that are here. All of it is in the worker and this tab. */
export class Adapting {
  readonly store: StoreApi<AdaptingState> = createStore(() => nothing)
  /** The columns of the card whose weights can change, of those that the file has. */
  readonly columns: readonly string[]
  readonly #worker: RpcHost<FitApi>
  readonly #file: LookedAt
  readonly #card: Card
  readonly #work = new Latest()

  constructor(worker: RpcHost<FitApi>, file: LookedAt, card: Card) {
    this.#worker = worker
    this.#file = file
    this.#card = card
    const { header } = file.preview
    const weighed = new Set(card.inputs.map(({ column }) => columnAt(card, column)?.name ?? ''))
    this.columns = card.features.flatMap(({ name }) => (weighed.has(name) && header.includes(name) ? [name] : []))
  }

  /** Looks for the columns that can have outcomes: none of the card's, and no score. */
  async look(): Promise<void> {
    await this.#do({}, async (signal) => {
      const columns = await fileColumns(this.#worker, this.#file, signal)
      const taken = new Set(this.#card.features.map(({ name }) => name))
      this.store.setState({ outcomes: columns.filter(({ name }) => !taken.has(name) && !isScore(name)) })
    })
  }

  /** Asks for something else: what was found is of what was asked before. */
  ask(change: Partial<AdaptingAsked>): void {
    this.#work.stop()
    const { asked } = this.store.getState()
    const event = change.outcome === undefined ? {} : { event: null }
    this.store.setState({
      asked: { ...asked, ...event, ...change },
      found: null,
      receipt: null,
      busy: false,
      error: null,
    })
  }

  async fit(): Promise<void> {
    const { asked } = this.store.getState()
    if (!isAsked(this.store.getState())) return
    const { outcome, event, slope, columns, ridge: held } = asked
    await this.#do({ found: null, receipt: null }, async (signal) => {
      const wanted = { outcome: outcome ?? '', event, family: undefined, slope, columns }
      const penalty = held && (slope || columns.length > 0) ? ridge : null
      const found = await this.#worker.call<AdaptedHere>(
        async (worker) => await worker.adapt(this.#file, this.#card, wanted, penalty),
        signal,
      )
      this.store.setState({ found })
    })
  }

  /** The person has agreed to that text: the file may be given out. */
  async agree(text: string, own: Consent['own']): Promise<void> {
    this.store.setState({ receipt: await consented(text, own) })
  }

  #do(begun: Partial<AdaptingState>, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    return telling(this.store, this.#work, begun, work)
  }

  /** The worker and all that it holds is let go. */
  end(): void {
    this.#work.stop()
    this.#worker.end()
  }
}

/** What files of scores have beside their rows. */
const isScore = (name: string): boolean => /^(score(\..*)?|linear_predictor|scored_by|decision)$/i.test(name)

/** Whether there is an outcome, and an event where it has texts. */
export function isAsked({ outcomes, asked: { outcome, event } }: AdaptingState): boolean {
  const column = outcomes?.find(({ name }) => name === outcome)
  return column !== undefined && (column.kind === 'number' || event !== null)
}
