import { engines, report } from '../../client/owner/browserEngines.ts'
import type { FileKeys } from '../../client/owner/fileKeys.ts'
import { argon2 } from '../../client/owner/keyDerivation.ts'
import { platform } from '../../client/owner/platform.ts'
import { sealerApi } from '../../client/owner/sealerApi.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { DeviceKeyStore } from './keyStore.ts'
import { Vault } from './vault.ts'

/** The script of the key's workers: one is the vault, the others are the sealers that it lends the key to. */

const vault = new Vault({ engines: Promise.resolve(engines), store: new DeviceKeyStore(), deriveKey: argon2, platform })

const api = {
  connect: (port: MessagePort) => vault.connect(port),
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
  fileSender: () => vault.files.publicKey,
  signFrame: (chain: Uint8Array) => vault.files.sign(chain),
  plantingSeed: (file: Uint8Array) => vault.files.plantingSeed(file),
  sourceTag: (file: Uint8Array, digest: Uint8Array) => vault.files.sourceTag(file, digest),
  sealFields: (...args: Parameters<FileKeys['sealFields']>) => vault.files.sealFields(...args),
  openFields: (...args: Parameters<FileKeys['openFields']>) => vault.files.openFields(...args),
  linkTokens: (...args: Parameters<FileKeys['tokens']>) => vault.files.tokens(...args),
}

export type VaultApi = typeof api
// They share most of their code, so a page fetches it once.
serveIsolated(self.name === 'sealer' ? sealerApi : api)
