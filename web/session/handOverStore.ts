import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { type HandOverReceipt, readHandOverReceipt } from '../../client/handOverReceipt.ts'
import { receiptsPlace } from './handedBefore.ts'

interface Schema extends DBSchema {
  receipts: { key: string; value: string }
}

/**
 * The receipts of runs that were handed over, on this device: as texts, which are read as those of a stranger. In one are the run's token and
 * digests under the key; no key, no cell, no score.
 */
export class HandOverStore {
  #database: Promise<IDBPDatabase<Schema>> | null = null

  /** Those of a server; none where the browser stores nothing. */
  async load(server: string): Promise<readonly HandOverReceipt[]> {
    try {
      const texts = await (await this.#open()).getAll('receipts')
      const read = await Promise.all(texts.map((text) => readHandOverReceipt(text).catch(() => null)))
      return read
        .flatMap((receipt) => (receipt?.server === server ? [receipt] : []))
        .sort((a, b) => a.handedOverAt.localeCompare(b.handedOverAt))
    } catch {
      return []
    }
  }

  /** Whether it is stored, in place of an earlier one of the run. */
  async save(receipt: HandOverReceipt): Promise<boolean> {
    try {
      const database = await this.#open()
      await database.put('receipts', JSON.stringify(receipt), receipt.stored.id)
      return (await database.getKey('receipts', receipt.stored.id)) !== undefined
    } catch {
      return false
    }
  }

  async remove({ stored }: Pick<HandOverReceipt, 'stored'>): Promise<void> {
    try {
      await (await this.#open()).delete('receipts', stored.id)
    } catch {
      // What stores nothing has nothing to delete.
    }
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#database ??= openDB<Schema>(receiptsPlace, 1, {
      upgrade: (database) => void database.createObjectStore('receipts'),
    })
    return this.#database
  }
}
