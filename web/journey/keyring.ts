import { type KeySize, slotsPerCiphertext } from '../../core/card.ts'
import { asBlindscoreError, BlindscoreError } from '../../core/errors.ts'
import type { Crew } from '../workers/crew.ts'
import type { KeyName } from '../workers/inside/backup.ts'
import type { Kept, PublicKeyInfo } from '../workers/inside/vault.ts'
import type { Desk } from './desk.ts'
import { notedKey, noteKey } from './keyNote.ts'
import type { ScoringServer } from './server.ts'

/** The key as the page knows it: its public half and where it stands. The private half is in the vault's workers. */
export type KeyState =
  /** `unmade` and `forgotten` are made good by a new key; for the others the backup is asked for first. */
  | { readonly status: 'none'; readonly why: 'unmade' | 'forgotten' | 'lost' | 'evicted' }
  | { readonly status: 'making'; readonly bits: KeySize }
  | { readonly status: 'ready'; readonly info: PublicKeyInfo; readonly kept: Kept }
  | { readonly status: 'locked'; readonly name: KeyName; readonly kept: Kept }
  | { readonly status: 'failed'; readonly error: BlindscoreError }

/** What is public of the key that is here, open or locked. */
export function keyName(key: KeyState): KeyName | null {
  if (key.status === 'ready') return key.info
  return key.status === 'locked' ? key.name : null
}

/** Residues that each sealer makes ahead, at most: 12 MiB of them at 3072 bits, enough for some 50,000 records × 22 inputs. */
const mostAhead = 16_384

/** The key's life, as far as the page has a part in it: passphrases and backups pass through and are not kept. */
export class Keyring {
  readonly #desk: Desk
  readonly #server: ScoringServer
  #recalled: Promise<void> | null = null
  /** The key that the server was last given ahead of a run. */
  #introduced: string | null = null

  constructor(desk: Desk, server: ScoringServer) {
    this.#desk = desk
    this.#server = server
  }

