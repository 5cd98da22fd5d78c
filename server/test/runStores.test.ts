import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from 'vitest'
import { FolderKeys } from '../runs/folderKeys.ts'
import { FolderObjects } from '../runs/folderObjects.ts'
import { keyStoreContract, objectStoreContract } from './support/runStores.ts'

const folders: string[] = []
async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'stores-'))
  folders.push(made)
  return made
}
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true }))))

describe('folders', () => {
  objectStoreContract(async () => FolderObjects.open(await folder()))
  keyStoreContract(async () => FolderKeys.open(await folder()))
})
