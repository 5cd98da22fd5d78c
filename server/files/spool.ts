import { concat } from '../../core/number/bytes.ts'

/** Where a file lies while it is looked at before it is scored: for one request, and gone after it. */
export interface Spool {
  write(bytes: Uint8Array): Promise<void>
  /** All that was written, from the beginning; as often as it is asked for. */
  read(): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

export type OpenSpool = () => Promise<Spool>

/** In memory: for where there are no files, and as large as its limits let it be. */
export const spoolInMemory: OpenSpool = async () => {
  let pieces: Uint8Array[] = []
  return {
    async write(bytes) {
      pieces.push(concat([bytes]))
    },
    async *read() {
      yield* pieces
    },
    async close() {
      pieces = []
    },
  }
}
