import type { FileKeeper } from '../../client/fileKeeper.ts'
import type { PublicKey } from '../../core/protocol/scheme.ts'
import { fail } from './faults.ts'
import type { KeySlice } from './key.ts'
import type { Workers } from './workers.ts'

/** Whose sealed files are saved and opened here: the present key, the keys that follow from it, and those of one file each. */
export class FileOwner {
  readonly #workers: Workers
  readonly #key: KeySlice

  constructor(workers: Workers, key: KeySlice) {
    this.#workers = workers
    this.#key = key
  }

  /** The present key; one is made where there is none. Throws what keeps it from being used. */
  async openKey(fault: 'sealedNeedsKey' | 'runNeedsKey' = 'sealedNeedsKey'): Promise<PublicKey> {
    const key = await this.#key.ensure()
    if (key.status === 'ready') return key.publicKey
    if (key.status === 'failed') throw key.error
    return fail(key.status === 'locked' ? 'key/locked' : 'key/lost', fault)
  }

  sender({ fingerprint }: PublicKey): Promise<Uint8Array> {
    return this.#workers.files.call((files) => files.sender(fingerprint))
  }

  /** The worker that has the keys of files, as what signs files and seals fields. */
  async keeper(key: PublicKey): Promise<FileKeeper> {
    const { files } = this.#workers
    const { fingerprint } = key
    const publicKey = await this.sender(key)
    return {
      publicKey,
      sign: (chain) => files.call((remote) => remote.sign(fingerprint, chain)),
      plantingSeed: (file) => files.call((remote) => remote.plantingSeed(fingerprint, file)),
      sourceTag: (file, digest) => files.call((remote) => remote.sourceTag(fingerprint, file, digest)),
      sealFields: (file, from, records) => files.call((remote) => remote.sealFields(fingerprint, file, from, records)),
      openFields: (file, from, records) => files.call((remote) => remote.openFields(fingerprint, file, from, records)),
      tokens: (name, records) => files.call((remote) => remote.tokens(fingerprint, name, records)),
    }
  }

  /** Works with the key of a file of its own, which the sealers have until the work has ended. */
  async withKeyOf<T>(set: string, file: Uint8Array, work: (own: PublicKey) => Promise<T>): Promise<T> {
    const { vault } = this.#workers
    const own = await vault.call((remote) => remote.makeFileKey(set, file))
    try {
      return await work(own)
    } finally {
      await vault.call((remote) => remote.endRunKey(own.fingerprint)).catch(() => {})
    }
  }
}
