import { openDoor } from './door.ts'
import { readParquet } from './parquet.ts'
import type { TableApi } from './worker-sheet.ts'

const api: TableApi = { read: (file) => readParquet(file) }
openDoor(api)
