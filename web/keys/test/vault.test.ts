import { createHmac } from 'node:crypto'
import * as paillier from 'paillier-bigint'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { DeriveKey } from '../../../client/owner/keyDerivation.ts'
import type { KeyMessage } from '../../../client/owner/keyMessage.ts'
import { platform } from '../../../client/owner/platform.ts'
import { BlindscoreError } from '../../../core/errors.ts'
import { fromBytes, toBytes, toHex } from '../../../core/number/bytes.ts'
import type { OwnerArithmetic } from '../../../core/private/paillier/arithmetic.ts'
import { paillierOwner } from '../../../core/private/paillier/owner.ts'
import { ownerReference } from '../../../core/private/paillier/reference.ts'
import { checkKey } from '../../../core/protocol/paillier/publicKey.ts'
import { reference } from '../../../core/protocol/paillier/reference.ts'
import { noop } from '../../../core/test/noop.ts'
import { patience } from '../../../core/test/patience.ts'
import { sha256 } from '../../../core/test/sources.ts'
import { enableRelaxedSimd } from '../../../kernel/node.ts'
import { ownerEngines } from '../../../kernel/ownerEngines.ts'
import { errorOf } from '../../../reader/test/files.ts'
import { sentenceOf } from '../../../words/en/errors.ts'
import type { KeyStore, StoredKey } from '../keyStore.ts'
import { Vault } from '../vault.ts'

const quick: DeriveKey = async (text, { salt }) => new Uint8Array(createHmac('sha256', salt).update(text).digest())
const passphrase = 'correct horse battery staple'

/** Storage in this process, which can be told to be full. */
class MemoryStore implements KeyStore {
  key: StoredKey | null = null
  full = false

  async load() {
    return this.key
  }

  async save(key: StoredKey) {
    if (this.full) throw new BlindscoreError('storage/unavailable', '')
    this.key = key
  }

  async remove() {
    this.key = null
  }
}

const vaultOf = (arithmetic: OwnerArithmetic = noop, store: KeyStore = new MemoryStore()) =>
  new Vault({ engines: Promise.resolve([paillierOwner(arithmetic)]), store, deriveKey: quick, platform })

afterEach(() => vi.unstubAllGlobals())

function listen(vault: Vault) {
  const { port1, port2 } = new MessageChannel()
  const heard: KeyMessage[] = []
  port2.onmessage = ({ data }: MessageEvent<KeyMessage>) => heard.push(data)
  vault.connect(port1)
  return { heard, close: () => port2.close() }
}

const kinds = (heard: readonly KeyMessage[]) => heard.map(({ kind }) => kind)

describe('a key', () => {
  it('is made of primes that the sealers get, fits the server’s check and opens with paillier-bigint', async () => {
    const vault = vaultOf(ownerReference)
    const early = listen(vault)
    const info = await vault.makeKey('paillier-2048')
    const late = listen(vault)
    await vi.waitFor(
      () => expect([kinds(early.heard), kinds(late.heard)]).toEqual([['forget', 'key'], ['key']]),
      patience,
    )

    const message = late.heard[0] as Extract<KeyMessage, { kind: 'key' }>
    const halves = [message.secret.subarray(0, 128), message.secret.subarray(128)] as const
    const [p, q] = [fromBytes(halves[0]), fromBytes(halves[1])]
    expect(p * q).toBe(fromBytes(info.bytes))
    expect(message.fingerprint).toBe(info.fingerprint)
    expect(info.fingerprint).toBe(toHex(await sha256(info.bytes)))
    await checkKey(info.bytes, info.proof, sha256, reference.powers)

    const arithmetic = ownerReference.privateKey(...halves)
    const random = (count: number) => crypto.getRandomValues(new Uint8Array(count))
    const sealed = arithmetic.encrypt(toBytes(1234n, 256), arithmetic.residues(1, random))
    const publicKey = new paillier.PublicKey(p * q, p * q + 1n)
    const lambda = (p - 1n) * (q - 1n)
    const opened = new paillier.PrivateKey(lambda, modInverse(lambda, p * q), publicKey, p, q).decrypt(
      fromBytes(sealed),
    )
    expect(opened).toBe(1234n)
    for (const { close } of [early, late]) close()
  })

  it('tells the page nothing secret', async () => {
    const vault = vaultOf()
    const link = listen(vault)
    const info = await vault.makeKey('paillier-2048')
    await vi.waitFor(() => expect(kinds(link.heard)).toContain('key'), patience)
    const { secret } = link.heard.find(({ kind }) => kind === 'key') as Extract<KeyMessage, { kind: 'key' }>
    const told = toHex(info.bytes) + toHex(info.proof) + info.fingerprint
    expect(Object.keys(info).sort()).toEqual(['bytes', 'fingerprint', 'proof', 'set'])
    for (const half of [secret.subarray(0, 128), secret.subarray(128)]) expect(told).not.toContain(toHex(half))
    link.close()
  })

  it('goes from every sealer when it is forgotten, and a new one replaces it', async () => {
    const vault = vaultOf()
    const link = listen(vault)
    const first = await vault.makeKey('paillier-2048')
    await vault.forget()
    expect((await errorOf(vault.makeTable())).code).toBe('key/locked')
    const second = await vault.makeKey('paillier-2048')
    await vi.waitFor(() => expect(kinds(link.heard)).toEqual(['forget', 'key', 'forget', 'forget', 'key']), patience)
    expect(second.fingerprint).not.toBe(first.fingerprint)
    link.close()
  })

  it('brings its table to the sealers, those that come later included', async () => {
    const vault = vaultOf()
    const early = listen(vault)
    await vault.makeKey('paillier-2048')
    await vault.makeTable()
    await vault.makeTable()
    const late = listen(vault)
    await vi.waitFor(
      () =>
        expect([kinds(early.heard), kinds(late.heard)]).toEqual([
          ['forget', 'key', 'table'],
          ['key', 'table'],
        ]),
      patience,
    )
    for (const { close } of [early, late]) close()
  })
})

