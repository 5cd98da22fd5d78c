import { asBlindscoreError } from '../core/errors.ts'
import { equalBytes, fromHex } from '../core/number/bytes.ts'
import { layoutOf } from '../core/protocol/schemes.ts'
import { type Chunk, chunkHeaderBytes, decodeChunk } from '../core/protocol/wire.ts'
import type { RunHeader } from './block.ts'
import { fail } from './faults.ts'

/** A chunk as it was asked for. */
export interface AskedChunk {
  readonly header: RunHeader
  readonly chunk: number
  /** All that are in it, planted ones included. */
  readonly records: number
  /** The key's parameter set. */
  readonly set: string
}

/** The bytes that the answer to a chunk has at most. */
export function mostAnswerBytes({ header, records, set }: AskedChunk): number {
  return chunkHeaderBytes + layoutOf(set, header.card).answerBytes(records)
}

/**
 * The answer to a chunk, as far as anybody can read it. Throws `result/shape` for what is no chunk, and for one that
 * answers something else than what was asked; `run/out-of-date` for a chunk of another version.
 */
export function readAnswer({ header, chunk, records, set }: AskedChunk, answer: Uint8Array): Chunk {
  const got = decodeAnswer(answer)
  const { card, fingerprint, run } = header
  const same =
    got.chunk === chunk &&
    got.records === records &&
    equalBytes(got.run, run) &&
    equalBytes(got.card, fromHex(card.hash)) &&
    equalBytes(got.key, fromHex(fingerprint)) &&
    got.ciphertexts.length === layoutOf(set, card).answerBytes(records)
  return same ? got : fail('result/shape', 'answerOfAnother')
}

function decodeAnswer(answer: Uint8Array): Chunk {
  try {
    return decodeChunk(answer)
  } catch (thrown) {
    // One of another version is not believed either, and a newer page mends it.
    if (asBlindscoreError(thrown).code === 'run/out-of-date') throw thrown
    return fail('result/shape', 'answerNotAChunk')
  }
}
