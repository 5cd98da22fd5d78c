import { PrivateKey as ReferenceKey, PublicKey as ReferencePublicKey } from 'paillier-bigint'
import { describe, expect, it } from 'vitest'
import { concat, fromBytes, toBytes } from '../number/bytes.ts'
import { gcd, inverse, modPow } from '../number/integers.ts'
import { uniformBelow } from '../number/random.ts'
import { ownerReference } from '../private/paillier/reference.ts'
import { batch, items, reference } from '../protocol/paillier/reference.ts'
import { secureRandom } from './sources.ts'
import { iso } from './vectors.ts'

const bits = 2048
const n = iso.p * iso.q
const n2 = n * n
const server = reference.publicKey(toBytes(n, 256))
const owner = ownerReference.privateKey(toBytes(iso.p, 128), toBytes(iso.q, 128))
const lambda = (iso.p - 1n) * (iso.q - 1n)
const libraryPublic = new ReferencePublicKey(n, n + 1n)
const library = new ReferenceKey(lambda, inverse(lambda, n) as bigint, libraryPublic, iso.p, iso.q)
const code = (name: string) => expect.objectContaining({ code: name })

/** Plaintexts with their randomness stated, as the standard's example does. */
const sealWith = (m: bigint, r: bigint): bigint =>
  fromBytes(owner.encrypt(toBytes(m, 256), toBytes(modPow(r, n, n2), 512)))
const open = (c: bigint): bigint => fromBytes(owner.decrypt(toBytes(c, 512)))

/** Plaintexts at the ends of [0, n) and some inside. */
const messages = [0n, 1n, 2n, n / 2n, n - 2n, n - 1n, ...Array.from({ length: 6 }, () => uniformBelow(n, secureRandom))]

describe('ISO/IEC 18033-6', () => {
  it('sealing with the stated randomness gives the stated ciphertexts', () => {
    expect(sealWith(iso.m1, iso.r0)).toBe(iso.c1)
    expect(sealWith(iso.m2, iso.r1)).toBe(iso.c2)
    expect(libraryPublic.encrypt(iso.m1, iso.r0)).toBe(iso.c1)
  })

  it('the server’s sum of the two, unmasked, is the stated sum', () => {
    const sum = server.score({
      ciphertexts: batch([iso.c1, iso.c2], 512),
      blocks: 1,
      weights: [Float64Array.of(1, 1)],
      offsets: [new Uint8Array(256)],
      masks: toBytes(1n, 512),
    })
    expect(fromBytes(sum)).toBe(iso.c1c2)
  })

  it('all three open to their plaintexts, here and with paillier-bigint', () => {
    for (const [c, m] of [
      [iso.c1, iso.m1],
      [iso.c2, iso.m2],
      [iso.c1c2, iso.m1m2],
    ] as const) {
      expect(open(c)).toBe(m)
      expect(library.decrypt(c)).toBe(m)
    }
  })
})

describe('the library and paillier-bigint', () => {
  const tabled = ownerReference.privateKey(toBytes(iso.p, 128), toBytes(iso.q, 128))
  tabled.useTable(tabled.makeTable(secureRandom))

  it('open each other’s ciphertexts, residues from exponentiation or from a table', () => {
    for (const sealer of [owner, tabled]) {
      const sealed = sealer.encrypt(batch(messages, 256), sealer.residues(messages.length, secureRandom))
      items(sealed, 512).forEach((c, i) => {
        expect(library.decrypt(c)).toBe(messages[i])
      })
    }
    for (const m of messages) expect(open(libraryPublic.encrypt(m))).toBe(m)
  })

  it('residues and masks are n-th residues: units that open to 0, all different', () => {
    const all = items(
      concat([owner.residues(4, secureRandom), tabled.residues(8, secureRandom), server.masks(4, secureRandom)]),
      512,
    )
    expect(new Set(all).size).toBe(16)
    for (const residue of all) {
      expect(gcd(residue, n)).toBe(1n)
      expect(modPow(residue, lambda, n2)).toBe(1n)
    }
  })
})

