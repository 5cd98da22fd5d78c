import { shake256 } from '@noble/hashes/sha3.js'
import * as z from 'zod/mini'
import { fromBase64, toBase64 } from '../../core/number/base64.ts'
import { concat, fromHex } from '../../core/number/bytes.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import { fail } from '../faults.ts'
import { type Board, digestOf } from './messages.ts'

/**
 * What an owner keeps while a study is under way, so that after a crash it says again what it had said, and goes on: what it draws
 * follows from a seed, and what it is about to say is written down first. Two messages of one owner in one place would be two
 * payloads for the others to compare; whatever is lost, altered or begun twice, the second one is never said.
 */
export interface Journal {
  /** 32 random bytes, of this study alone. A secret: the pads follow from it. */
  readonly seed: Uint8Array
  /** The digest of what was said in a slot; null where nothing was. */
  said(slot: string): string | null
  /** Resolves once it outlives the process that this is said there. */
  note(slot: string, digest: string): Promise<void>
  /** The study is over: seed and notes go. */
  end(): Promise<void>
}

const label = new TextEncoder().encode('blindscore pool draws 1')

/** Draws of an owner, in their order, the same ones for the same rows in the same study, and others for others. */
export function drawsOf({ seed }: Journal, study: string, rows: readonly string[]): RandomBytes {
  const bound = concat([label, seed, fromHex(study), fromHex(digestOf(...rows))])
  let count = 0
  return (bytes) => {
    const place = new Uint8Array(4)
    new DataView(place.buffer).setUint32(0, count++)
    return Uint8Array.from(shake256(concat([bound, place]), { dkLen: bytes }))
  }
}

/** A board on which an owner says one thing in each slot, also over crashes. Throws `study/spoken`. */
export function saidOnce(board: Board, journal: Journal): Board {
  return {
    async post(slot, text) {
      const [before, digest] = [journal.said(slot), digestOf(text)]
      if (before !== null && before !== digest) fail('study/spoken', 'poolSpoken')
      if (before === null) await journal.note(slot, digest)
      await board.post(slot, text)
    },
    all: (slot) => board.all(slot),
  }
}

const format = 'blindscore-pool-journal/1'
const headLine = z.strictObject({ format: z.literal(format), seed: z.string() })
const noteLine = z.strictObject({ slot: z.string(), digest: z.string() })

/** A journal as text: a line with the seed, and one for each thing that is said. */
export const journalHead = (seed: Uint8Array): string => `${JSON.stringify({ format, seed: toBase64(seed) })}\n`

export const journalNote = (slot: string, digest: string): string => `${JSON.stringify({ slot, digest })}\n`

/** Throws `study/answered` for lines that are no journal's: one is never begun anew in the place of another. */
export function readJournal(lines: readonly string[]): {
  readonly seed: Uint8Array
  readonly said: Map<string, string>
} {
  const [first = '', ...rest] = lines
  try {
    const seed = fromBase64(headLine.parse(JSON.parse(first)).seed)
    const notes = rest.map((line) => noteLine.parse(JSON.parse(line)))
    if (seed?.length === 32) return { seed, said: new Map(notes.map(({ slot, digest }) => [slot, digest])) }
  } catch {
    // The same as one without a seed.
  }
  return fail('study/answered', 'ledgerUnread')
}
