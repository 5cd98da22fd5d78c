import type { SealedField } from '../files/extras.ts'
import type { Signer } from '../files/signature.ts'

/**
 * Who holds the keys of sealed files, wherever that is: all of them follow from the secret of the key that a backup holds
 * (`owner/fileKeys.ts`). It signs what that key's owner seals.
 */
export interface FileKeeper extends Signer {
  /** What the planted records of a file follow from, 32 bytes. */
  plantingSeed(file: Uint8Array): Promise<Uint8Array<ArrayBuffer>>
  /** What a file's header has of the source that it was sealed from: nobody else can tell two sources apart by it. */
  sourceTag(file: Uint8Array, digest: Uint8Array): Promise<Uint8Array>
  /** Seals the fields of records, from the file's record `from` on: record by record, column by column. */
  sealFields(
    file: Uint8Array,
    from: number,
    records: readonly (readonly string[])[],
  ): Promise<readonly (readonly Uint8Array[])[]>
  /** The inverse. Throws `sealed/field` for one that was not sealed so, at its place. */
  openFields(
    file: Uint8Array,
    from: number,
    records: readonly (readonly SealedField[])[],
  ): Promise<readonly (readonly string[])[]>
  /** Link tokens: the same for the same texts, up to their spelling (`spelled`), under one name. */
  tokens(name: string, records: readonly (readonly string[])[]): Promise<readonly Uint8Array[]>
}
