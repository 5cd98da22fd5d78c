import { link, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { unforeseen } from '../../core/errors.ts'
import { inStore, isMissing, makeFolder, sweepDrafts, syncFolder, writeDraft } from '../runs/durable.ts'
import { type StudyItem, type StudyStore, studyName } from './store.ts'

/** An item's name: nothing in one leads out of the folder. */
const itemName = /^[0-9a-f]{32}(?:\/[a-z0-9-]{1,64}){1,2}$/

/** Studies as files of a folder. Throws `server/store-gone` for one that cannot be made or read. */
export async function studiesInFolder(folder: string): Promise<StudyStore> {
  const drafts = join(folder, '.drafts')
  const fileOf = (name: string): string =>
    itemName.test(name) ? join(folder, name) : unforeseen('an item without a name')
  await inStore(async () => {
    await makeFolder(drafts)
    await sweepDrafts(drafts)
  })
  return {
    create: (name, bytes) => inStore(() => linked(drafts, fileOf(name), bytes)),
    get: (name) => inStore(() => unlessMissing(readFile(fileOf(name)), null)),
    list: (name) => inStore(() => below(folder, name)),
    studies: () => inStore(async () => (await readdir(folder)).filter((name) => studyName.test(name))),
    delete: (study) => inStore(() => rm(dirname(fileOf(`${study}/study`)), { recursive: true, force: true })),
  }
}

/** Whole and on disk before it has its name, which it gets where nothing else has it. */
async function linked(drafts: string, file: string, bytes: Uint8Array): Promise<boolean> {
  const draft = await writeDraft(drafts, bytes)
  try {
    await makeFolder(dirname(file))
    await link(draft, file)
    await syncFolder(dirname(file))
    return true
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw thrown
  } finally {
    await rm(draft, { force: true })
  }
}

/** The names come from where they were held against their form. */
async function below(folder: string, name: string): Promise<StudyItem[]> {
  const items: StudyItem[] = []
  for (const entry of await unlessMissing(readdir(join(folder, name), { withFileTypes: true }), [])) {
    const inside = `${name}/${entry.name}`
    if (entry.isDirectory()) items.push(...(await below(folder, inside)))
    else if (itemName.test(inside)) items.push({ name: inside, bytes: (await stat(join(folder, inside))).size })
  }
  return items
}

async function unlessMissing<T, U>(work: Promise<T>, missing: U): Promise<T | U> {
  try {
    return await work
  } catch (thrown) {
    if (isMissing(thrown)) return missing
    throw thrown
  }
}
