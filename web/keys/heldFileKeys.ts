import { FileKeys } from '../../client/owner/fileKeys.ts'
import type { KeyMessage } from '../../client/owner/keyMessage.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import { parameterSet, schemeOf } from '../../core/protocol/schemes.ts'
import { fail } from './faults.ts'

/** How long the key is waited for, in milliseconds: the vault answers within a few, unless it has none. */
const patience = 10_000

/** The keys of sealed files, of the key that comes over a port from the vault and goes when the vault says so. */
export class HeldFileKeys {
  readonly #random: RandomBytes
  #held: { readonly fingerprint: string; readonly keys: FileKeys } | null = null
  readonly #waiting = new Set<() => void>()

  constructor(random: RandomBytes) {
    this.#random = random
  }

  connect(port: Pick<MessagePort, 'onmessage'>): void {
    port.onmessage = ({ data }: MessageEvent<KeyMessage>) => this.hear(data)
  }

  hear(message: KeyMessage): void {
    if (message.kind === 'forget' && message.ofRun === null) this.#forget()
    // A key of one run signs nothing: whose file it is says the key that outlives it.
    if (message.kind !== 'key' || schemeOf(parameterSet(message.set)).keyPerRun) return
    this.#forget()
    this.#held = { fingerprint: message.fingerprint, keys: new FileKeys(message.secret, this.#random) }
    message.secret.fill(0)
    for (const look of this.#waiting) look()
  }

  /** Those of the key of that fingerprint, once it is here. Throws `key/locked` when it does not come. */
  async of(fingerprint: string): Promise<FileKeys> {
    const found = (): FileKeys | null => (this.#held?.fingerprint === fingerprint ? this.#held.keys : null)
    if (found() === null) {
      await new Promise<void>((resolve) => {
        const end = (): void => {
          clearTimeout(timer)
          this.#waiting.delete(look)
          resolve()
        }
        const look = (): void => {
          if (found()) end()
        }
        const timer = setTimeout(end, patience)
        this.#waiting.add(look)
      })
    }
    return found() ?? fail('key/locked', 'noOpenKey')
  }

  #forget(): void {
    this.#held?.keys.dispose()
    this.#held = null
  }
}
