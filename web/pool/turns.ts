import { type Outcome, takeOutcome } from '../../core/errors.ts'
import type { Summary } from '../../stats/summary.ts'
import type { Introduction } from '../../study/pool/introduction.ts'
import type { OwnRowsTold } from '../../study/pool/join.ts'
import type { OwnReasons } from '../../study/pool/receipt.ts'
import type { Figures } from '../../validation/compare.ts'

/** Who takes part, as the roster has it. */
export interface Participant extends Introduction {
  /** The public key of its signatures. */
  readonly key: string
  readonly isOwn: boolean
}

/** What a person is asked to consent to, beside what the page knows of the study. */
export interface RosterAsked {
  readonly code: string
  readonly owners: readonly Participant[]
  readonly own: OwnReasons
}

/** One question to all owners: sums of so many numbers of each. */
export interface Opened {
  readonly what: string
  readonly numbers: number
}

export interface PooledHere {
  /** In all digits: for this owner alone. */
  readonly summary: Summary
  /** In six digits: what may be handed on, and what the model has. */
  readonly published: Summary
  /** What the fit expects of this owner's records, beside what came to pass. */
  readonly figures: Figures
  /** The model's file. */
  readonly model: string
  readonly lineOfR: string | null
  readonly leftOut: number
  readonly opened: readonly Opened[]
  /** This owner's rows beside a fit of them alone, and how many sums of them were opened. */
  readonly ownRows: OwnRowsTold | null
  /** This device keeps what may be handed on, so that it is there again once the tab is gone. */
  readonly isKept: boolean
}

/** The one thing that an owner's protocol waits for: it has no network, and knows no person. */
export type Ask =
  | { readonly kind: 'post'; readonly slot: string; readonly text: string }
  | { readonly kind: 'all'; readonly slot: string; readonly round: number; readonly what: string | null }
  | ({ readonly kind: 'roster' } & RosterAsked)
  | { readonly kind: 'done'; readonly pooled: PooledHere }

/** What the page answers: nothing to a post, the messages of a slot, the text that was consented to or null where it was not. */
export type Answer = Outcome<null | readonly string[] | string>

/** A protocol that is answered step by step, from where there are a network and a person. One thing is asked at a time. */
export class Turns {
  #asked: (ask: Ask) => void = () => {}
  #failed: (thrown: unknown) => void = () => {}
  #next = this.#coming()
  #answer: (answer: Answer) => void = () => {}

  #coming(): Promise<Ask> {
    const next = new Promise<Ask>((resolve, reject) => {
      this.#asked = resolve
      this.#failed = reject
    })
    // Whoever asks for it hears of it; until then nobody need.
    next.catch(() => {})
    return next
  }

  /** What is asked now, or once something is. Rejects with what ended the protocol. */
  next(): Promise<Ask> {
    return this.#next
  }

  answer(answer: Answer): void {
    this.#next = this.#coming()
    this.#answer(answer)
  }

  /** Asks, and waits for the answer. Throws the error that is answered. */
  async ask<T>(ask: Ask): Promise<T> {
    const answered = new Promise<Answer>((resolve) => {
      this.#answer = resolve
    })
    this.#asked(ask)
    return takeOutcome(await answered) as T
  }

  /** Nothing more is asked. */
  end(last: Ask | { readonly thrown: unknown }): void {
    if ('thrown' in last) this.#failed(last.thrown)
    else this.#asked(last)
  }
}
