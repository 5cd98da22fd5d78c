import type { ResidueTable } from '../../../core/private/arithmetic.ts'

/**
 * What the vault tells a sealer over the port between the two. The page's main thread made the port but holds
 * neither end of it, and no message type of its own can carry any of this.
 */
export type VaultMessage =
  | {
      readonly kind: 'key'
      readonly fingerprint: string
      readonly p: Uint8Array
      readonly q: Uint8Array
      /** Where the engine makes it at once; else it follows. */
      readonly table?: ResidueTable
    }
  | { readonly kind: 'table'; readonly table: ResidueTable }
  | { readonly kind: 'forget' }