describe('scoring', () => {
  it('is C + Σ W·m modulo n, over blocks and heads, for weights of every sign and size', () => {
    const weights = [
      Float64Array.of(0, 1, -1, 2 ** 53 - 1),
      Float64Array.of(-(2 ** 53 - 1), 0, 12345, -2),
      new Float64Array(4),
    ]
    const offsets = [0n, n - 1n, 777n]
    const plain = Array.from({ length: 8 }, () => uniformBelow(n, secureRandom))
    const ciphertexts = owner.encrypt(batch(plain, 256), owner.residues(8, secureRandom))
    const masks = server.masks(6, secureRandom)
    const answer = server.score({
      ciphertexts,
      blocks: 2,
      weights,
      offsets: offsets.map((c) => toBytes(c, 256)),
      masks,
    })
    const opened = items(owner.decrypt(answer), 256)
    for (let b = 0; b < 2; b++) {
      weights.forEach((head, h) => {
        let sum = offsets[h] as bigint
        head.forEach((weight, j) => {
          sum += BigInt(weight) * (plain[4 * b + j] as bigint)
        })
        expect(opened[3 * b + h]).toBe(((sum % n) + n) % n)
      })
    }
  })

  it('re-masks every answer: the same request twice shares no ciphertext, even where all weights are zero', () => {
    const ciphertexts = owner.encrypt(batch([5n, 6n], 256), owner.residues(2, secureRandom))
    const answers = [1, 2].map(() =>
      server.score({
        ciphertexts,
        blocks: 1,
        weights: [Float64Array.of(3, -4), new Float64Array(2), Float64Array.of(1, 0)],
        offsets: [1n, 2n, 0n].map((c) => toBytes(c, 256)),
        masks: server.masks(3, secureRandom),
      }),
    )
    const all = [...items(concat(answers), 512), ...items(ciphertexts, 512)]
    expect(new Set(all).size).toBe(8)
    expect(items(owner.decrypt(answers[0] as Uint8Array), 256)).toEqual(
      items(owner.decrypt(answers[1] as Uint8Array), 256),
    )
  })

  it('needs one mask per block and head', () => {
    const ciphertexts = owner.encrypt(batch([5n], 256), owner.residues(1, secureRandom))
    const task = { ciphertexts, blocks: 1, weights: [Float64Array.of(1)], offsets: [new Uint8Array(256)] }
    expect(() => server.score({ ...task, masks: new Uint8Array() })).toThrow(code('internal'))
    expect(() => server.score({ ...task, masks: server.masks(2, secureRandom) })).toThrow(code('internal'))
  })
})

describe('ciphertexts that are none', () => {
  const good = iso.c1
  it.each([
    ['0', 0n],
    ['n²', n2],
    ['n² + 1', n2 + 1n],
    ['p', iso.p],
    ['n', n],
    ['a multiple of q', iso.q * 12345n],
    ['all ones', (1n << 4096n) - 1n],
  ])('%s is found by the server, by its index, and refused by the owner', (_, bad) => {
    expect(server.firstInvalid(batch([good, good, bad], 512))).toBe(2)
    expect(() => owner.decrypt(batch([good, bad], 512))).toThrow(
      expect.objectContaining({ code: 'result/ciphertext', place: { index: 1 } }),
    )
  })

  it('units are found valid', () => {
    expect(server.firstInvalid(batch([1n, good, n2 - 1n], 512))).toBe(-1)
    expect(server.firstInvalid(new Uint8Array())).toBe(-1)
  })

  it('part of one is not a batch', () => {
    expect(() => server.firstInvalid(new Uint8Array(511))).toThrow(code('internal'))
    expect(() => owner.decrypt(new Uint8Array(513))).toThrow(code('internal'))
    expect(() => owner.encrypt(new Uint8Array(512), new Uint8Array(512))).toThrow(code('internal'))
    expect(owner.bits).toBe(bits)
  })
})
