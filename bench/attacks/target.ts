import type { Card } from '../../core/card/card.ts'

/** A server, and what a client must know to ask it anything: public things alone. Plain data, so that it goes to a process. */
export interface Target {
  readonly url: string
  readonly model: string
  /** The hash of the model's card, and the card. */
  readonly card: Uint8Array
  readonly wholeCard: Card
  readonly inputs: number
  readonly slots: number
  /** Bytes of a ciphertext. */
  readonly width: number
  /** A key that the server holds. */
  readonly key: PublicHalf
  /** One that it does not. */
  readonly unheld: PublicHalf
  /** The API key with which it is asked, on a server that wants one. */
  readonly bearer: string | null
}

export interface PublicHalf {
  readonly set: string
  readonly fingerprint: Uint8Array
  readonly n: Uint8Array
  readonly proof: Uint8Array
}

/** Whether an address is of this machine. */
export function isOfThisMachine(url: string): boolean {
  return /^127\./.test(new URL(url).hostname)
}

/** The headers of whoever has that API key. */
export function asked({ bearer }: Pick<Target, 'bearer'>): Record<string, string> {
  return bearer === null ? {} : { Authorization: `Bearer ${bearer}` }
}
