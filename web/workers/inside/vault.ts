import { fromBytes, toBytes, toHex } from '../../../core/bytes.ts'
import type { KeySize } from '../../../core/card.ts'
import { BlindscoreError, fail } from '../../../core/errors.ts'
import { keyFingerprint, shortestPassphrase } from '../../../core/key.ts'
import type { OwnerArithmetic, PrivateArithmetic } from '../../../core/private/arithmetic.ts'
import { makePrivateKey, type PrivateKey, proveKey } from '../../../core/private/key.ts'
import { type KeyName, nameOfBackup, openBackup, sealKey } from './backup.ts'
import type { KeyStore } from './keyStore.ts'
import { secureRandom, sha256 } from './random.ts'
import type { VaultMessage } from './secretLink.ts'
import type { Stretch } from './stretch.ts'

/** What leaves the vault towards the page and the server: nothing secret. */
export interface PublicKeyInfo extends KeyName {
  readonly n: Uint8Array
  /** That n and φ(n) have no common factor. */
  readonly proof: Uint8Array
}

/** What there is of the present key besides the key itself. */
export interface Kept {
  /** It has a passphrase, so its sealed form is here and it can be locked. */
  readonly sealed: boolean
  /** Its sealed form was read back from this device's storage. */
  readonly remembered: boolean
  /** It was handed out as a backup file, or came from one. */
  readonly backedUp: boolean
}

interface Held {
  readonly bits: KeySize
  readonly message: Extract<VaultMessage, { kind: 'key' }>
  /** The arithmetic that made the table: where the table is shared, its memory. */
  readonly arithmetic: PrivateArithmetic | null
}

/**
 * The keeper of the private key: makes it, hands it to the sealers by port, seals it under a passphrase, locks and
 * forgets it. Locked, it is here in its sealed form alone.
 */
export class Vault {
  readonly #engine: Promise<OwnerArithmetic>
  readonly #store: KeyStore
  readonly #stretch: Stretch
  readonly #ports: MessagePort[] = []
  #held: Held | null = null
  #table: VaultMessage | null = null
  #sealed: string | null = null
  #remembered = false
  #backedUp = false
  /** Counts what changes the key, so that work on an earlier one cannot bring it back. */
  #change = 0

  constructor(engine: Promise<OwnerArithmetic>, store: KeyStore, stretch: Stretch) {
    this.#engine = engine
    this.#store = store
    this.#stretch = stretch
  }

