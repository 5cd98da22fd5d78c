import { transfer } from 'comlink'
import { type Bridge, openBridge } from './bridge.ts'
import { sealersFor, thisDevice } from './device.ts'
import type { ReaderApi } from './inside/worker-reader.ts'
import type { SealerApi } from './inside/worker-sealer.ts'
import type { VaultApi } from './inside/worker-vault.ts'
import { Pool } from './pool.ts'

/** The page's workers: a reader, a vault, and sealers that the vault trusts with its key. */
export interface Crew {
  readonly reader: Bridge<ReaderApi>
  readonly vault: Bridge<VaultApi>
  readonly sealers: Pool<SealerApi>
  end(): void
}

export function hireCrew(sealers = sealersFor(thisDevice())): Crew {
  const vault = openBridge<VaultApi>(
    new Worker(new URL('./inside/worker-vault.ts', import.meta.url), { type: 'module', name: 'vault' }),
  )
  const pool = new Pool<SealerApi>(sealers, () => {
    const sealer = openBridge<SealerApi>(
      new Worker(new URL('./inside/worker-sealer.ts', import.meta.url), { type: 'module', name: 'sealer' }),
    )
    // Each end goes to its worker; the key passes between them and never through here.
    const { port1, port2 } = new MessageChannel()
    void Promise.allSettled([
      vault.call((remote) => remote.connect(transfer(port1, [port1]))),
      sealer.call((remote) => remote.connect(transfer(port2, [port2]))),
    ])
    return sealer
  })
  const reader = openReader()
  return {
    reader,
    vault,
    sealers: pool,
    end() {
      reader.end()
      vault.end()
      pool.end()
    },
  }
}

export function openReader(): Bridge<ReaderApi> {
  return openBridge<ReaderApi>(
    new Worker(new URL('./inside/worker-reader.ts', import.meta.url), { type: 'module', name: 'reader' }),
  )
}
