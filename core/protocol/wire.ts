import { type ChunkFault, fail } from '../faults.ts'

/**
 * What crosses the line: one chunk of ciphertexts and its answer, each one CBOR map (RFC 8949) in one fixed form.
 *
 *   A7                          map of 7
 *     61 "v"           01       version 1
 *     64 "card"        58 20 …  32 bytes, the card's hash
 *     63 "key"         58 20 …  32 bytes, the key's fingerprint
 *     63 "run"         50 …     16 bytes, random, one per run
 *     65 "chunk"       uint     number of the chunk in the run, from 0
 *     67 "records"     uint     records in the chunk, from 1
 *     6B "ciphertexts" bytes    fixed-width big-endian ciphertexts, L/4 bytes each
 *
 * A request holds blocks × inputs ciphertexts, block by block; its answer, with the same other members, blocks ×
 * heads. The reader takes the members in any order, each once, with definite lengths, and nothing else: no tags, no
 * nesting, no floats, so there is nothing in it for a hostile sender to build.
 */

export const wireVersion = 1

export interface Chunk {
  readonly card: Uint8Array
  readonly key: Uint8Array
  readonly run: Uint8Array
  readonly chunk: number
  readonly records: number
  readonly ciphertexts: Uint8Array
}

type Kind = { readonly bytes: number | null } | { readonly most: number }

const members = {
  v: { most: 0xff },
  card: { bytes: 32 },
  key: { bytes: 32 },
  run: { bytes: 16 },
  chunk: { most: 0xffff_ffff },
  records: { most: 0xffff_ffff },
  ciphertexts: { bytes: null },
} as const satisfies Record<string, Kind>

type Member = keyof typeof members
type Found = Partial<Record<Member, number | Uint8Array>>
const order = Object.keys(members) as Member[]

const unsigned = 0
const byteString = 2
const textString = 3
const map = 5

/** The bytes that an argument takes after the byte of its head. */
const argumentBytes = (argument: number): number =>
  argument < 24 ? 0 : argument < 0x100 ? 1 : argument < 0x1_0000 ? 2 : 4

/** The most bytes that a chunk takes besides its ciphertexts: every member as wide as it can be. */
export const chunkHeaderBytes = order.reduce(
  (sum, member) => sum + textBytes(member) + widestBytes(members[member]),
  1 + argumentBytes(order.length),
)

function textBytes(text: string): number {
  return 1 + argumentBytes(text.length) + text.length
}

function widestBytes(kind: Kind): number {
  if ('most' in kind) return 1 + argumentBytes(kind.most)
  // Of the ciphertexts only their length.
  return kind.bytes === null ? 1 + argumentBytes(0xffff_ffff) : 1 + argumentBytes(kind.bytes) + kind.bytes
}

/** The bytes of a chunk: its ciphertexts and at most {@link chunkHeaderBytes} more. */
export function encodeChunk(chunk: Chunk): Uint8Array<ArrayBuffer> {
  const { bytes, ciphertexts } = frameChunk(chunk, chunk.ciphertexts.length)
  ciphertexts.set(chunk.ciphertexts)
  return bytes
}

/** The bytes of a chunk with room for so many of ciphertexts, which are its last: who makes them makes them in place. */
export function frameChunk(
  chunk: Omit<Chunk, 'ciphertexts'>,
  length: number,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly ciphertexts: Uint8Array<ArrayBuffer> } {
  const values = { v: wireVersion, ...chunk }
  const bytes = new Uint8Array(encodedBytes(chunk, length))
  let at = 0
  const head = (major: number, argument: number): void => {
    const size = argumentBytes(argument)
    bytes[at++] = (major << 5) | (size === 0 ? argument : 24 + (size >> 1))
    for (let i = size - 1; i >= 0; i--) bytes[at++] = (argument >>> (8 * i)) & 0xff
  }
  head(map, order.length)
  for (const member of order) {
    head(textString, member.length)
    for (let i = 0; i < member.length; i++) bytes[at++] = member.charCodeAt(i)
    if (member === 'ciphertexts') {
      head(byteString, length)
      break
    }
    const value = values[member]
    if (typeof value === 'number') {
      head(unsigned, value)
    } else {
      head(byteString, value.length)
      bytes.set(value, at)
      at += value.length
    }
  }
  return { bytes, ciphertexts: bytes.subarray(at) }
}

/** Exactly, so that a chunk of megabytes is written once. */
function encodedBytes({ chunk, records }: Omit<Chunk, 'ciphertexts'>, length: number): number {
  const spared = (value: number, most: number): number => argumentBytes(most) - argumentBytes(value)
  const counts = [chunk, records, length].reduce((sum, value) => sum + spared(value, 0xffff_ffff), 0)
  return chunkHeaderBytes + length - spared(wireVersion, members.v.most) - counts
}

/**
 * The inverse of {@link encodeChunk}. Its byte strings are views on `bytes`.
 * Throws `request/syntax` for anything else than a chunk, and `run/out-of-date` for another version.
 */
export function decodeChunk(bytes: Uint8Array): Chunk {
  let at = 0
  const head = (major: number): number => {
    const first = next()
    if (first >>> 5 !== major) syntax('type')
    const info = first & 31
    if (info < 24) return info
    if (info > 26) syntax('head')
    let argument = 0
    for (let i = 1 << (info - 24); i > 0; i--) argument = argument * 256 + next()
    return argument
  }
  const next = (): number => {
    const byte = bytes[at++]
    return byte ?? syntax('ends')
  }
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) syntax('ends')
    at += length
    return bytes.subarray(at - length, at)
  }

  const found: Found = {}
  const size = head(map)
  if (size !== order.length) syntax('count', undefined, order.length)
  for (let i = 0; i < size; i++) {
    const name = take(Math.min(head(textString), 32))
    const member = order.find((key) => key.length === name.length && [...name].every((c, k) => c === key.charCodeAt(k)))
    if (member === undefined || Object.hasOwn(found, member)) return syntax('member')
    const kind: Kind = members[member]
    if ('most' in kind) {
      const value = head(unsigned)
      if (value > kind.most) syntax('large', member)
      found[member] = value
    } else {
      const length = head(byteString)
      if (kind.bytes !== null && length !== kind.bytes) syntax('length', member, kind.bytes)
      found[member] = take(length)
    }
  }
  if (at !== bytes.length) syntax('trailing')
  if (found.v !== wireVersion) fail('run/out-of-date', 'wireVersion', { version: wireVersion })
  return {
    card: bytesOf(found, 'card'),
    key: bytesOf(found, 'key'),
    run: bytesOf(found, 'run'),
    chunk: numberOf(found, 'chunk'),
    records: numberOf(found, 'records'),
    ciphertexts: bytesOf(found, 'ciphertexts'),
  }
}

function bytesOf(found: Found, member: Member): Uint8Array {
  const value = found[member]
  return value instanceof Uint8Array ? value : syntax('type', member)
}

function numberOf(found: Found, member: Member): number {
  const value = found[member]
  return typeof value === 'number' ? value : syntax('type', member)
}

function syntax(what: ChunkFault, member?: string, limit?: number): never {
  fail('request/syntax', 'notAChunk', { what, member, limit })
}
