import type { KeySize } from '../../../core/card.ts'
import { openDoor } from './door.ts'
import { engineReport, ownerEngine } from './engine.ts'
import { DeviceKeyStore } from './keyStore.ts'
import { argon2 } from './stretch.ts'
import { Vault } from './vault.ts'

const vault = new Vault(Promise.resolve(ownerEngine()), new DeviceKeyStore(), argon2)

const api = {
  connect: (port: MessagePort) => vault.connect(port),
  makeKey: (bits: KeySize) => vault.makeKey(bits),
  makeTable: () => vault.makeTable(),
  protect: (passphrase: string) => vault.protect(passphrase),
  backup: () => vault.backup(),
  lock: () => vault.lock(),
  unlock: (passphrase: string) => vault.unlock(passphrase),
  restore: (backup: string, passphrase: string) => vault.restore(backup, passphrase),
  remember: () => vault.remember(),
  unremember: () => vault.unremember(),
  recall: () => vault.recall(),
  kept: () => vault.kept(),
  forget: () => vault.forget(),
  engine: () => engineReport(),
}

export type VaultApi = typeof api
openDoor(api)
