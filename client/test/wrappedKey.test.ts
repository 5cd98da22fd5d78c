import { createHmac, generatePrimeSync, webcrypto } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { concat, fromBytes, toBytes, toHex } from '../../core/number/bytes.ts'
import { parameterSet } from '../../core/protocol/schemes.ts'
import { sha256 } from '../../core/test/sources.ts'
import { iso } from '../../core/test/vectors.ts'
import { errorOf } from '../../reader/test/files.ts'
import { sentenceOf } from '../../words/en/errors.ts'
import { argon2 } from '../owner/argon2.ts'
import { type DeriveKey, recommended } from '../owner/keyDerivation.ts'
import { platform } from '../owner/platform.ts'
import type { Secret } from '../owner/secret.ts'
import { longestWrappedKey, nameOfWrapped, unwrapKey, wrapKey } from '../owner/wrappedKey.ts'

/** Keys sealed under a passphrase. Most tests derive the cipher key with one HMAC, since what they ask has nothing to do with how slow it is. */

const key: Secret = { set: parameterSet('paillier-2048'), bytes: concat([toBytes(iso.p, 128), toBytes(iso.q, 128)]) }
const isoN = iso.p * iso.q
const passphrase = 'correct horse battery staple'
const quick: DeriveKey = async (text, { memory, passes, lanes, salt }) =>
  new Uint8Array(createHmac('sha256', salt).update(`${text} ${memory} ${passes} ${lanes}`).digest())
const sealed = await wrapKey(key, passphrase, quick, platform)
const prime = (bits: number): bigint => generatePrimeSync(bits, { bigint: true })

interface Members {
  format: string
  bits: number
  fingerprint: string
  kdf: Record<string, unknown>
  cipher: Record<string, unknown>
  sealed: string
}

/** The backup's members, changed. */
function changed(change: (members: Members) => void): string {
  const members = JSON.parse(sealed) as Members
  change(members)
  return JSON.stringify(members)
}

/** A backup as somebody with bad intentions writes it: sealed as it must be, with a content of their choosing. */
async function forged(content: Uint8Array, n: bigint, bits: 2048 | 3072 | 4096 = 2048): Promise<string> {
  const salt = Buffer.alloc(16, 1)
  const nonce = Buffer.alloc(12, 2)
  const members = {
    format: 'blindscore-key/1',
    bits,
    fingerprint: toHex(await sha256(toBytes(n, bits / 8))),
    kdf: { name: 'argon2id', version: 19, ...recommended, salt: salt.toString('base64') },
    cipher: { name: 'aes-256-gcm', nonce: nonce.toString('base64') },
  }
  const raw = await quick(passphrase, { ...recommended, salt })
  const cipher = await webcrypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt'])
  const additionalData = new TextEncoder().encode(JSON.stringify(members))
  const bytes = await webcrypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData },
    cipher,
    content as Uint8Array<ArrayBuffer>,
  )
  return JSON.stringify({ ...members, sealed: Buffer.from(bytes).toString('base64') })
}

const primes = (p: bigint, q: bigint, width = 128) => concat([toBytes(p, width), toBytes(q, width)])

async function refusal(text: string, deriveKey: DeriveKey = quick, phrase = passphrase) {
  const error = await errorOf(unwrapKey(text, phrase, deriveKey, platform))
  return { code: error.code, message: sentenceOf(error) }
}
const oneMessage = {
  code: 'key/backup',
  message: 'This backup cannot be opened: its passphrase is another one, or the file is damaged.',
}

