import type { ScoringServer } from '../../client/server.ts'
import { asBlindscoreError } from '../../core/errors.ts'
import type { KeyName, PublicKey } from '../../core/protocol/scheme.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import type { KeyStatus } from '../keys/vault.ts'
import { storagePromise } from './deviceStorage.ts'
import { errorOf } from './faults.ts'
import { notedKey, noteKey } from './keyNote.ts'
import { type KeyState, keyName } from './keyState.ts'
import type { SessionState } from './state.ts'
import type { SessionStore } from './store.ts'
import type { Workers } from './workers.ts'

/** Items that each sealer makes ahead, at most: 12 MiB of them at 3072 bits, enough for some 50,000 records × 22 inputs. */
const mostAhead = 16_384

/** What else hears of the key. */
export interface KeyListeners {
  /** A key is open. */
  readonly onOpened: () => void
  /** The key is locked or gone; `lost`, with the worker that held it and whatever else that held. */
  readonly onClosed: (lost: boolean) => void
}

/** The key's life, as far as the page has a part in it: passphrases and backups pass through and are not stored. */
export class KeySlice {
  readonly #store: SessionStore
  readonly #workers: Workers
  readonly #server: ScoringServer
  readonly #listeners: KeyListeners
  #recalled: Promise<void> | null = null
  /** The key that the server was last given ahead of a run. */
  #registered: string | null = null

  constructor(store: SessionStore, workers: Workers, server: ScoringServer, listeners: KeyListeners) {
    this.#store = store
    this.#workers = workers
    this.#server = server
    this.#listeners = listeners
  }

