import { sealersFor, thisDevice } from '../../client/device.ts'
import type { SealerApi } from '../../client/owner/sealerApi.ts'
import { type SealerPool, sealerPool } from '../../client/sealerPool.ts'
import { openRpc, type Remote, type RpcHost, type RpcWorker } from '../../rpc/rpcHost.ts'
import { transfer } from '../../rpc/transfer.ts'
import { WorkerSlot } from '../../rpc/workerSlot.ts'
import type { FilesApi } from '../keys/worker-files.ts'
import type { PassphraseApi } from '../keys/worker-passphrase.ts'
import type { VaultApi } from '../keys/worker-vault.ts'
import type { ReaderApi } from '../reader/worker-reader.ts'
import { IsolatedWorker as Worker } from '../workers/IsolatedWorker.ts'

/**
 * The page's workers: a reader, a vault, and sealers that the vault trusts with its key. Each is started when it is first
 * asked for, and one that dies is replaced.
 */
export class Workers {
  readonly #reader = new WorkerSlot(openReader)
  readonly #vault: WorkerSlot<VaultApi>
  readonly #passphrase = new WorkerSlot(openPassphrase)
  readonly #files = new WorkerSlot(() => this.#openFiles())
  readonly #size: number
  #sealers: SealerPool | null = null

  /** `onVaultLost` hears of a vault that has ended by itself, and its key with it; the next one is empty. */
  constructor(onVaultLost: () => void, sealers = sealersFor(thisDevice())) {
    this.#size = sealers
    this.#vault = new WorkerSlot(openVault, () => {
      // What the page says of the key is true of the sealers too: none of them has a key that the vault does not have.
      this.#sealers?.renew()
      this.#files.end()
      onVaultLost()
    })
  }

  /** Starts all of them: what is about to be asked for is there when it is. */
  warm(): void {
    void this.vault
    void this.sealers
  }

  get reader(): RpcHost<ReaderApi> {
    return this.#reader.host
  }

  get vault(): RpcHost<VaultApi> {
    return this.#vault.host
  }

  /** A call of the vault's that needs a passphrase, with the worker that derives keys from one: the first such call starts it. */
  async withPassphrase<T>(use: (vault: Remote<VaultApi>) => Promise<T>): Promise<T> {
    const { port1, port2 } = new MessageChannel()
    const over = new AbortController()
    const derivation = this.#passphrase.host.call(async (remote) => {
      await remote.connect(transfer(port1, [port1]))
      // Nothing more is heard of it unless it ends, and what waits for it in the vault would wait for ever.
      return new Promise<never>(() => {})
    }, over.signal)
    const called = this.vault.call(async (remote) => {
      await remote.connectDerivation(transfer(port2, [port2]))
      return use(remote)
    }, over.signal)
    return Promise.race([called, derivation]).finally(() => over.abort())
  }

  get sealers(): SealerPool {
    this.#sealers ??= sealerPool(this.#size, startSealer, (sealer) => this.#register(sealer))
    return this.#sealers
  }

  /** Who signs sealed files, with the vault's key. */
  get files(): RpcHost<FilesApi> {
    return this.#files.host
  }

  #openFiles(): RpcHost<FilesApi> {
    const files = openRpc<FilesApi>(
      new Worker(new URL('../keys/worker-files.ts', import.meta.url), { type: 'module', name: 'files' }),
    )
    this.#register(files)
    return files
  }

  /** Registers a sealer with the vault: each gets one end of a channel, so that the key never passes through here. */
  #register(sealer: RpcHost<Pick<SealerApi, 'connect'>>): void {
    const { port1, port2 } = new MessageChannel()
    void Promise.allSettled([
      this.vault.call((remote) => remote.connect(transfer(port1, [port1]))),
      sealer.call((remote) => remote.connect(transfer(port2, [port2]))),
    ])
  }
}

function startSealer(): RpcWorker {
  return new Worker(new URL('../keys/worker-vault.ts', import.meta.url), { type: 'module', name: 'sealer' })
}

function openVault(): RpcHost<VaultApi> {
  return openRpc<VaultApi>(
    new Worker(new URL('../keys/worker-vault.ts', import.meta.url), { type: 'module', name: 'vault' }),
  )
}

function openPassphrase(): RpcHost<PassphraseApi> {
  return openRpc<PassphraseApi>(
    new Worker(new URL('../keys/worker-passphrase.ts', import.meta.url), { type: 'module', name: 'passphrase' }),
  )
}

export function openReader(): RpcHost<ReaderApi> {
  return openRpc<ReaderApi>(
    new Worker(new URL('../reader/worker-reader.ts', import.meta.url), { type: 'module', name: 'reader' }),
  )
}
