import type { KeySize } from '../../../core/card.ts'
import { openDoor } from './door.ts'
import { engineReport, ownerEngine } from './engine.ts'
import { Vault } from './vault.ts'

const vault = new Vault(Promise.resolve(ownerEngine()))

const api = {
  connect: (port: MessagePort) => vault.connect(port),
  makeKey: (bits: KeySize) => vault.makeKey(bits),
  makeTable: () => vault.makeTable(),
  forget: () => vault.forget(),
  engine: () => engineReport(),
}

export type VaultApi = typeof api
openDoor(api)
