import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FolderObjects } from '../sealed/folderObjects.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindscore-objects-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('objects are put and deleted in one folder by many at once: no put fails, and no draft is left', async () => {
  const all = await Promise.all(Array.from({ length: 12 }, () => FolderObjects.open(folder)))
  const bytes = new Uint8Array(8)
  const work = all.map(async (objects, of) => {
    for (let i = 0; i < 20; i++) {
      const name = `${'a'.repeat(32)}/in/${of}`
      await (of % 2 ? objects.put(name, bytes) : objects.putNew(name, bytes))
      await objects.delete(name)
      // One that another takes away as soon as it is there.
      await objects.put(`${'a'.repeat(32)}/in/99`, bytes)
      await objects.delete(`${'a'.repeat(32)}/in/99`)
    }
  })
  expect((await Promise.allSettled(work)).filter(({ status }) => status === 'rejected')).toEqual([])
  expect(await readdir(join(folder, '.drafts'))).toEqual([])
  expect(await all[0]?.list('')).toEqual([])
})
