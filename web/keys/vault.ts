import { fileSecretOf } from '../../client/owner/fileSecret.ts'
import type { DeriveKey } from '../../client/owner/keyDerivation.ts'
import type { KeyMessage } from '../../client/owner/keyMessage.ts'
import { generateSecret, publicKeyOf, type Secret } from '../../client/owner/secret.ts'
import { nameOfWrapped, unwrapKey, wrapKey } from '../../client/owner/wrappedKey.ts'
import { shortestPassphrase } from '../../client/passphrase.ts'
import { cancelled, unforeseen } from '../../core/errors.ts'
import type { OwnerEngine, OwnerKey, Platform } from '../../core/private/owner.ts'
import type { KeyName, ParameterSet, PublicKey } from '../../core/protocol/scheme.ts'
import { parameterSet } from '../../core/protocol/schemes.ts'
import { fail } from './faults.ts'
import type { KeyStore } from './keyStore.ts'

/** What there is of the present key besides the key itself. */
export interface KeyStatus {
  /** It has a passphrase, so its wrapped form is here and it can be locked. */
  readonly wrapped: boolean
  /** Its wrapped form was read back from this device's storage. */
  readonly remembered: boolean
  /** It was handed out as a backup file, or came from one. */
  readonly backedUp: boolean
}

interface Held {
  readonly secret: Secret
  readonly message: Extract<KeyMessage, { kind: 'key' }>
  /** The key that made the table: where the table is shared, its memory. */
  readonly key: OwnerKey | null
}

/** A key that was made for a run or a file, and by how many it is used: a file's is the same whenever it is asked for. */
interface Lent {
  readonly message: Extract<KeyMessage, { kind: 'key' }>
  readonly times: number
}

/** What the vault works with. */
export interface VaultParts {
  readonly engines: Promise<readonly OwnerEngine[]>
  readonly store: KeyStore
  readonly deriveKey: DeriveKey
  readonly platform: Platform
}

/**
 * Holds the private key: makes it, hands it to the sealers by port, wraps it under a passphrase, locks and forgets it.
 * Locked, it is here in its wrapped form alone.
 */
export class Vault {
  readonly #parts: VaultParts
  readonly #store: KeyStore
  readonly #ports: MessagePort[] = []
  #held: Held | null = null
  #table: KeyMessage | null = null
  readonly #ofRuns = new Map<string, Lent>()
  #wrapped: string | null = null
  #remembered = false
  #backedUp = false
  /** Counts what changes the key, so that work on an earlier one cannot bring it back. */
  #change = 0

  constructor(parts: VaultParts) {
    this.#parts = parts
    this.#store = parts.store
  }

