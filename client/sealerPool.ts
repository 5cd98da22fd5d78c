import { Pool } from '../rpc/pool.ts'
import { openRpc, type RpcHost, type RpcWorker } from '../rpc/rpcHost.ts'
import type { SealerApi } from './owner/sealerApi.ts'
import type { Sealers } from './score.ts'

/** A browser's workers that seal and open. Whoever starts them sees to it that a key comes to each over a port. */
export type SealerPool = Pool<SealerApi>

/** `start` starts a worker that offers `sealerApi`; `connect` connects it with who holds the key. */
export function sealerPool(
  size: number,
  start: () => RpcWorker,
  connect: (sealer: RpcHost<SealerApi>) => void,
): SealerPool {
  return new Pool<SealerApi>(size, () => {
    const sealer = openRpc<SealerApi>(start())
    connect(sealer)
    return sealer
  })
}

/** A pool as the journey asks for it. Blocks are copied: when a sealer dies, another gets the same one. */
export function sealersOf(pool: SealerPool): Sealers {
  return {
    size: pool.size,
    seal: (header, chunk, { records, capacity, integers }, signal) =>
      pool.run((sealer) => sealer.seal(header, { chunk, records, capacity, integers }), signal),
    open: (header, chunk, records, answer, signal) =>
      pool.run((sealer) => sealer.open(header, chunk, records, answer), signal),
    revive: () => pool.revive(),
  }
}
