import { openDoor } from './door.ts'
import { readSheet } from './sheet.ts'

const api = { read: (file: Blob, sheet: number | null) => readSheet(file, sheet) }

export type TableApi = typeof api
openDoor(api)