  /** Takes one end of a channel whose other end a sealer holds, and tells it what there is to know. */
  connect(port: MessagePort): void {
    this.#ports.push(port)
    if (this.#held) port.postMessage(this.#held.message)
    if (this.#table) port.postMessage(this.#table)
    for (const { message } of this.#ofRuns.values()) port.postMessage(message)
  }

  /** Makes a new key of a parameter set, which replaces the present one. Throws what `generateSecret` throws. */
  async makeKey(set: string): Promise<PublicKey> {
    const change = this.#change
    const secret = await generateSecret(parameterSet(set), this.#parts.platform)
    return this.#adopt(secret, { wrapped: null, remembered: false, backedUp: false }, change)
  }

  /**
   * Makes a key for one run, beside the present one, of a set whose keys are for that: the sealers have it until
   * {@link endRunKey}, and nothing of it is ever stored.
   */
  async makeRunKey(set: string): Promise<PublicKey> {
    return this.#lendRunKey(await generateSecret(parameterSet(set), this.#parts.platform))
  }

  /** The same for the key of one sealed file, which follows from the open one: whoever has its backup has it again. */
  async makeFileKey(set: string, file: Uint8Array): Promise<PublicKey> {
    const { secret } = this.#held ?? locked()
    return this.#lendRunKey(await fileSecretOf(secret, parameterSet(set), file))
  }

  async #lendRunKey(secret: Secret): Promise<PublicKey> {
    const publicKey = await publicKeyOf(secret, this.#parts.platform)
    const { fingerprint } = publicKey
    const before = this.#ofRuns.get(fingerprint)
    const message = { kind: 'key', set: secret.set.id, fingerprint, secret: secret.bytes } as const
    this.#ofRuns.set(fingerprint, before ? { ...before, times: before.times + 1 } : { message, times: 1 })
    if (before) secret.bytes.fill(0)
    else this.#tell(message)
    return publicKey
  }

  /** Drops the key of a run or a file here and in every sealer, once all that asked for it have ended it. */
  endRunKey(fingerprint: string): void {
    const lent = this.#ofRuns.get(fingerprint)
    if (!lent) return
    if (lent.times > 1) {
      this.#ofRuns.set(fingerprint, { ...lent, times: lent.times - 1 })
      return
    }
    this.#tell({ kind: 'forget', ofRun: fingerprint })
    lent.message.secret.fill(0)
    this.#ofRuns.delete(fingerprint)
  }

  /** Makes the secret table that a key draws from, where there is one and it is not there yet, for the sealers. */
  async makeTable(): Promise<void> {
    const held = this.#held ?? locked()
    if (this.#table || held.message.table) return
    const engine = await this.#engineOf(held.secret.set)
    if (this.#held !== held) return
    const { set, bytes } = held.secret
    const table = engine.key(set, bytes).ahead?.makeTable(this.#parts.platform.random)
    if (!table) return
    this.#table = { kind: 'table', table }
    this.#tell(this.#table)
  }

  /**
   * Wraps the open key under a passphrase, in place of an earlier one; where the key is remembered, it is so under the
   * new one. Throws `key/passphrase` for a short one, `key/locked` without a key.
   */
  async protect(passphrase: string): Promise<void> {
    const held = this.#held ?? locked()
    if (passphrase.length < shortestPassphrase) {
      fail('key/passphrase', 'passphraseShort', { least: shortestPassphrase })
    }
    const { deriveKey, platform } = this.#parts
    // A copy: the key may be locked, and overwritten, while the passphrase is worked on.
    const secret = { set: held.secret.set, bytes: held.secret.bytes.slice() }
    const wrapped = await wrapKey(secret, passphrase, deriveKey, platform).finally(() => secret.bytes.fill(0))
    if (this.#held !== held) superseded()
    // An earlier backup file still opens under its own passphrase, so it counts on.
    if (this.#remembered) await this.#store.save({ sealed: wrapped, backedUp: this.#backedUp })
    this.#wrapped = wrapped
  }

  /** The text of a backup file. Throws `key/passphrase` when the key has none yet. */
  async backup(): Promise<string> {
    const wrapped = this.#wrapped ?? unprotected()
    this.#backedUp = true
    // The file is what was asked for; that the device's note of it is late does no harm.
    if (this.#remembered) await this.#store.save({ sealed: wrapped, backedUp: true }).catch(() => {})
    return wrapped
  }

  /** Drops the open key here and in every sealer, and keeps its wrapped form. Throws `key/passphrase` without one. */
  lock(): void {
    if (this.#wrapped === null) unprotected()
    this.#drop()
  }

  /** Unwraps the key again. Throws `key/passphrase` for another passphrase, `key/locked` without a wrapped key. */
  async unlock(passphrase: string): Promise<PublicKey> {
    const wrapped = this.#wrapped ?? locked()
    const change = this.#change
    const secret = await this.#unwrap(wrapped, passphrase).catch(() => fail('key/passphrase', 'passphraseWrong'))
    return this.#adopt(secret, { wrapped, remembered: this.#remembered, backedUp: this.#backedUp }, change)
  }

  /**
   * Takes the key of a backup file in place of the present one, which stays when the backup cannot be opened: then it
   * throws `key/backup`.
   */
  async restore(backup: string, passphrase: string): Promise<PublicKey> {
    const change = this.#change
    const secret = await this.#unwrap(backup, passphrase)
    const remembered = (await this.#store.load())?.sealed === backup
    return this.#adopt(secret, { wrapped: backup, remembered, backedUp: true }, change)
  }

  /**
   * Keeps the wrapped form on this device. Throws `storage/unavailable` where the browser keeps nothing, and
   * `storage/taken` where another key is remembered or another tab is in charge of it.
   */
  async remember(): Promise<void> {
    const wrapped = this.#wrapped ?? unprotected()
    const present = nameOf((await this.#store.load())?.sealed)
    if (present && present.fingerprint !== nameOfWrapped(wrapped).fingerprint) {
      fail('storage/taken', 'otherKeyRemembered')
    }
    await this.#store.save({ sealed: wrapped, backedUp: this.#backedUp })
    this.#remembered = true
  }

  /** Takes the wrapped form from this device. Throws what the storage throws; then it is still there. */
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
    this.#wrapped = stored.sealed
    this.#remembered = true
    this.#backedUp = stored.backedUp
    return name
  }

  /** What there is of the present key; whether it is remembered is looked up, for storage can be cleared at any time. */
  async status(): Promise<KeyStatus> {
    if (this.#remembered) this.#remembered = (await this.#store.load())?.sealed === this.#wrapped
    return { wrapped: this.#wrapped !== null, remembered: this.#remembered, backedUp: this.#backedUp }
  }

  /**
   * Drops the key here, in every sealer and, where it is remembered, on this device. Throws what the storage throws;
   * the key is gone from this tab all the same.
   */
  async forget(): Promise<void> {
    this.#drop()
    this.#wrapped = null
    this.#backedUp = false
    if (this.#remembered) await this.unremember().finally(() => (this.#remembered = false))
  }

  #unwrap(wrapped: string, passphrase: string): Promise<Secret> {
    return unwrapKey(wrapped, passphrase, this.#parts.deriveKey, this.#parts.platform)
  }

  async #adopt(
    secret: Secret,
    status: Omit<KeyStatus, 'wrapped'> & { readonly wrapped: string | null },
    change: number,
  ): Promise<PublicKey> {
    const { platform } = this.#parts
    const publicKey = await publicKeyOf(secret, platform)
    const engine = await this.#engineOf(secret.set)
    if (change !== this.#change) superseded()
    this.#drop()
    // Without a table that comes with the key, sealers that could have it at once would each make their own.
    const key = engine.table === 'at once' ? engine.key(secret.set, secret.bytes) : null
    const table = key?.ahead?.makeTable(platform.random)
    const { set, fingerprint } = publicKey
    const message = { kind: 'key', set, fingerprint, secret: secret.bytes, ...(table && { table }) } as const
    this.#held = { secret, key, message }
    this.#wrapped = status.wrapped
    this.#remembered = status.remembered
    this.#backedUp = status.backedUp
    this.#tell(message)
    return publicKey
  }

  async #engineOf(set: ParameterSet): Promise<OwnerEngine> {
    const engines = await this.#parts.engines
    return engines.find(({ owner }) => owner.scheme.name === set.scheme) ?? unforeseen('no engine for the scheme')
  }

  /** Sealing and opening are errors from here on. The secret is overwritten; what BigInts held is left to the engine. */
  #drop(): void {
    this.#change += 1
    this.#tell({ kind: 'forget', ofRun: null })
    this.#held?.key?.dispose()
    this.#held?.secret.bytes.fill(0)
    this.#held = null
    this.#table = null
  }

  #tell(message: KeyMessage): void {
    for (const port of this.#ports) port.postMessage(message)
  }
}

function nameOf(wrapped: string | undefined): KeyName | null {
  try {
    return wrapped === undefined ? null : nameOfWrapped(wrapped)
  } catch {
    return null
  }
}

function locked(): never {
  return fail('key/locked', 'noOpenKey')
}

function unprotected(): never {
  return fail('key/passphrase', 'noPassphrase')
}

function superseded(): never {
  throw cancelled()
}
