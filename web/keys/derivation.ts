import type { DerivationSettings, DeriveKey } from '../../client/owner/keyDerivation.ts'
import { fromSent, type SentError, toSent, unforeseen } from '../../core/errors.ts'

/** Keys derived from passphrases in another worker: both ends of the channel between it and the vault. */

interface Asked {
  readonly passphrase: string
  readonly settings: DerivationSettings
  /** Where the answer goes, and nothing else. */
  readonly answer: MessagePort
}

type Answer = { readonly derived: Uint8Array<ArrayBuffer> } | { readonly error: SentError }

/** Derives for whoever holds the other end. */
export function answerDerivations(port: MessagePort, derive: DeriveKey): void {
  port.onmessage = async ({ data }: MessageEvent<Asked>) => {
    const { passphrase, settings, answer } = data
    answer.postMessage(
      await derive(passphrase, settings).then(
        (derived): Answer => ({ derived }),
        (thrown): Answer => ({ error: toSent(thrown) }),
      ),
    )
    answer.close()
  }
}

/** What the vault derives with: the worker that the page last connected it with. */
export class RemoteDerivation {
  #port: MessagePort | null = null

  connect(port: MessagePort): void {
    this.#port?.close()
    this.#port = port
  }

  /** Stays pending where that worker has ended: the page knows, and ends the call. */
  readonly derive: DeriveKey = (passphrase, settings) =>
    new Promise((resolve, reject) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = ({ data }: MessageEvent<Answer>) => {
        port1.close()
        if ('derived' in data) resolve(data.derived)
        else reject(fromSent(data.error))
      }
      const asked: Asked = { passphrase, settings, answer: port2 }
      const port = this.#port ?? unforeseen('nobody derives keys')
      port.postMessage(asked, [port2])
    })
}
