import { ownerEngines } from '../../kernel/ownerEngines.ts'
import { transfer } from '../../rpc/transfer.ts'
import type { KeySealers } from '../connection.ts'
import { sealersFor, thisDevice } from '../device.ts'
import { sealerPool, sealersOf } from '../sealerPool.ts'
import type { Key } from './key.ts'
import { keyMessageOf } from './keyHolder.ts'

/** Seals and opens in a browser's workers, all of which hold a copy of the key. */
export async function workerSealers(key: Key, workers = sealersFor(thisDevice())): Promise<KeySealers> {
  const message = keyMessageOf(key, ownerEngines().engines)
  const ports: MessagePort[] = []
  const start = () => new Worker(new URL('./worker-sealer.js', import.meta.url), { type: 'module', name: 'sealer' })
  const pool = sealerPool(workers, start, (sealer) => {
    const { port1, port2 } = new MessageChannel()
    ports.push(port1)
    port1.postMessage(message)
    void sealer.call((remote) => remote.connect(transfer(port2, [port2]))).catch(() => {})
  })
  return {
    publicKey: key.publicKey,
    ...sealersOf(pool),
    async end() {
      for (const port of ports)
        for (const ofRun of [null, key.publicKey.fingerprint]) port.postMessage({ kind: 'forget', ofRun })
      if (message.kind === 'key') message.secret.fill(0)
      pool.end()
    },
  }
}
