import type { ReadModel } from '../../../formats/dispatch.ts'
import { openDoor } from './door.ts'
import { checkModel } from './modelCheck.ts'

const api = { check: (read: ReadModel) => checkModel(read) }

export type ModelApi = typeof api
openDoor(api)
