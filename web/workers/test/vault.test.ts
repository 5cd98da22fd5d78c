import * as paillier from 'paillier-bigint'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fromBytes, toBytes, toHex } from '../../../core/bytes.ts'
import { checkKey } from '../../../core/key.ts'
import { ownerTwin } from '../../../core/private/twin.ts'
import { noop } from '../../../core/test/noop.ts'
import { sha256 } from '../../../core/test/sources.ts'
import type { VaultMessage } from '../inside/secretLink.ts'
import { Vault } from '../inside/vault.ts'
import { errorOf } from './files.ts'

afterEach(() => vi.unstubAllGlobals())

function listen(vault: Vault) {
  const { port1, port2 } = new MessageChannel()
  const heard: VaultMessage[] = []
  port2.onmessage = ({ data }: MessageEvent<VaultMessage>) => heard.push(data)
  vault.connect(port1)
  return { heard, close: () => port2.close() }
}

const kinds = (heard: readonly VaultMessage[]) => heard.map(({ kind }) => kind)

describe('a key', () => {
  it('is made of primes that the sealers get, fits the server’s check and opens with paillier-bigint', async () => {
    const vault = new Vault(Promise.resolve(ownerTwin))
    const early = listen(vault)
    const info = await vault.makeKey(2048)
    const late = listen(vault)
    await vi.waitFor(() => expect([kinds(early.heard), kinds(late.heard)]).toEqual([['forget', 'key'], ['key']]))

    const message = late.heard[0] as Extract<VaultMessage, { kind: 'key' }>
    const [p, q] = [fromBytes(message.p), fromBytes(message.q)]
    expect(p * q).toBe(fromBytes(info.n))
    expect(message.fingerprint).toBe(info.fingerprint)
    expect(info.fingerprint).toBe(toHex(await sha256(info.n)))
    await checkKey(info.n, info.proof, sha256)

    const arithmetic = ownerTwin.privateKey(message.p, message.q)
    const random = (count: number) => crypto.getRandomValues(new Uint8Array(count))
    const sealed = arithmetic.seal(toBytes(1234n, 256), arithmetic.residues(1, random))
    const publicKey = new paillier.PublicKey(p * q, p * q + 1n)
    const lambda = (p - 1n) * (q - 1n)
    const opened = new paillier.PrivateKey(lambda, modInverse(lambda, p * q), publicKey, p, q).decrypt(
      fromBytes(sealed),
    )
    expect(opened).toBe(1234n)
    for (const { close } of [early, late]) close()
  })

  it('tells the page nothing secret', async () => {
    const vault = new Vault(Promise.resolve(noop))
    const link = listen(vault)
    const info = await vault.makeKey(2048)
    await vi.waitFor(() => expect(kinds(link.heard)).toContain('key'))
    const { p, q } = link.heard.find(({ kind }) => kind === 'key') as Extract<VaultMessage, { kind: 'key' }>
    const told = toHex(info.n) + toHex(info.proof) + info.fingerprint
    expect(Object.keys(info).sort()).toEqual(['bits', 'fingerprint', 'n', 'proof'])
    for (const secret of [p, q]) expect(told).not.toContain(toHex(secret))
    link.close()
  })

  it('goes from every sealer when it is forgotten, and a new one replaces it', async () => {
    const vault = new Vault(Promise.resolve(noop))
    const link = listen(vault)
    const first = await vault.makeKey(2048)
    vault.forget()
    expect((await errorOf(vault.makeTable())).code).toBe('key/locked')
    const second = await vault.makeKey(2048)
    await vi.waitFor(() => expect(kinds(link.heard)).toEqual(['forget', 'key', 'forget', 'forget', 'key']))
    expect(second.fingerprint).not.toBe(first.fingerprint)
    link.close()
  })

  it('brings its table to the sealers, those that come later included', async () => {
    const vault = new Vault(Promise.resolve(noop))
    const early = listen(vault)
    await vault.makeKey(2048)
    await vault.makeTable()
    await vault.makeTable()
    const late = listen(vault)
    await vi.waitFor(() =>
      expect([kinds(early.heard), kinds(late.heard)]).toEqual([
        ['forget', 'key', 'table'],
        ['key', 'table'],
      ]),
    )
    for (const { close } of [early, late]) close()
  })
})

describe('without what a key needs', () => {
  it('says that the page has no secure context', async () => {
    vi.stubGlobal('crypto', {})
    const error = await errorOf(new Vault(Promise.resolve(noop)).makeKey(2048))
    expect(error.code).toBe('platform/insecure-context')
    expect(error.message).toContain('https')
  })
})

function modInverse(a: bigint, m: bigint): bigint {
  let [r0, r1, s0, s1] = [m, a % m, 0n, 1n]
  while (r1 > 0n) {
    const quotient = r0 / r1
    ;[r0, r1] = [r1, r0 - quotient * r1]
    ;[s0, s1] = [s1, s0 - quotient * s1]
  }
  return ((s0 % m) + m) % m
}
