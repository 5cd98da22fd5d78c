import { secureRandom } from '../platform/random.ts'

/** How well a passphrase holds against trying, in words that a person acts on. */
export type Strength = 'weak' | 'fair' | 'good'

/** Bits from which on a wrapped key, whose every try costs seconds, holds against somebody with many machines, and against one with few. */
const bitsOf = { good: 60, fair: 42 } as const

/** So much at most for a run of letters, which may be a word, and for one of digits, which may be a year or a row of keys. */
const mostBits = { word: 12, digits: 8 } as const

/**
 * A lower guess of the bits that a passphrase is worth to who does not know how it was made: a run of letters as one word of some
 * thousands, digits as a date, each other sign by itself; what came before counts once.
 */
export function roughBits(passphrase: string): number {
  const seen = new Set<string>()
  let bits = 0
  for (const [run] of passphrase.toLowerCase().matchAll(/\p{L}+|\p{N}+|[^\p{L}\p{N}]/gu)) {
    if (seen.has(run)) bits += 1
    else if (/^\p{L}/u.test(run)) bits += Math.min(mostBits.word, 4.7 * run.length)
    else if (/^\p{N}/u.test(run)) bits += Math.min(mostBits.digits, 3.3 * run.length)
    else bits += run.trim() === '' ? 1 : 5
    seen.add(run)
  }
  return bits
}

export function strengthOf(passphrase: string): Strength {
  const bits = roughBits(passphrase)
  return bits >= bitsOf.good ? 'good' : bits >= bitsOf.fair ? 'fair' : 'weak'
}

const consonants = 'bdfghjklmnprstvz'
const vowels = 'aiou'
const words = 6

/**
 * Six words that can be said and that nobody speaks, each of 16 random bits: consonants and vowels by turns (Wilkerson, "A
 * proposal for proquints", 2009).
 */
export function generatedPassphrase(bytes: Uint8Array = secureRandom(2 * words)): string {
  const pairs = Array.from(
    { length: bytes.length >> 1 },
    (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0),
  )
  return pairs.map(proquint).join(' ')
}

function proquint(pair: number): string {
  const consonant = (shift: number): string => consonants.charAt((pair >> shift) & 15)
  const vowel = (shift: number): string => vowels.charAt((pair >> shift) & 3)
  return consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0)
}
