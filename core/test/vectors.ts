import { readFileSync } from 'node:fs'

interface Vectors {
  p: string
  q: string
  r0: string
  r1: string
  c1: string
  c2: string
  c1c2: string
  m1: string
  m2: string
  m1m2: string
}

const read = JSON.parse(readFileSync(new URL('fixtures/iso-18033-6.paillier.json', import.meta.url), 'utf8')) as Vectors

/** The Paillier example of ISO/IEC 18033-6: a 2048-bit key with two plaintexts, their randomness and ciphertexts. */
export const iso = Object.fromEntries(
  (['p', 'q', 'r0', 'r1', 'c1', 'c2', 'c1c2', 'm1', 'm2', 'm1m2'] as const).map((name) => [
    name,
    BigInt(`0x${read[name]}`),
  ]),
) as Record<keyof Vectors, bigint>