  /** Takes one end of a channel whose other end a sealer holds, and tells it what there is to know. */
  connect(port: MessagePort): void {
    this.#ports.push(port)
    if (this.#held) port.postMessage(this.#held.message)
    if (this.#table) port.postMessage(this.#table)
  }

  /**
   * Makes a new key, which replaces the present one. Throws `platform/insecure-context` without WebCrypto and
   * `platform/no-random` without its random source.
   */
  async makeKey(bits: KeySize): Promise<PublicKeyInfo> {
    const change = this.#change
    const key = await generate(bits)
    return this.#adopt(key, { sealed: null, remembered: false, backedUp: false }, change)
  }

  /** Makes the secret table that residues are drawn from, once, and hands it to the sealers. */
  async makeTable(): Promise<void> {
    const held = this.#held ?? locked()
    const { message } = held
    if (this.#table || message.table) return
    const engine = await this.#engine
    if (this.#held !== held) return
    const table = engine.privateKey(message.p, message.q).makeTable(secureRandom)
    this.#table = { kind: 'table', table }
    this.#tell(this.#table)
  }

  /**
   * Seals the open key under a passphrase, in place of an earlier one; where the key is remembered, it is so under the
   * new one. Throws `key/passphrase` for a short one, `key/locked` without a key.
   */
  async protect(passphrase: string): Promise<void> {
    const held = this.#held ?? locked()
    if (passphrase.length < shortestPassphrase) {
      fail('key/passphrase', `A passphrase has at least ${shortestPassphrase} characters.`)
    }
    const { p, q } = held.message
    const sealed = await sealKey(makePrivateKey(fromBytes(p), fromBytes(q), held.bits), passphrase, this.#stretch)
    if (this.#held !== held) superseded()
    // An earlier backup file still opens under its own passphrase, so it counts on.
    if (this.#remembered) await this.#store.save({ sealed, backedUp: this.#backedUp })
    this.#sealed = sealed
  }

  /** The text of a backup file. Throws `key/passphrase` when the key has none yet. */
  async backup(): Promise<string> {
    const sealed = this.#sealed ?? unsealed()
    this.#backedUp = true
    // The file is what was asked for; that the device's note of it is late does no harm.
    if (this.#remembered) await this.#store.save({ sealed, backedUp: true }).catch(() => {})
    return sealed
  }

  /** Drops the open key here and in every sealer, and keeps its sealed form. Throws `key/passphrase` without one. */
  lock(): void {
    if (this.#sealed === null) unsealed()
    this.#drop()
  }

  /** Opens the sealed form again. Throws `key/passphrase` for another passphrase, `key/locked` without a sealed key. */
  async unlock(passphrase: string): Promise<PublicKeyInfo> {
    const sealed = this.#sealed ?? locked()
    const change = this.#change
    const key = await openBackup(sealed, passphrase, this.#stretch).catch(() =>
      fail('key/passphrase', 'This passphrase does not open the key.'),
    )
    return this.#adopt(key, { sealed, remembered: this.#remembered, backedUp: this.#backedUp }, change)
  }

  /**
   * Takes the key of a backup file in place of the present one, which stays when the backup cannot be opened: then it
   * throws `key/backup`.
   */
  async restore(backup: string, passphrase: string): Promise<PublicKeyInfo> {
    const change = this.#change
    const key = await openBackup(backup, passphrase, this.#stretch)
    const remembered = (await this.#store.load())?.sealed === backup
    return this.#adopt(key, { sealed: backup, remembered, backedUp: true }, change)
  }

  /**
   * Keeps the sealed form on this device. Throws `storage/unavailable` where the browser keeps nothing, and
   * `storage/taken` where another key is remembered or another tab is in charge of it.
   */
  async remember(): Promise<void> {
    const sealed = this.#sealed ?? unsealed()
    const present = await this.#storedName()
    if (present && present.fingerprint !== nameOfBackup(sealed).fingerprint) {
      fail('storage/taken', 'This device remembers another key. Reload the page and forget that one first.')
    }
    await this.#store.save({ sealed, backedUp: this.#backedUp })
    this.#remembered = true
  }

  /** Takes the sealed form from this device. Throws what the storage throws; then it is still there. */
  async unremember(): Promise<void> {
    await this.#store.remove()
    this.#remembered = false
  }

  /** The key that this device remembers becomes the present one, locked. Resolves to null when there is none. */
  async recall(): Promise<KeyName | null> {
    const change = this.#change
    const stored = await this.#store.load()
    const name = nameOf(stored?.sealed)
    if (!stored || !name || change !== this.#change) return null
    this.#drop()
    this.#sealed = stored.sealed
    this.#remembered = true
    this.#backedUp = stored.backedUp
    return name
  }

  /** What there is of the present key; whether it is remembered is looked up, for storage can be cleared at any time. */
  async kept(): Promise<Kept> {
    if (this.#remembered) this.#remembered = (await this.#store.load())?.sealed === this.#sealed
    return { sealed: this.#sealed !== null, remembered: this.#remembered, backedUp: this.#backedUp }
  }

  /**
   * Drops the key here, in every sealer and, where it is remembered, on this device. Throws what the storage throws;
   * the key is gone from this tab all the same.
   */
  async forget(): Promise<void> {
    this.#drop()
    this.#sealed = null
    this.#backedUp = false
    if (this.#remembered) await this.unremember().finally(() => (this.#remembered = false))
  }

  async #adopt(key: PrivateKey, kept: Omit<Kept, 'sealed'> & { sealed: string | null }, change: number) {
    const { bits } = key
    const n = toBytes(key.n, bits / 8)
    const fingerprint = toHex(await keyFingerprint(n, sha256))
    const proof = await proveKey(key, sha256)
    const engine = await this.#engine
    if (change !== this.#change) superseded()
    this.#drop()
    const primes = { p: toBytes(key.p, bits / 16), q: toBytes(key.q, bits / 16) }
    // The kernel makes a table in less time than the key took, and without one its sealers would each make their own.
    const arithmetic = engine.engine === 'kernel' ? engine.privateKey(primes.p, primes.q) : null
    const table = arithmetic?.makeTable(secureRandom)
    this.#held = { bits, arithmetic, message: { kind: 'key', fingerprint, ...primes, ...(table && { table }) } }
    this.#sealed = kept.sealed
    this.#remembered = kept.remembered
    this.#backedUp = kept.backedUp
    this.#tell(this.#held.message)
    return { bits, n, fingerprint, proof }
  }

  /** Sealing and opening are errors from here on. The primes are overwritten; what BigInts held is left to the engine. */
  #drop(): void {
    this.#change += 1
    this.#tell({ kind: 'forget' })
    this.#held?.arithmetic?.dispose()
    this.#held?.message.p.fill(0)
    this.#held?.message.q.fill(0)
    this.#held = null
    this.#table = null
  }

  async #storedName(): Promise<KeyName | null> {
    return nameOf((await this.#store.load())?.sealed)
  }

  #tell(message: VaultMessage): void {
    for (const port of this.#ports) port.postMessage(message)
  }
}

function nameOf(sealed: string | undefined): KeyName | null {
  try {
    return sealed === undefined ? null : nameOfBackup(sealed)
  } catch {
    return null
  }
}

function locked(): never {
  return fail('key/locked', 'There is no open key.')
}

function unsealed(): never {
  return fail('key/passphrase', 'The key has no passphrase yet.')
}

function superseded(): never {
  throw new BlindscoreError('run/cancelled', 'Cancelled.')
}

/**
 * Two primes from WebCrypto: an RSA key of the same size has just the primes that Paillier needs, made by audited
 * native code. The RSA key itself is never used.
 */
async function generate(bits: KeySize): Promise<PrivateKey> {
  if (!globalThis.crypto?.subtle) {
    fail('platform/insecure-context', 'A key can only be made on a page opened over https or on this machine.')
  }
  // A platform without its own source of randomness is not trusted to make primes either.
  secureRandom(1)
  const algorithm = {
    name: 'RSA-OAEP',
    modulusLength: bits,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  }
  const pair = await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt'])
  const { p, q } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  return makePrivateKey(fromBase64Url(p ?? ''), fromBase64Url(q ?? ''), bits)
}

function fromBase64Url(text: string): bigint {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return fromBytes(Uint8Array.from(binary, (c) => c.charCodeAt(0)))
}
