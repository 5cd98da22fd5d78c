import { type Fail, type NoFacts, throwError } from './errors.ts'

/** What goes wrong in core and in the kernel, and the facts that a sentence about it needs. */
export interface CoreFaults {
  cancelled: NoFacts
  unforeseen: { readonly what: string }
  // The card
  inputColumn: NoFacts
  expressionColumn: { readonly column: string }
  binLabels: NoFacts
  lookupWidth: NoFacts
  outputName: { readonly output: string }
  patternUnread: { readonly op: string }
  notAscending: { readonly what: 'edges' | 'points' }
  nesting: { readonly deepest: number }
  // Keys
  keySize: { readonly sizes: readonly number[] }
  noSuchKeySize: NoFacts
  modulusEven: NoFacts
  modulusFactor: { readonly limit: number }
  modulusPower: NoFacts
  modulusPrime: NoFacts
  proofSize: { readonly roots: number; readonly bytes: number }
  proofFails: NoFacts
  primeFactors: NoFacts
  primeSizes: NoFacts
  primesNotDistinct: NoFacts
  primesMakeNoKey: NoFacts
  keyLetGo: NoFacts
  recordFitsNot: { readonly bits: number }
  // Ciphertexts and chunks
  ciphertextNotInvertible: NoFacts
  returnedCiphertext: NoFacts
  integrity: { readonly what: 'bits' | 'slot' | 'padding' }
  wireVersion: { readonly version: number }
  notAChunk: { readonly what: ChunkFault; readonly member?: string | undefined; readonly limit?: number | undefined }
}

export type ChunkFault = 'type' | 'head' | 'ends' | 'count' | 'member' | 'large' | 'length' | 'trailing'

export const fail: Fail<CoreFaults> = throwError
