import { engines, report } from '../../client/owner/browserEngines.ts'
import { platform } from '../../client/owner/platform.ts'
import { sealerApi } from '../../client/owner/sealerApi.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { RemoteDerivation } from './derivation.ts'
import { DeviceKeyStore } from './keyStore.ts'
import { Vault } from './vault.ts'

/** The script of the key's workers: one is the vault, the others are the sealers that it lends the key to. */

const derivation = new RemoteDerivation()
const vault = new Vault({
  engines: Promise.resolve(engines),
  store: new DeviceKeyStore(),
  deriveKey: derivation.derive,
  platform,
})

const api = {
  connect: (port: MessagePort) => vault.connect(port),
  connectDerivation: (port: MessagePort) => derivation.connect(port),
  makeKey: (set: string) => vault.makeKey(set),
  makeRunKey: (set: string) => vault.makeRunKey(set),
  endRunKey: (fingerprint: string) => vault.endRunKey(fingerprint),
  makeTable: () => vault.makeTable(),
  protect: (passphrase: string) => vault.protect(passphrase),
  backup: () => vault.backup(),
  lock: () => vault.lock(),
  unlock: (passphrase: string) => vault.unlock(passphrase),
  restore: (backup: string, passphrase: string) => vault.restore(backup, passphrase),
  remember: () => vault.remember(),
  unremember: () => vault.unremember(),
  recall: () => vault.recall(),
  status: () => vault.status(),
  forget: () => vault.forget(),
  engine: () => report,
  makeFileKey: (set: string, file: Uint8Array) => vault.makeFileKey(set, file),
}

export type VaultApi = typeof api
// They share most of their code, so a page fetches it once.
serveIsolated(self.name === 'sealer' ? sealerApi : api)
