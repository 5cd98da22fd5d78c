import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { argon2 } from '../../client/owner/argon2.ts'
import { Key } from '../../client/owner/key.ts'
import { platform } from '../../client/owner/platform.ts'
import { unwrapKey, wrapKey } from '../../client/owner/wrappedKey.ts'
import { parseModelFile } from '../../model/modelFile.ts'
import { reviewModel } from '../../model/verdict.ts'
import { makeReceipt } from '../../web/session/receipt.ts'
import { card as cardSchema } from '../card/card.ts'
import { concat, toBytes, toHex } from '../number/bytes.ts'
import { decodeChunk, encodeChunk } from '../protocol/wire.ts'
import { sha256 } from './sources.ts'
import { iso } from './vectors.ts'

/**
 * Data that outlives a release, as version 0.1 wrote it. A change that breaks one of these breaks what people have saved or
 * what is on its way: it needs a new number in the datum's `format` (or `v`), a reader for the old one, and a line in
 * CHANGELOG.md. The files themselves are never made anew.
 */
const golden = (name: string): Buffer => readFileSync(new URL(`fixtures/golden/${name}`, import.meta.url))
const json = (name: string) => JSON.parse(golden(name).toString('utf8'))

describe('data of versions after 0.2', () => {
  test('a card that commits to its weights is the same for the same weights and opening, and is what clients accept', async () => {
    const file = parseModelFile(golden('model.json').toString('utf8'))
    const { card } = await reviewModel(file, sha256, () => new Uint8Array(32).fill(7))
    expect(card).toEqual(json('card-centred.json'))
    expect(cardSchema.parse(json('card-centred.json'))).toEqual(card)
    expect(cardSchema.parse(json('card-committed.json'))).toEqual(json('card-committed.json'))
    const { commitment: _commitment, ...rest } = card
    expect(unbudgeted({ ...rest })).toEqual(unbudgeted(json('card.json')))
  })
})

/** A card without its bit budget, and so without its hash: since constants are centred it takes a bit less. */
function unbudgeted({
  scaleBits: _s,
  slotBits: _t,
  errorBound: _e,
  hash: _h,
  ...rest
}: Record<string, unknown>): object {
  return rest
}

describe('data of version 0.1', () => {
  test('a model file is read, and gives the card that it gave but for its bit budget', async () => {
    const { card } = await reviewModel(parseModelFile(golden('model.json').toString('utf8')), sha256)
    expect(unbudgeted({ ...card })).toEqual(unbudgeted(json('card.json')))
    const { hash: _hash, commitment: _commitment, ...budgeted } = json('card-centred.json')
    expect(card).toEqual({ ...budgeted, hash: card.hash })
    expect(card.slotBits).toBe(json('card.json').slotBits - 1)
  })

  test('a card is what clients accept', () => {
    expect(cardSchema.parse(json('card.json'))).toEqual(json('card.json'))
  })

  test('a chunk on the wire is read, and written again to the same bytes', () => {
    const bytes = golden('chunk.cbor')
    const chunk = decodeChunk(bytes)
    expect([chunk.chunk, chunk.records, toHex(chunk.run)]).toEqual([70_000, 45, '07'.repeat(16)])
    expect(Buffer.from(encodeChunk(chunk)).equals(bytes)).toBe(true)
  })

  test('a key’s backup opens to the same key, and one that is made now has the same members', async () => {
    const text = golden('key.json').toString('utf8')
    const passphrase = 'correct horse battery staple'
    const secret = await unwrapKey(text, passphrase, argon2, platform)
    expect(secret.bytes).toEqual(concat([toBytes(iso.p, 128), toBytes(iso.q, 128)]))
    expect((await Key.load(text, passphrase)).publicKey.fingerprint).toBe(json('key.json').fingerprint)
    const again = JSON.parse(await wrapKey(secret, passphrase, argon2, platform))
    const shape = (members: object): object =>
      Object.fromEntries(
        Object.entries(members).map(([name, value]) => [name, typeof value === 'object' ? shape(value) : typeof value]),
      )
    expect(JSON.stringify(shape(again))).toBe(JSON.stringify(shape(json('key.json'))))
  })

  test('a receipt has the same members and more, in the same order', () => {
    const expected = json('receipt.json')
    const { run, chunks } = expected
    const state = {
      card: json('card.json'),
      report: { rows: 103, scorable: 100, leftOut: 3, policies: [] },
      map: { run, key: { fingerprint: '33'.repeat(32), set: 'paillier-3072' } },
      run: { status: 'done' },
      isolation: { status: 'unknown' },
    }
    const receipt = makeReceipt(state as never, expected.server, { run, chunks, omitted: 0 } as never, undefined)
    expect(JSON.stringify(receipt, null, 2)).toBe(golden('receipt.json').toString('utf8'))

    // What came later stands at the end, where there is something to say.
    const acted = { name: 'age', decision: 'missing', as: '40', count: 2, column: 0, examples: ['?'] }
    const later = { ...state, report: { ...state.report, policies: [acted] } }
    const said = makeReceipt(later as never, expected.server, { run, chunks, omitted: 0 } as never, undefined)
    expect(said).toEqual({ ...expected, policies: [{ name: 'age', decision: 'missing', as: '40', cells: 2 }] })
  })
})