  get #state(): SessionState {
    return this.#store.getState()
  }

  get #vault(): Workers['vault'] {
    return this.#workers.vault
  }

  /** Looks, once, whether this device remembers a key; it is then the present one, locked. */
  recall(): Promise<void> {
    this.#recalled ??= this.#recall()
    return this.#recalled
  }

  async #recall(): Promise<void> {
    if (keyObstacle()) return
    const name = await this.#vault.call((vault) => vault.recall()).catch(() => null)
    this.#lookAtStorage(false)
    if (name) await this.#locked(name)
    else if (notedKey()) this.#store.setState({ key: { status: 'none', why: 'evicted' } })
  }

  /**
   * Makes the key where there is none yet, unless one has got lost: then the person says what comes next. Resolves when
   * the key is ready or cannot be had for now.
   */
  async ensure(): Promise<KeyState> {
    if (keyObstacle()) {
      const error = errorOf('platform/insecure-context', 'noKeyHere')
      this.#store.setState({ key: { status: 'failed', error } })
      return this.#state.key
    }
    await this.recall()
    const { key } = this.#state
    if (key.status === 'ready' || key.status === 'locked') return key
    if (key.status === 'none' && (key.why === 'lost' || key.why === 'evicted')) return key
    return key.status === 'making' ? this.#made() : this.#make()
  }

  /** The key that is being made, when it is. */
  #made(): Promise<KeyState> {
    return new Promise((resolve) => {
      const unsubscribe = this.#store.subscribe(({ key: now }) => {
        if (now.status === 'making') return
        unsubscribe()
        resolve(now)
      })
    })
  }

  /** Makes a new key in place of the present one. */
  async make(): Promise<void> {
    await this.#make()
    this.#listeners.onOpened()
  }

  async #make(): Promise<KeyState> {
    const { keySet } = this.#state
    this.#store.setState({ key: { status: 'making', set: keySet } })
    try {
      await this.#ready(await this.#vault.call((vault) => vault.makeKey(keySet)))
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      // Another key came in between: a backup was restored, say.
      if (error.code !== 'run/cancelled') this.#store.setState({ key: { status: 'failed', error } })
    }
    void this.#vault
      .call((vault) => vault.engine())
      .then(
        (engine) => this.#store.setState({ engine }),
        () => {},
      )
    return this.#state.key
  }

  async #ready(publicKey: PublicKey): Promise<void> {
    // Sealing works without the table, only slower, so nobody waits for it.
    void this.#vault.call((vault) => vault.makeTable()).catch(() => {})
    this.#store.setState({ keySet: publicKey.set, key: { status: 'ready', publicKey, held: await this.#status() } })
    // Once there is something to score, the server's check of a key need not wait for the run.
    if (this.#state.file) void this.register()
  }

  async #locked({ set, fingerprint }: KeyName): Promise<void> {
    const name = { set, fingerprint }
    this.#store.setState({ keySet: set, key: { status: 'locked', name, held: await this.#status() } })
  }

  #status(): Promise<KeyStatus> {
    return this.#vault.call((vault) => vault.status())
  }

  /** Looks again at what there is of the key: storage can be cleared behind the page's back. */
  async lookAgain(): Promise<void> {
    const { key } = this.#state
    if (key.status !== 'ready' && key.status !== 'locked') return
    const held = await this.#status()
    if (this.#state.key === key) this.#store.setState({ key: { ...key, held } })
  }

  /** Chooses the parameter set of the next key; a present key of another is replaced, unless it has a passphrase. */
  async chooseSet(keySet: string): Promise<void> {
    const { key } = this.#state
    if (key.status === 'locked' || (key.status === 'ready' && key.held.wrapped)) return
    this.#store.setState({ keySet })
    if (key.status === 'ready' && key.publicKey.set !== keySet) await this.#make()
  }

  /** Gives the open key a passphrase, or another one. Rejects with what the vault's `protect` throws. */
  async protect(passphrase: string): Promise<void> {
    await this.#workers.withPassphrase((vault) => vault.protect(passphrase))
    await this.lookAgain()
  }

  /** Rejects with `key/passphrase` for a key without one. */
  async lock(): Promise<void> {
    const { key } = this.#state
    if (key.status !== 'ready') return
    await this.#vault.call((vault) => vault.lock())
    await this.#locked(key.publicKey)
    this.#listeners.onClosed(false)
  }

  /** Rejects with `key/passphrase` for another passphrase. */
  async unlock(passphrase: string): Promise<void> {
    await this.#ready(await this.#workers.withPassphrase((vault) => vault.unlock(passphrase)))
    this.#listeners.onOpened()
  }

  /** The backup as a file. Rejects with `key/passphrase` for a key without one. */
  async backUp(): Promise<File> {
    const text = await this.#vault.call((vault) => vault.backup())
    await this.lookAgain()
    const name = keyName(this.#state.key)?.fingerprint.slice(0, 8)
    return new File([text], `blindscore-key-${name}.json`, { type: 'application/json' })
  }

  /** Takes the key of a backup in place of the present one. Rejects with `key/backup`; then the present one stays. */
  async restore(backup: Blob, passphrase: string): Promise<void> {
    // A backup is far smaller; the vault refuses what is cut off here like anything that is no backup.
    const text = await backup.slice(0, 1 << 16).text()
    await this.#ready(await this.#workers.withPassphrase((vault) => vault.restore(text, passphrase)))
    this.#listeners.onOpened()
  }

  /** Keeps the wrapped key on this device. Rejects with `storage/unavailable` or `storage/taken`. */
  async remember(): Promise<void> {
    await this.#vault.call((vault) => vault.remember())
    await this.lookAgain()
    noteKey(keyName(this.#state.key)?.fingerprint ?? null)
    // The person may be asked, and need not answer now.
    this.#lookAtStorage(true)
  }

  #lookAtStorage(ask: boolean): void {
    void storagePromise(ask).then((storage) => this.#store.setState({ storage }))
  }

  /** Takes the key from this device's storage; in this tab it stays. Rejects with what the storage throws. */
  async unremember(): Promise<void> {
    await this.#vault.call((vault) => vault.unremember())
    noteKey(null)
    await this.lookAgain()
  }

  /** Drops the key from this tab and from this device. Rejects with what the storage throws; the tab's key is gone. */
  async forget(): Promise<void> {
    this.#store.setState({ key: { status: 'none', why: 'forgotten' } })
    await this.#vault.call((vault) => vault.forget())
    noteKey(null)
  }

  /** The vault has ended: its key is gone, unless this device remembers it. */
  async vaultLost(): Promise<void> {
    const { key } = this.#state
    if (key.status === 'ready' || key.status === 'locked') {
      this.#store.setState({ key: { status: 'none', why: 'lost' } })
      await this.#recall()
    }
    this.#listeners.onClosed(true)
  }

  /** Has the sealers make what they can for a run over the present file, while nothing else needs them. */
  prepareRun(): void {
    const { card, report, keySet } = this.#state
    if (!card || !report) return
    const { sealers } = this.#workers
    let items = 0
    try {
      items = layoutOf(keySet, card).sealingItems(report.scorable)
    } catch {
      // No record of this model fits the key: the run will say so.
    }
    const each = Math.min(Math.ceil(items / sealers.size), mostAhead)
    void sealers.each((sealer) => sealer.prepare(each)).catch(() => {})
  }

  /** Has the sealers make nothing more ahead: what comes next is sealed with another key. */
  rest(): void {
    void this.#workers.sealers.each((sealer) => sealer.prepare(0)).catch(() => {})
  }

  /**
   * Gives the server the key before the run needs it: it checks the proof, and makes masks ahead, while the person reads
   * the preview. A failure here is no matter; the run gives it again.
   */
  async register(): Promise<void> {
    const key = await this.ensure()
    if (key.status !== 'ready' || this.#registered === key.publicKey.fingerprint) return
    this.#registered = key.publicKey.fingerprint
    await this.#server.register(key.publicKey).catch(() => {
      this.#registered = null
    })
  }
}

/** Why no key can be made on this page, or null when one can. */
export function keyObstacle(): 'insecure-context' | 'no-workers' | null {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) return 'insecure-context'
  if (typeof Worker === 'undefined') return 'no-workers'
  return null
}
