import { transfer } from 'comlink'
import { type Bridge, openBridge } from './bridge.ts'
import { sealersFor, thisDevice } from './device.ts'
import type { ReaderApi } from './inside/worker-reader.ts'
import type { SealerApi } from './inside/worker-sealer.ts'
import type { VaultApi } from './inside/worker-vault.ts'
import { Pool } from './pool.ts'
import { Post } from './post.ts'

/** The page's workers: a reader, a vault, and sealers that the vault trusts with its key. One that dies is replaced. */
export interface Crew {
  readonly reader: Bridge<ReaderApi>
  readonly vault: Bridge<VaultApi>
  readonly sealers: Pool<SealerApi>
  end(): void
}

/** `onVaultLost` hears of a vault that has ended by itself, and its key with it; the next one is empty. */
export function hireCrew(onVaultLost: () => void, sealers = sealersFor(thisDevice())): Crew {
  const reader = new Post(openReader)
  const vault = new Post(openVault, () => {
    // What the page says of the key is true of the sealers too: none of them has a key that the vault does not have.
    pool.renew()
    onVaultLost()
  })
  const pool = new Pool<SealerApi>(sealers, () => {
    const sealer = openBridge<SealerApi>(
      new Worker(new URL('./inside/worker-sealer.ts', import.meta.url), { type: 'module', name: 'sealer' }),
    )
    // Each end goes to its worker; the key passes between them and never through here.
    const { port1, port2 } = new MessageChannel()
    void Promise.allSettled([
      vault.bridge.call((remote) => remote.connect(transfer(port1, [port1]))),
      sealer.call((remote) => remote.connect(transfer(port2, [port2]))),
    ])
    return sealer
  })
  return {
    get reader() {
      return reader.bridge
    },
    get vault() {
      return vault.bridge
    },
    sealers: pool,
    end() {
      reader.end()
      vault.end()
      pool.end()
    },
  }
}

function openVault(): Bridge<VaultApi> {
  return openBridge<VaultApi>(
    new Worker(new URL('./inside/worker-vault.ts', import.meta.url), { type: 'module', name: 'vault' }),
  )
}

export function openReader(): Bridge<ReaderApi> {
  return openBridge<ReaderApi>(
    new Worker(new URL('./inside/worker-reader.ts', import.meta.url), { type: 'module', name: 'reader' }),
  )
}
