import { readModel } from '../../../formats/read.ts'
import { openDoor } from './door.ts'

const api = {
  /** Reads a model file in any of its formats. */
  read: (name: string, bytes: Uint8Array, ranges?: Uint8Array) => readModel(name, bytes, ranges),
}

export type ImportApi = typeof api
openDoor(api)
