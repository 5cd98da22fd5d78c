import { readReceipt } from '../../web/session/readReceipt.ts'

/** Stands for what hands runs over: a server that is in the page stores none, and goes with its tab. */

export const HandOver = () => null
export const HandedBar = () => null
export const HandedOver = () => null

export class HandOvers {
  #store

  /** @param {Pick<import('../../web/session/laterParts.ts').LaterParts, 'store'>} parts */
  constructor({ store }) {
    this.#store = store
  }

  /** The receipt of a run on another server is a receipt. @param {File} file */
  async take(file) {
    this.#store.setState({ handed: { kind: 'receipt', file, receipt: await readReceipt(file) } })
  }
}
