import { fromHex } from '../core/number/bytes.ts'
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
 * answers something else than what was asked.
 */
export function readAnswer({ header, chunk, records, set }: AskedChunk, answer: Uint8Array): Chunk {
  const got = decodeAnswer(answer)
  const { card, fingerprint, run } = header
  const same =
    got.chunk === chunk &&
    got.records === records &&
    equal(got.run, run) &&
    equal(got.card, fromHex(card.hash)) &&
    equal(got.key, fromHex(fingerprint)) &&
    got.ciphertexts.length === layoutOf(set, card).answerBytes(records)
  return same ? got : fail('result/shape', 'answerOfAnother')
}

function decodeAnswer(answer: Uint8Array): Chunk {
  try {
    return decodeChunk(answer)
  } catch {
    return fail('result/shape', 'answerNotAChunk')
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
