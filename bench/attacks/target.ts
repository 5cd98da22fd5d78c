/** A server, and what a client must know to ask it anything: public things alone. Plain data, so that it goes to a process. */
export interface Target {
  readonly url: string
  readonly model: string
  readonly card: Uint8Array
  readonly inputs: number
  readonly slots: number
  /** Bytes of a ciphertext. */
  readonly width: number
  /** A key that the server holds. */
  readonly key: PublicHalf
  /** One that it does not. */
  readonly unheld: PublicHalf
}

export interface PublicHalf {
  readonly fingerprint: Uint8Array
  readonly n: Uint8Array
  readonly proof: Uint8Array
}

/** Whether an address is of this machine. */
export function isOfThisMachine(url: string): boolean {
  return /^127\./.test(new URL(url).hostname)
}
