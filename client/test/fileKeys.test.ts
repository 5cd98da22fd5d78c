import { describe, expect, test } from 'vitest'
import { concat, toHex } from '../../core/number/bytes.ts'
import { encodeField, mostTextBytes, padText, type SealedField, unpadText } from '../../files/extras.ts'
import { isSigned } from '../../files/signature.ts'
import { secureRandom } from '../../platform/random.ts'
import { FileKeys } from '../owner/fileKeys.ts'
import { spelled } from '../spelling.ts'
import { secret } from './key.ts'

/** The keys of sealed files: what follows from a key's secret, and what is bound to what. */

const keys = new FileKeys(secret, secureRandom)
const file = new Uint8Array(16).fill(1)
const other = new Uint8Array(16).fill(2)

const parsed = (bytes: Uint8Array): SealedField => ({ nonce: bytes.subarray(1, 13), sealed: bytes.subarray(13) })
const sealed = async (texts: readonly (readonly string[])[], from = 0) =>
  (await keys.sealFields(file, from, texts)).map((record) => record.map(parsed))

describe('the keys of sealed files', () => {
  test('are these for the standard’s key, today and later', async () => {
    const [token = new Uint8Array()] = await keys.tokens('XYZ', [['Ada Lovelace']])
    expect({
      sender: toHex(keys.publicKey),
      planted: toHex(await keys.plantingSeed(file)),
      source: toHex(await keys.sourceTag(file, new Uint8Array(32))),
      token: toHex(token),
      signed: toHex(keys.sign(new Uint8Array(32))),
    }).toMatchInlineSnapshot(`
      {
        "planted": "32e23f17ef72dc0ae2a85b4f932b9fe56b036a3257184eaebe19bad2f1e56c95",
        "sender": "1007880216d5e127ba4c59fedf6742c8e8f7e00bce891e547e316b7d74f7e2e3",
        "signed": "6e693bf4f7da4141a8d180752301ab5640798af35b9247f599f2721e63ad93edc29f8e042d4a99a5a972950a758a768aec524a5896c53ba111b7307a9f89310c",
        "source": "46fd6b336ca2ec6d52ffeeba47e538481623162a2cdaf5935e9629efe3d22bc7",
        "token": "3032ea4977ceca89dc863838556b55b08d66399a82e6869295ada20739f83292",
      }
    `)
  })

  test('sign a chain and nothing else', () => {
    const chain = new Uint8Array(32).fill(3)
    expect(isSigned(keys.sign(chain), chain, keys.publicKey)).toBe(true)
    expect(isSigned(keys.sign(chain), new Uint8Array(32), keys.publicKey)).toBe(false)
    const stranger = new FileKeys(
      secret.map((byte) => byte ^ 1),
      secureRandom,
    )
    expect(isSigned(stranger.sign(chain), chain, keys.publicKey)).toBe(false)
  })

  test('open what they sealed, in its file, record and column alone', async () => {
    const texts = [
      ['Ada', ''],
      ['Zoë 🦊', 'x'.repeat(mostTextBytes)],
    ]
    const fields = await sealed(texts, 7)
    expect(await keys.openFields(file, 7, fields)).toEqual(texts)
    const swapped = fields.map((record) => [...record].reverse())
    for (const opened of [
      keys.openFields(other, 7, fields),
      keys.openFields(file, 6, fields),
      keys.openFields(file, 7, [...fields].reverse()),
      keys.openFields(file, 7, swapped),
    ]) {
      await expect(opened).rejects.toMatchObject({ code: 'sealed/field' })
    }
  })

  test('refuse a field with any bit turned, and a text that no field holds, by its row', async () => {
    const [[field]] = (await sealed([['Ada']])) as [[SealedField]]
    for (let i = 0; i < field.sealed.length; i++) {
      const altered = { ...field, sealed: field.sealed.map((byte, at) => (at === i ? byte ^ 1 : byte)) }
      await expect(keys.openFields(file, 0, [[altered]])).rejects.toMatchObject({
        code: 'sealed/field',
        place: { row: 1 },
      })
    }
    const long = keys.sealFields(file, 4, [['x'.repeat(mostTextBytes + 1)]])
    await expect(long).rejects.toMatchObject({ code: 'sealed/field', place: { row: 5 } })
  })

  test('seal one text differently each time', async () => {
    const twice = await sealed([['Ada'], ['Ada']])
    expect(toHex(twice[0]?.[0]?.sealed as Uint8Array)).not.toBe(toHex(twice[1]?.[0]?.sealed as Uint8Array))
  })
})

describe('link tokens', () => {
  const token = async (name: string, ...texts: string[]) => toHex((await keys.tokens(name, [texts]))[0] as Uint8Array)

  test('are equal for one person however that is written, and for nobody else', async () => {
    const ada = await token('XYZ', 'Zoë Müller')
    for (const same of ['zoë müller', '  ZOË   MÜLLER ', 'Zoe\u0308 Mu\u0308ller', 'Zoë\u00a0Müller', 'Ｚoë Müller']) {
      expect(await token('XYZ', same)).toBe(ada)
    }
    for (const others of ['Zoe Muller', 'Zoë Mueller', 'ZoëMüller']) expect(await token('XYZ', others)).not.toBe(ada)
    expect(await token('XYZ', 'ab', 'c')).not.toBe(await token('XYZ', 'a', 'bc'))
  })

  test('cannot be joined between vendors, nor between keys', async () => {
    const names = ['XYZ', 'XYZ 2', 'UVW']
    const found = await Promise.all(names.map((name) => token(name, 'Ada')))
    expect(new Set(found).size).toBe(3)
    const stranger = new FileKeys(
      secret.map((byte) => byte ^ 1),
      secureRandom,
    )
    expect(toHex((await stranger.tokens('XYZ', [['Ada']]))[0] as Uint8Array)).not.toBe(found[0])
  })

  test('of records of whom nothing is known are nobody’s', async () => {
    expect(await token('XYZ', ' ', '')).not.toBe(await token('XYZ', '', ''))
  })

  test.each([
    ['Straße', 'STRASSE'],
    ['ﬁne', 'FINE'],
    ['Ὀδυσσεύς', 'ὈΔΥΣΣΕΎΣ'],
    ['a\tb\n', 'A B'],
  ])('take %j as %j', (one, two) => {
    expect(spelled(one)).toBe(spelled(two))
  })
})

describe('padding', () => {
  test('says nothing of lengths up to 30 bytes, and beyond them their power of two', () => {
    for (const length of [0, 1, 29, 30]) expect(padText('x'.repeat(length))).toHaveLength(32)
    expect(padText('x'.repeat(31))).toHaveLength(64)
    expect(padText('x'.repeat(62))).toHaveLength(64)
    expect(padText('x'.repeat(mostTextBytes))).toHaveLength(4096)
    expect(padText('x'.repeat(mostTextBytes + 1))).toBeNull()
    expect(encodeField(new Uint8Array(12), new Uint8Array(48))[0]).toBe(5)
  })

  test('is refused where it is written otherwise', () => {
    const padded = padText('Ada') as Uint8Array
    expect(unpadText(padded)).toBe('Ada')
    expect(unpadText(concat([padded.subarray(0, 31), Uint8Array.of(1)]))).toBeNull()
    expect(unpadText(concat([Uint8Array.of(0, 31), padded.subarray(2)]))).toBeNull()
    expect(unpadText(Uint8Array.of(0, 1, 0xff))).toBeNull()
  })
})