describe('a key with a passphrase', () => {
  /** A vault with a key that has the passphrase, and what its one sealer hears. */
  async function protectedVault(store = new MemoryStore()) {
    const vault = vaultOf(noop, store)
    const link = listen(vault)
    const info = await vault.makeKey('paillier-2048')
    await vault.protect(passphrase)
    return { vault, link, info, store }
  }

  it('is gone from every sealer while it is locked, and comes back as it was', async () => {
    const { vault, link, info } = await protectedVault()
    vault.lock()
    const late = listen(vault)
    expect((await errorOf(vault.makeTable())).code).toBe('key/locked')
    expect((await errorOf(vault.protect(passphrase))).code).toBe('key/locked')
    await vi.waitFor(() => expect(kinds(link.heard)).toEqual(['forget', 'key', 'forget']), patience)
    expect(late.heard).toEqual([])
    const again = await vault.unlock(passphrase)
    await checkKey(again.bytes, again.proof, sha256, reference.powers)
    expect(again).toEqual(info)
    await vi.waitFor(() => expect(kinds(link.heard).at(-1)).toBe('key'), patience)
    expect(link.heard.at(-1)).toEqual(link.heard[1])
    for (const { close } of [link, late]) close()
  })

  it('stays locked for any other passphrase', async () => {
    const { vault, link, info } = await protectedVault()
    vault.lock()
    for (const other of ['', 'correct horse battery stable', `${passphrase} `]) {
      expect((await errorOf(vault.unlock(other))).code).toBe('key/passphrase')
    }
    expect((await vault.unlock(passphrase)).fingerprint).toBe(info.fingerprint)
    link.close()
  })

  it('is not locked, backed up or remembered before it has one, and takes no short one', async () => {
    const store = new MemoryStore()
    const vault = vaultOf(noop, store)
    await vault.makeKey('paillier-2048')
    const codes = [
      await errorOf(Promise.resolve().then(() => vault.lock())),
      await errorOf(vault.backup()),
      await errorOf(vault.remember()),
      await errorOf(vault.protect('too short')),
    ].map(({ code }) => code)
    expect(codes).toEqual(Array(4).fill('key/passphrase'))
    expect(store.key).toBeNull()
    expect(await vault.status()).toEqual({ wrapped: false, remembered: false, backedUp: false })
    await vault.makeTable()
  })

  it('survives in its backup alone', async () => {
    const { vault, link, info } = await protectedVault()
    const backup = await vault.backup()
    await vault.forget()
    const other = vaultOf()
    expect(await other.restore(backup, passphrase)).toEqual(info)
    expect(await other.status()).toEqual({ wrapped: true, remembered: false, backedUp: true })
    link.close()
  })

  it('is untouched by a backup that does not open', async () => {
    const { vault, link, info } = await protectedVault()
    const backup = await vault.backup()
    expect((await errorOf(vault.restore(backup, 'another passphrase'))).code).toBe('key/backup')
    expect((await errorOf(vault.restore(backup.slice(0, -9), passphrase))).code).toBe('key/backup')
    await vi.waitFor(() => expect(kinds(link.heard)).toEqual(['forget', 'key']), patience)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(kinds(link.heard)).toEqual(['forget', 'key'])
    vault.lock()
    expect((await vault.unlock(passphrase)).fingerprint).toBe(info.fingerprint)
    link.close()
  })

  it('gets another passphrase while it is open, here and where it is remembered', async () => {
    const { vault, link, store } = await protectedVault()
    await vault.remember()
    await vault.protect('another good passphrase')
    vault.lock()
    expect((await errorOf(vault.unlock(passphrase))).code).toBe('key/passphrase')
    await vault.unlock('another good passphrase')
    const back = vaultOf(noop, store)
    await back.recall()
    await back.unlock('another good passphrase')
    link.close()
  })

  it('is not brought back by work that was under way when it was forgotten', async () => {
    const { vault, link } = await protectedVault()
    vault.lock()
    const unlocking = errorOf(vault.unlock(passphrase))
    await vault.forget()
    expect((await unlocking).code).toBe('run/cancelled')
    expect(kinds(link.heard).at(-1)).not.toBe('key')
    expect((await errorOf(vault.unlock(passphrase))).code).toBe('key/locked')
    link.close()
  })

  it('hands the page nothing that holds its primes', async () => {
    const { vault, link } = await protectedVault()
    await vi.waitFor(() => expect(kinds(link.heard)).toContain('key'), patience)
    const { secret } = link.heard.find(({ kind }) => kind === 'key') as Extract<KeyMessage, { kind: 'key' }>
    const backup = JSON.parse(await vault.backup())
    const told = Buffer.from(backup.sealed, 'base64').toString('hex') + JSON.stringify(backup)
    for (const half of [secret.subarray(0, 128), secret.subarray(128)]) {
      for (const at of [0, 16, 64]) {
        const part = half.subarray(at, at + 16)
        expect(told).not.toContain(toHex(part))
        expect(told).not.toContain(Buffer.from(part).toString('base64').slice(0, 20))
      }
    }
    link.close()
  })
})

