import type { PublicKey } from '../../core/protocol/scheme.ts'
import { defaultSet, parameterSet } from '../../core/protocol/schemes.ts'
import { fail } from '../faults.ts'
import { shortestPassphrase } from '../passphrase.ts'
import { argon2 } from './argon2.ts'
import { FileKeys } from './fileKeys.ts'
import { fileSecretOf } from './fileSecret.ts'
import { platform } from './platform.ts'
import { generateSecret, publicKeyOf, type Secret } from './secret.ts'
import { unwrapKey, wrapKey } from './wrappedKey.ts'

/** A key in this process's memory, for as long as it is not disposed of. Make one for a process, not for a call. */
export class Key {
  /** What may leave this process: the public half, its fingerprint, and the proof that servers ask for. */
  readonly publicKey: PublicKey
  #secret: Secret | null

  private constructor(secret: Secret, publicKey: PublicKey) {
    this.#secret = secret
    this.publicKey = publicKey
  }

  /** A fresh key of the parameter set of that id. Throws `key/size` for one that there is not. */
  static async generate(set: string = defaultSet): Promise<Key> {
    return Key.#of(await generateSecret(parameterSet(set), platform))
  }

  /** The key of a backup's text. Throws `key/backup` for another passphrase and for a text that is no backup. */
  static async load(backup: string, passphrase: string): Promise<Key> {
    return Key.#of(await unwrapKey(backup, passphrase, argon2, platform))
  }

  static async #of(secret: Secret): Promise<Key> {
    return new Key(secret, await publicKeyOf(secret, platform))
  }

  /** The text of a backup, wrapped under the passphrase. Throws `key/passphrase` for one that is too short. */
  async backup(passphrase: string): Promise<string> {
    if (passphrase.length < shortestPassphrase) {
      fail('key/passphrase', 'passphraseShort', { least: shortestPassphrase })
    }
    return wrapKey(this.secret, passphrase, argon2, platform)
  }

  /** The keys of sealed files that follow from this one. Dispose of them, too. */
  fileKeys(): FileKeys {
    return new FileKeys(this.secret.bytes, platform.random)
  }

  /** The key of one sealed file, of a set whose keys are for one run: the same for whoever has this one's backup. */
  async forFile(set: string, file: Uint8Array): Promise<Key> {
    return Key.#of(await fileSecretOf(this.secret, parameterSet(set), file))
  }

  /** The secret itself, for who seals and opens with it. Throws `key/locked` once the key is disposed of. */
  get secret(): Secret {
    return this.#secret ?? fail('key/locked', 'keyLetGo')
  }

  /** Lets go of the key and overwrites what held it, as far as the platform lets a program do that. */
  dispose(): void {
    this.#secret?.bytes.fill(0)
    this.#secret = null
  }
}
