import type { FileKeys } from '../../client/owner/fileKeys.ts'
import { secureRandom } from '../../platform/random.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { HeldFileKeys } from './heldFileKeys.ts'

/** The worker that signs sealed files and seals what is beside their records: started for the first such file. */

const held = new HeldFileKeys(secureRandom)

/** A call with the keys that follow from the key of a fingerprint. */
const withKeys =
  <Args extends readonly unknown[], T>(use: (keys: FileKeys, ...args: Args) => T | Promise<T>) =>
  async (fingerprint: string, ...args: Args): Promise<T> =>
    use(await held.of(fingerprint), ...args)

const api = {
  connect: (port: MessagePort) => held.connect(port),
  sender: withKeys((keys) => keys.publicKey),
  sign: withKeys((keys, chain: Uint8Array) => keys.sign(chain)),
  plantingSeed: withKeys((keys, file: Uint8Array) => keys.plantingSeed(file)),
  sourceTag: withKeys((keys, file: Uint8Array, digest: Uint8Array) => keys.sourceTag(file, digest)),
  sealFields: withKeys((keys, ...args: Parameters<FileKeys['sealFields']>) => keys.sealFields(...args)),
  openFields: withKeys((keys, ...args: Parameters<FileKeys['openFields']>) => keys.openFields(...args)),
  tokens: withKeys((keys, ...args: Parameters<FileKeys['tokens']>) => keys.tokens(...args)),
}

export type FilesApi = typeof api
serveIsolated(api)