describe('a remembered key', () => {
  it('is there on return, locked, and opens with its passphrase', async () => {
    const store = new MemoryStore()
    const vault = vaultOf(noop, store)
    const info = await vault.makeKey('paillier-2048')
    await vault.protect(passphrase)
    await vault.backup()
    await vault.remember()

    const back = vaultOf(noop, store)
    expect(await back.recall()).toEqual({ set: 'paillier-2048', fingerprint: info.fingerprint })
    expect(await back.status()).toEqual({ wrapped: true, remembered: true, backedUp: true })
    expect((await errorOf(back.makeTable())).code).toBe('key/locked')
    expect(await back.unlock(passphrase)).toEqual(info)
  })

  it('is never said to be remembered when it is not', async () => {
    const store = new MemoryStore()
    const vault = vaultOf(noop, store)
    await vault.makeKey('paillier-2048')
    await vault.protect(passphrase)
    store.full = true
    expect((await errorOf(vault.remember())).code).toBe('storage/unavailable')
    expect((await vault.status()).remembered).toBe(false)
    store.full = false
    await vault.remember()
    expect((await vault.status()).remembered).toBe(true)
    store.key = null
    expect((await vault.status()).remembered).toBe(false)
  })

  it('keeps its passphrase when the device cannot keep another', async () => {
    const store = new MemoryStore()
    const vault = vaultOf(noop, store)
    await vault.makeKey('paillier-2048')
    await vault.protect(passphrase)
    await vault.remember()
    store.full = true
    expect((await errorOf(vault.protect('another good passphrase'))).code).toBe('storage/unavailable')
    vault.lock()
    await vault.unlock(passphrase)
  })

  it('is gone from the device when it is forgotten', async () => {
    const store = new MemoryStore()
    const vault = vaultOf(noop, store)
    await vault.makeKey('paillier-2048')
    await vault.protect(passphrase)
    await vault.remember()
    await vault.forget()
    expect(store.key).toBeNull()
    expect(await vaultOf(noop, store).recall()).toBeNull()
  })

  it('is not written over by another one', async () => {
    const store = new MemoryStore()
    const [first, second] = [vaultOf(noop, store), vaultOf(noop, store)]
    for (const vault of [first, second]) {
      await vault.makeKey('paillier-2048')
      await vault.protect(passphrase)
    }
    await first.remember()
    const stored = store.key
    expect((await errorOf(second.remember())).code).toBe('storage/taken')
    expect(store.key).toBe(stored)
  })

  it('that is no backup any more counts as none', async () => {
    const store = new MemoryStore()
    store.key = { sealed: '{"format":"something else"}', backedUp: true }
    const vault = vaultOf(noop, store)
    expect(await vault.recall()).toBeNull()
    expect(await vault.status()).toEqual({ wrapped: false, remembered: false, backedUp: false })
  })
})