  get #vault(): Crew['vault'] {
    return this.#desk.crew.vault
  }

  /** Looks, once, whether this device remembers a key; it is then the present one, locked. */
  recall(): Promise<void> {
    this.#recalled ??= this.#recall()
    return this.#recalled
  }

  async #recall(): Promise<void> {
    if (keyObstacle()) return
    const name = await this.#vault.call((vault) => vault.recall()).catch(() => null)
    if (name) await this.#locked(name)
    else if (notedKey()) this.#desk.set({ key: { status: 'none', why: 'evicted' } })
  }

  /**
   * Makes the key where there is none yet, unless one has got lost: then the person says what comes next. Resolves when
   * the key is ready or cannot be had for now.
   */
  async ensureKey(): Promise<KeyState> {
    const obstacle = keyObstacle()
    if (obstacle) {
      const error = new BlindscoreError('platform/insecure-context', 'This page cannot make a key here.')
      this.#desk.set({ key: { status: 'failed', error } })
      return this.#desk.state.key
    }
    await this.recall()
    const { key } = this.#desk.state
    if (key.status === 'ready' || key.status === 'locked') return key
    if (key.status === 'none' && (key.why === 'lost' || key.why === 'evicted')) return key
    return key.status === 'making' ? this.#made() : this.makeKey()
  }

  /** The key that is being made, when it is. */
  #made(): Promise<KeyState> {
    return new Promise((resolve) => {
      const unsubscribe = this.#desk.store.subscribe(({ key: now }) => {
        if (now.status === 'making') return
        unsubscribe()
        resolve(now)
      })
    })
  }

  /** Makes a new key in place of the present one. */
  async makeKey(): Promise<KeyState> {
    const { keySize } = this.#desk.state
    this.#desk.set({ key: { status: 'making', bits: keySize } })
    try {
      await this.#ready(await this.#vault.call((vault) => vault.makeKey(keySize)))
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      // Another key came in between: a backup was restored, say.
      if (error.code !== 'run/cancelled') this.#desk.set({ key: { status: 'failed', error } })
    }
    void this.#vault
      .call((vault) => vault.engine())
      .then(
        (engine) => this.#desk.set({ engine }),
        () => {},
      )
    return this.#desk.state.key
  }

  async #ready(info: PublicKeyInfo): Promise<void> {
    // Sealing works without the table, only slower, so nobody waits for it.
    void this.#vault.call((vault) => vault.makeTable()).catch(() => {})
    this.#desk.set({ keySize: info.bits, key: { status: 'ready', info, kept: await this.#kept() } })
    // Once there is something to score, the server's check of a key need not wait for the run.
    if (this.#desk.state.file) void this.introduce()
  }

  async #locked(name: KeyName): Promise<void> {
    this.#desk.set({ keySize: name.bits, key: { status: 'locked', name, kept: await this.#kept() } })
  }

  #kept(): Promise<Kept> {
    return this.#vault.call((vault) => vault.kept())
  }

  /** Looks again at what is kept of the key: storage can be cleared behind the page's back. */
  async lookAgain(): Promise<void> {
    const { key } = this.#desk.state
    if (key.status !== 'ready' && key.status !== 'locked') return
    const kept = await this.#kept()
    if (this.#desk.state.key === key) this.#desk.set({ key: { ...key, kept } })
  }

  /** Chooses the size of the next key; a present key of another size is replaced, unless it has a passphrase. */
  async setKeySize(keySize: KeySize): Promise<void> {
    const { key } = this.#desk.state
    if (key.status === 'locked' || (key.status === 'ready' && key.kept.sealed)) return
    this.#desk.set({ keySize })
    if (key.status === 'ready' && key.info.bits !== keySize) await this.makeKey()
  }

  /** Gives the open key a passphrase, or another one. Rejects with what the vault's `protect` throws. */
  async protectKey(passphrase: string): Promise<void> {
    await this.#vault.call((vault) => vault.protect(passphrase))
    await this.lookAgain()
  }

  /** Rejects with `key/passphrase` for a key without one. */
  async lockKey(): Promise<void> {
    const { key } = this.#desk.state
    if (key.status !== 'ready') return
    await this.#vault.call((vault) => vault.lock())
    await this.#locked(key.info)
  }

  /** Rejects with `key/passphrase` for another passphrase. */
  async unlockKey(passphrase: string): Promise<void> {
    await this.#ready(await this.#vault.call((vault) => vault.unlock(passphrase)))
  }

  /** The backup as a file. Rejects with `key/passphrase` for a key without one. */
  async backUpKey(): Promise<File> {
    const text = await this.#vault.call((vault) => vault.backup())
    await this.lookAgain()
    const name = keyName(this.#desk.state.key)?.fingerprint.slice(0, 8)
    return new File([text], `blindscore-key-${name}.json`, { type: 'application/json' })
  }

  /** Takes the key of a backup in place of the present one. Rejects with `key/backup`; then the present one stays. */
  async restoreKey(backup: Blob, passphrase: string): Promise<void> {
    // A backup is far smaller; the vault refuses what is cut off here like anything that is no backup.
    const text = await backup.slice(0, 1 << 16).text()
    await this.#ready(await this.#vault.call((vault) => vault.restore(text, passphrase)))
  }

  /** Keeps the sealed key on this device. Rejects with `storage/unavailable` or `storage/taken`. */
  async rememberKey(): Promise<void> {
    await this.#vault.call((vault) => vault.remember())
    await this.lookAgain()
    noteKey(keyName(this.#desk.state.key)?.fingerprint ?? null)
    // Asked for so that the browser lets go of other pages' storage first; whether it agrees changes nothing here.
    void navigator.storage?.persist?.().catch(() => false)
  }

  /** Takes the key from this device's storage; in this tab it stays. Rejects with what the storage throws. */
  async unrememberKey(): Promise<void> {
    await this.#vault.call((vault) => vault.unremember())
    noteKey(null)
    await this.lookAgain()
  }

  /** Drops the key from this tab and from this device. Rejects with what the storage throws; the tab's key is gone. */
  async forgetKey(): Promise<void> {
    this.#desk.set({ key: { status: 'none', why: 'forgotten' } })
    await this.#vault.call((vault) => vault.forget())
    noteKey(null)
  }

  /** The vault has ended: its key is gone, unless this device remembers it. */
  async vaultLost(): Promise<void> {
    const { key } = this.#desk.state
    if (key.status !== 'ready' && key.status !== 'locked') return
    this.#desk.set({ key: { status: 'none', why: 'lost' } })
    await this.#recall()
  }

  /** Has the sealers make residues for a run over the present file, while nothing else needs them. */
  prepare(): void {
    const { card, report, keySize } = this.#desk.state
    if (!card || !report) return
    const { sealers } = this.#desk.crew
    const blocks = Math.ceil(report.scorable / Math.max(1, slotsPerCiphertext(card.slotBits, keySize)))
    const each = Math.min(Math.ceil((blocks * card.inputs.length) / sealers.size), mostAhead)
    void sealers.each((sealer) => sealer.prepare(each)).catch(() => {})
  }

  /**
   * Gives the server the key before the run needs it: it checks the proof, and makes masks ahead, while the person reads
   * the preview. A failure here is no matter; the run gives it again.
   */
  async introduce(): Promise<void> {
    const key = await this.ensureKey()
    if (key.status !== 'ready' || this.#introduced === key.info.fingerprint) return
    this.#introduced = key.info.fingerprint
    await this.#server.register(key.info).catch(() => {
      this.#introduced = null
    })
  }
}

/** Why no key can be made on this page, or null when one can. */
export function keyObstacle(): 'insecure-context' | 'no-workers' | null {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) return 'insecure-context'
  if (typeof Worker === 'undefined') return 'no-workers'
  return null
}
