import { type KeySize, slotsPerCiphertext } from '../../core/card.ts'
import { asBlindscoreError, BlindscoreError } from '../../core/errors.ts'
import type { PublicKeyInfo } from '../workers/inside/vault.ts'
import type { Desk } from './desk.ts'
import type { ScoringServer } from './server.ts'

/** The key as the page knows it: its public half and where it stands. The private half is in the vault's workers. */
export type KeyState =
  | { readonly status: 'none' }
  | { readonly status: 'making'; readonly bits: KeySize }
  | { readonly status: 'ready'; readonly info: PublicKeyInfo }
  | { readonly status: 'failed'; readonly error: BlindscoreError }

/** Residues that each sealer makes ahead, at most: 12 MiB of them at 3072 bits, enough for some 50,000 records × 22 inputs. */
const mostAhead = 16_384

/** The key's life, as far as the page has a part in it. */
export class Keyring {
  readonly #desk: Desk
  readonly #server: ScoringServer
  /** The key that the server was last given ahead of a run. */
  #introduced: string | null = null

  constructor(desk: Desk, server: ScoringServer) {
    this.#desk = desk
    this.#server = server
  }

  /** Makes the key where there is none yet. Resolves when it is ready or cannot be had. */
  async ensureKey(): Promise<KeyState> {
    const { key, keySize } = this.#desk.state
    const obstacle = keyObstacle()
    if (obstacle) {
      const error = new BlindscoreError('platform/insecure-context', 'This page cannot make a key here.')
      this.#desk.set({ key: { status: 'failed', error } })
      return this.#desk.state.key
    }
    if (key.status === 'ready') return key
    if (key.status === 'making') {
      return new Promise((resolve) => {
        const unsubscribe = this.#desk.store.subscribe(({ key: now }) => {
          if (now.status === 'making') return
          unsubscribe()
          resolve(now)
        })
      })
    }
    this.#desk.set({ key: { status: 'making', bits: keySize } })
    const made = await this.#make(keySize)
    this.#desk.set({ key: made })
    void this.#desk.crew.vault
      .call((vault) => vault.engine())
      .then(
        (engine) => this.#desk.set({ engine }),
        () => {},
      )
    return made
  }

  /** Makes a key in the vault, then, behind it, the table that residues are drawn from. */
  async #make(bits: KeySize): Promise<KeyState> {
    const { vault } = this.#desk.crew
    try {
      const info = await vault.call((remote) => remote.makeKey(bits))
      // Sealing works without the table, only slower, so nobody waits for it.
      void vault.call((remote) => remote.makeTable()).catch(() => {})
      return { status: 'ready', info }
    } catch (thrown) {
      return { status: 'failed', error: asBlindscoreError(thrown) }
    }
  }

  /** Chooses the size of the next key; a present key of another size is replaced. */
  async setKeySize(keySize: KeySize): Promise<void> {
    const { key } = this.#desk.state
    this.#desk.set({ keySize })
    if (key.status === 'ready' && key.info.bits !== keySize) {
      this.#desk.set({ key: { status: 'none' } })
      await this.ensureKey()
    }
  }

  async forgetKey(): Promise<void> {
    this.#desk.restart()
    this.#desk.set({ key: { status: 'none' }, run: { status: 'idle' } })
    await this.#desk.crew.vault.call((vault) => vault.forget())
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
