import * as z from 'zod/mini'
import { fromBase64, toBase64 } from '../core/number/base64.ts'
import { concat } from '../core/number/bytes.ts'
import { parameterSets } from '../core/protocol/schemes.ts'
import { fail } from './faults.ts'
import { shapedJson } from './json.ts'
import { parseStudy, type StudyFile } from './studyFile.ts'

/**
 * Records sealed once, for outcomes that somebody else has. The file:
 *
 *     "blindscore-sealed-study/1\n"
 *     a line of JSON: study, set, publicKey, proof, columns (how many, the intercept included), rows
 *     the ciphertexts, record by record, each record's parts in their order
 *
 * `rows` are the records' rows in the delivery that both sides have, from 1, as pairs of a first and a last one: outcomes
 * find their records by it.
 */
export interface SealedFile {
  readonly study: StudyFile
  readonly set: string
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly proof: Uint8Array<ArrayBuffer>
  /** X of each column, the ones of the intercept first. */
  readonly maxima: readonly number[]
  readonly rows: Uint32Array<ArrayBuffer>
  readonly ciphertexts: Uint8Array
}

const magic = 'blindscore-sealed-study/1\n'
const longestHeader = 2 ** 24
const newline = 10

const count = z.int().check(z.nonnegative())
const header = z.strictObject({
  study: z.unknown(),
  set: z.string(),
  publicKey: z.string(),
  proof: z.string(),
  maxima: z.array(count).check(z.minLength(2), z.maxLength(20_001)),
  rows: z.array(z.tuple([count, count])).check(z.minLength(1)),
})

export function writeSealed(file: SealedFile): Uint8Array<ArrayBuffer> {
  const { study, set, publicKey, proof, maxima, rows, ciphertexts } = file
  const told = { study, set, publicKey: toBase64(publicKey), proof: toBase64(proof), maxima, rows: pairsOf(rows) }
  return concat([new TextEncoder().encode(`${magic}${JSON.stringify(told)}\n`), ciphertexts])
}

/** Throws `study/sealed` for bytes that are no such file, and what {@link parseStudy} throws. */
export function readSealed(bytes: Uint8Array): SealedFile {
  const start = new TextEncoder().encode(magic)
  const end = bytes.indexOf(newline, start.length)
  if (!start.every((byte, i) => bytes[i] === byte) || end < 0 || end > longestHeader) refuse()
  const told = shapedJson(header, new TextDecoder().decode(bytes.subarray(start.length, end))) ?? refuse()
  const { study, set, publicKey, proof, maxima, rows } = told
  if (!parameterSets.some(({ id }) => id === set)) refuse()
  return {
    study: parseStudy(JSON.stringify(study)),
    set,
    publicKey: fromBase64(publicKey) ?? refuse(),
    proof: fromBase64(proof) ?? refuse(),
    maxima,
    rows: rowsOf(rows),
    ciphertexts: bytes.subarray(end + 1),
  }
}

function refuse(): never {
  return fail('study/sealed', 'notSealed')
}

function pairsOf(rows: Uint32Array): [number, number][] {
  const pairs: [number, number][] = []
  for (const row of rows) {
    const last = pairs.at(-1)
    if (last !== undefined && last[1] + 1 === row) last[1] = row
    else pairs.push([row, row])
  }
  return pairs
}

function rowsOf(pairs: readonly (readonly [number, number])[]): Uint32Array<ArrayBuffer> {
  const ascending = pairs.every(([first, last], i) => first <= last && first > (pairs[i - 1]?.[1] ?? 0))
  const total = pairs.reduce((sum, [first, last]) => sum + last - first + 1, 0)
  if (!ascending || total > 2 ** 24) refuse()
  const rows = new Uint32Array(total)
  let at = 0
  for (const [first, last] of pairs) for (let row = first; row <= last; row++) rows[at++] = row
  return rows
}