describe('without what a key needs', () => {
  it('says that the page has no secure context', async () => {
    vi.stubGlobal('crypto', {})
    const error = await errorOf(vaultOf().makeKey('paillier-2048'))
    expect(error.code).toBe('platform/insecure-context')
    expect(sentenceOf(error)).toContain('https')
  })

  it('makes none when the browser has no secure random source', async () => {
    const { subtle } = crypto
    const getRandomValues = () => {
      throw new DOMException('none', 'OperationError')
    }
    vi.stubGlobal('crypto', { subtle, getRandomValues })
    expect((await errorOf(vaultOf().makeKey('paillier-2048'))).code).toBe('platform/no-random')
    vi.stubGlobal('crypto', { subtle })
    expect((await errorOf(vaultOf().makeKey('paillier-2048'))).code).toBe('platform/no-random')
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

describe('a key for one run', () => {
  enableRelaxedSimd()
  const vaultOfAll = (store: KeyStore = new MemoryStore()) =>
    new Vault({ engines: Promise.resolve(ownerEngines().engines), store, deriveKey: quick, platform })

  it('stands beside the present key, for sealers that come later too, until its run is over', async () => {
    const vault = vaultOfAll()
    const early = listen(vault)
    const run = await vault.makeRunKey('lattice-8192-40-39')
    const late = listen(vault)
    await vi.waitFor(() => expect([kinds(early.heard), kinds(late.heard)]).toEqual([['key'], ['key']]), patience)
    expect(late.heard[0]).toMatchObject({ fingerprint: run.fingerprint, set: 'lattice-8192-40-39' })
    // Another run's end is not its own.
    vault.endRunKey('00'.repeat(32))
    vault.endRunKey(run.fingerprint)
    vault.endRunKey(run.fingerprint)
    await vi.waitFor(() => expect(late.heard.slice(1)).toEqual([{ kind: 'forget', ofRun: run.fingerprint }]), patience)
    const after = listen(vault)
    await vault.makeRunKey('lattice-8192-40-39')
    await vi.waitFor(() => expect(kinds(after.heard)).toEqual(['key']), patience)
    expect((after.heard[0] as { fingerprint: string }).fingerprint).not.toBe(run.fingerprint)
  })

  it('takes no other’s place: a run’s and two files’ are there at once, and a file’s until all have ended it', async () => {
    const vault = vaultOfAll()
    await vault.makeKey('paillier-2048')
    const sealer = listen(vault)
    const set = 'lattice-8192-40-39'
    const [one, two] = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)]
    const run = await vault.makeRunKey(set)
    const [first, other, again] = [
      await vault.makeFileKey(set, one),
      await vault.makeFileKey(set, two),
      await vault.makeFileKey(set, one),
    ]
    expect(again.fingerprint).toBe(first.fingerprint)
    expect(new Set([run.fingerprint, first.fingerprint, other.fingerprint]).size).toBe(3)
    vault.endRunKey(first.fingerprint)
    vault.endRunKey(other.fingerprint)
    // Who comes now has the run's and the one that is still used.
    const late = listen(vault)
    const told = ({ heard }: typeof late) =>
      heard.map((each) => (each.kind === 'forget' ? each.ofRun : each.kind === 'key' ? each.fingerprint : ''))
    await vi.waitFor(() => expect(told(late).slice(-2)).toEqual([run.fingerprint, first.fingerprint]), patience)
    vault.endRunKey(first.fingerprint)
    vault.endRunKey(run.fingerprint)
    await vi.waitFor(() => expect(told(late).slice(-2)).toEqual([first.fingerprint, run.fingerprint]), patience)
    expect(kinds(sealer.heard).filter((kind) => kind === 'forget')).toHaveLength(3)
    expect(told(sealer).filter((each) => each === first.fingerprint)).toHaveLength(2)
  })

  it('is neither the present key nor stored: no passphrase, lock or device concerns it', async () => {
    const store = new MemoryStore()
    const vault = vaultOfAll(store)
    await vault.makeRunKey('lattice-8192-40-39')
    expect((await errorOf(vault.protect(passphrase))).code).toBe('key/locked')
    expect((await errorOf(vault.remember())).code).toBe('key/passphrase')
    expect(await vault.status()).toEqual({ wrapped: false, remembered: false, backedUp: false })
    expect(store.key).toBeNull()
  })
})
