import { type BlindscoreError, type ErrorOf, type Fail, makeError, type NoFacts, throwError } from '../core/errors.ts'

/** What is wrong with a sealed file, and the facts that a sentence about it needs. */
export interface FilesFaults {
  notASealedFile: NoFacts
  sealedVersion: { readonly version: number }
  sealedContent: { readonly holds: FileContent }
  sealedDamaged: {
    readonly what: Damage
    /** The block, from 0; null in the header and in the trailer. */
    readonly block: number | null
    readonly part: FramePart
    /** Where its frame begins in the file. */
    readonly byte: number
  }
  sealedHeader: NoFacts
  senderOther: { readonly expected: string; readonly found: string }
}

/** What a file holds: sealed records, or the sealed scores of such a file. */
export type FileContent = 'records' | 'scores'

export type FramePart = 'header' | 'block' | 'trailer'

/** The file ends, goes on after its end, is not what was signed, or was signed although it does not fit together. */
export type Damage = 'ends' | 'trailing' | 'altered' | 'shape'

export const fail: Fail<FilesFaults> = throwError
export const errorOf: ErrorOf<FilesFaults> = makeError

/** What is wrong in a file, with the place. */
export function damage(what: Damage, part: FramePart, block: number | null, at: number): BlindscoreError {
  const index = part === 'block' ? block : null
  const place = { byte: at, ...(index !== null && { index }) }
  return errorOf('sealed/damaged', 'sealedDamaged', { what, part, block: index, byte: at }, place)
}
