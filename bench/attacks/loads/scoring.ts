import { randomBytes } from 'node:crypto'
import { concat, fromBytes } from '../../../core/number/bytes.ts'
import { encodeChunk } from '../../../core/protocol/wire.ts'
import type { Caller } from '../caller.ts'
import { LatticeShape } from '../lattice.ts'
import type { Load } from '../load.ts'
import { makeKey, register } from '../publicKey.ts'
import type { PublicHalf } from '../target.ts'

/** Chunks to score, as many as one is let. */

const cbor = 'application/cbor'
const scores = ({ target }: Caller) => `/v1/models/${target.model}/scores`

/** A chunk of so many blocks under another run number each time; ciphertexts are random, and so valid. */
export function chunkOf({ target }: Caller, blocks: number, spoiled = false, key: PublicHalf = target.key): Uint8Array {
  const { card, inputs, slots, width } = target
  const block = randomBytes(inputs * width)
  for (let i = 0; i < inputs; i++) block[i * width] = 0
  const ciphertexts = concat(Array<Uint8Array>(blocks).fill(block))
  if (spoiled) ciphertexts.fill(0, -width)
  const run = randomBytes(16)
  return encodeChunk({ card, key: key.fingerprint, run, chunk: 0, records: blocks * slots, ciphertexts })
}

export function chunks(count: number, blocks: number, spoiled = false) {
  return (by: Caller): void => {
    const body = chunkOf(by, blocks, spoiled)
    by.keepAsking(count, () => by.ask('POST', scores(by), { type: cbor, body }))
  }
}

/** Chunks of several keys by turns: none has its masks made ahead by the time that it is used, nor a table. */
async function ofManyKeys(by: Caller): Promise<void> {
  const bits = (by.target.width * 4) as 2048 | 3072 | 4096
  const keys: PublicHalf[] = []
  for (let i = 0; i < 6; i++) {
    const key = await makeKey(bits)
    await register(by, key)
    keys.push(key)
  }
  const bodies = keys.map((key) => chunkOf(by, 16, false, key))
  by.keepAsking(24, (lane) => by.ask('POST', scores(by), { type: cbor, body: bodies[lane % 6] as Uint8Array }))
}

/** Numbers of python-paillier, as many as a body holds. */
function numbers(by: Caller): void {
  const { key, inputs, width, model } = by.target
  const value = () => [fromBytes(Uint8Array.of(0, ...randomBytes(width - 1))).toString(), -16]
  const record = Array.from({ length: inputs }, value)
  const text = JSON.stringify(record)
  const count = Math.max(1, Math.floor(1_000_000 / text.length))
  const body = Buffer.from(
    `{"public_key":{"n":${fromBytes(key.n)}},"values":[${Array<string>(count).fill(text).join(',')}]}`,
  )
  by.keepAsking(24, () => by.ask('POST', `/v1/models/${model}/phe`, { type: 'application/json', body }))
}

function ofLattice(spoiled: boolean) {
  return async (by: Caller): Promise<void> => {
    const shape = new LatticeShape(by.target)
    const key = shape.key()
    await by.ask('PUT', key.path, { type: 'application/octet-stream', body: key.bytes })
    const body = shape.chunk(key.fingerprint, spoiled)
    by.keepAsking(24, () => by.ask('POST', scores(by), { type: cbor, body }))
  }
}

export const scoringLoads: readonly Load[] = [
  { id: 'chunks', name: '24 chunks of 124 blocks, again and again', start: chunks(24, 124) },
  { id: 'bad-chunks', name: '64 chunks of 124 blocks, the last ciphertext bad', start: chunks(64, 124, true) },
  { id: 'small-chunks', name: '24 chunks of one block, again and again', start: chunks(24, 1) },
  { id: 'many-keys', name: '24 chunks of 16 blocks under six keys by turns', start: ofManyKeys },
  { id: 'addresses', name: '24 chunks of 124 blocks from each of 3 addresses', addresses: 3, start: chunks(24, 124) },
  {
    id: 'many-addresses',
    name: '24 chunks of 16 blocks from each of 8 addresses',
    addresses: 8,
    start: chunks(24, 16),
  },
  { id: 'numbers', name: '24 bodies of 1 MB of python-paillier’s numbers', start: numbers },
  { id: 'lattice', name: '24 chunks of 4 MB of the lattice scheme', start: ofLattice(false) },
  { id: 'lattice-bad', name: '24 chunks of 4 MB of the lattice scheme, the last field bad', start: ofLattice(true) },
]
