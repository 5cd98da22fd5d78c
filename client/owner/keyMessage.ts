import type { OwnerTable } from '../../core/private/owner.ts'

/**
 * What the holder of a key tells a sealer over the port between the two. In the page, the main thread made the port but
 * holds neither end of it, and no message type of its own can carry any of this.
 */
export type KeyMessage =
  | {
      readonly kind: 'key'
      /** The id of its parameter set. */
      readonly set: string
      readonly fingerprint: string
      readonly secret: Uint8Array
      /** Where the engine makes it at once; else it follows. */
      readonly table?: OwnerTable
    }
  | { readonly kind: 'table'; readonly table: OwnerTable }
  /** The key of that fingerprint, made for a run or a file; null: the one that outlives them. */
  | { readonly kind: 'forget'; readonly ofRun: string | null }