describe('a key sealed under a passphrase', () => {
  it('comes back from its backup, by Argon2id as written in the file', async () => {
    const text = await wrapKey(key, passphrase, argon2, platform)
    expect(await unwrapKey(text, passphrase, argon2, platform)).toEqual(key)
    expect(await refusal(text, argon2, `${passphrase} `)).toEqual(oneMessage)
    expect(JSON.parse(text).kdf).toMatchObject({ name: 'argon2id', version: 19, memory: 65_536, passes: 3, lanes: 4 })
  })

  it('stretches as RFC 9106 says: a vector made with the reference implementation', async () => {
    // printf passphrase | argon2 somesaltsomesalt -id -v 13 -t 3 -k 65536 -p 4 -l 32 -r
    const salt = new TextEncoder().encode('somesaltsomesalt')
    expect(toHex(await argon2('passphrase', { ...recommended, salt }))).toBe(
      'ad7b610205ced724d3f5a629f0f1c9b6601de930f1a57742326e8484ec8ae352',
    )
  })

  it('is stretched to the same where there is no WebAssembly', async () => {
    const cheap = { memory: 1024, passes: 2, lanes: 4, salt: new TextEncoder().encode('somesaltsomesalt') }
    const expected = await argon2('passphrase', cheap)
    vi.stubGlobal('WebAssembly', undefined)
    try {
      expect(toHex(await argon2('passphrase', cheap))).toBe(toHex(expected))
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('comes back whatever the passphrase is, and under no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), async (mine, other) => {
        const text = await wrapKey(key, mine, quick, platform)
        expect(await unwrapKey(text, mine, quick, platform)).toEqual(key)
        if (other !== mine) expect(await refusal(text, quick, other)).toEqual(oneMessage)
      }),
      { numRuns: 25 },
    )
  })

  it('takes a passphrase typed with combining marks for the same as one with composed letters', async () => {
    const settings = { ...recommended, memory: 19_456, passes: 1, salt: new Uint8Array(16) }
    expect(await argon2('pa\u0301ssphrase', settings)).toEqual(await argon2('p\u00e1ssphrase', settings))
  })

  it('says its size and fingerprint in the open, and nothing else of the key', async () => {
    const n = toBytes(isoN, 256)
    expect(JSON.parse(sealed).bits).toBe(2048)
    expect(nameOfWrapped(sealed)).toEqual({ set: 'paillier-2048', fingerprint: toHex(await sha256(n)) })
    const bytes = Buffer.from(JSON.parse(sealed).sealed, 'base64')
    for (const secret of [toBytes(iso.p, 128), toBytes(iso.q, 128), n]) {
      for (const at of [0, 40, 80]) expect(bytes.includes(Buffer.from(secret.subarray(at, at + 8)))).toBe(false)
    }
  })

  it('never looks the same twice', async () => {
    const again = JSON.parse(await wrapKey(key, passphrase, quick, platform))
    const first = JSON.parse(sealed)
    expect([again.kdf.salt, again.cipher.nonce, again.sealed]).not.toEqual([
      first.kdf.salt,
      first.cipher.nonce,
      first.sealed,
    ])
    expect(again.kdf.salt).not.toBe(first.kdf.salt)
    expect(again.cipher.nonce).not.toBe(first.cipher.nonce)
  })

  it('opens when a mail program has changed its line ends', async () => {
    expect(await unwrapKey(sealed.replaceAll('\n', '\r\n').trimEnd(), passphrase, quick, platform)).toEqual(key)
  })
})

describe('one message for every backup that does not open', () => {
  it('with any one bit flipped', async () => {
    const bytes = Buffer.from(sealed)
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = Buffer.from(bytes)
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(await refusal(flipped.toString('latin1')), `bit ${bit}`).toEqual(oneMessage)
    }
  })

  it('cut anywhere', async () => {
    const { length } = sealed.trimEnd()
    for (let end = 0; end < length; end += 7) expect(await refusal(sealed.slice(0, end))).toEqual(oneMessage)
  })

  it('that is something else', async () => {
    for (const text of ['', '{}', 'null', '[]', '"blindscore-key/1"', '12', 'PK\u0003\u0004', '{"kdf":null}']) {
      expect(await refusal(text)).toEqual(oneMessage)
    }
  })
})

describe('a hostile backup is refused', () => {
  const never = vi.fn<DeriveKey>(async () => {
    throw new Error('must not be derived')
  })

  it.each([
    ['memory without end', changed(({ kdf }) => Object.assign(kdf, { memory: 2 ** 31 }))],
    ['memory above the limit', changed(({ kdf }) => Object.assign(kdf, { memory: 131_073 }))],
    ['passes without end', changed(({ kdf }) => Object.assign(kdf, { passes: 1e9 }))],
    ['lanes without end', changed(({ kdf }) => Object.assign(kdf, { lanes: 2 ** 24 }))],
    ['next to no memory', changed(({ kdf }) => Object.assign(kdf, { memory: 8 }))],
    ['half a pass', changed(({ kdf }) => Object.assign(kdf, { passes: 1.5 }))],
    ['a number as text', changed(({ kdf }) => Object.assign(kdf, { memory: '65536' }))],
    ['another way of stretching', changed(({ kdf }) => Object.assign(kdf, { name: 'pbkdf2' }))],
    ['another cipher', changed(({ cipher }) => Object.assign(cipher, { name: 'none' }))],
    ['a longer salt', changed(({ kdf }) => Object.assign(kdf, { salt: Buffer.alloc(32).toString('base64') }))],
    ['a longer nonce', changed(({ cipher }) => Object.assign(cipher, { nonce: Buffer.alloc(16).toString('base64') }))],
    ['another size than it holds', changed((members) => Object.assign(members, { bits: 3072 }))],
    ['a size that no key has', changed((members) => Object.assign(members, { bits: 1024 }))],
    ['another format', changed((members) => Object.assign(members, { format: 'blindscore-key/2' }))],
    ['a fingerprint in capitals', changed((members) => Object.assign(members, { fingerprint: 'A'.repeat(64) }))],
    ['a further member', changed((members) => Object.assign(members, { more: 1 }))],
    ['a member of the prototype', sealed.replace('{', '{"__proto__":{"bits":2048},')],
    ['bytes written in two ways', changed((members) => Object.assign(members, { sealed: ` ${members.sealed}` }))],
    ['ten thousand brackets', '['.repeat(10_000)],
    ['ten thousand levels', `${'{"kdf":'.repeat(2000)}1${'}'.repeat(2000)}`],
    ['more text than a backup has', sealed + ' '.repeat(longestWrappedKey)],
  ])('before a key is derived: %s', async (_, text) => {
    expect(await refusal(text, never)).toEqual(oneMessage)
    expect(never).not.toHaveBeenCalled()
    expect({}).not.toHaveProperty('bits')
  })

  it('when its primes are one and the same', async () => {
    const p = prime(1024)
    expect(await refusal(await forged(primes(p, p), p * p))).toEqual(oneMessage)
  })

  it('when one of them is composite', async () => {
    const [a, b] = [prime(512), prime(512)]
    const composite = a * b
    // Of the length that is asked for: the product of two primes with both top bits set has it.
    expect(composite.toString(2)).toHaveLength(1024)
    expect(await refusal(await forged(primes(iso.p, composite), iso.p * composite))).toEqual(oneMessage)
    expect(await refusal(await forged(primes(composite, iso.q), composite * iso.q))).toEqual(oneMessage)
  })

  it('when they have the wrong sizes', async () => {
    const [short, long] = [prime(1000), prime(1048)]
    const content = concat([toBytes(short, 128), toBytes(long >> 24n, 128)])
    expect(await refusal(await forged(content, fromBytes(toBytes(iso.p * iso.q, 256))))).toEqual(oneMessage)
    expect(await refusal(await forged(new Uint8Array(256), iso.p * iso.q))).toEqual(oneMessage)
  })

  it('when the fingerprint is that of another key', async () => {
    expect(await refusal(await forged(primes(iso.p, iso.q), prime(2048)))).toEqual(oneMessage)
    const good = await forged(primes(iso.p, iso.q), iso.p * iso.q)
    expect(await unwrapKey(good, passphrase, quick, platform)).toEqual(key)
  })
})
