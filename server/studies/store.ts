/**
 * Where the messages of pooled studies lie, by name: `STUDY/study`, `STUDY/SLOT/SEAT`, where STUDY are 32 hexadecimal digits. What is
 * there stays as it is until all of the study goes. Every implementation passes `server/test/studies.test.ts`. Methods reject with
 * `server/store-gone` where the store cannot be used.
 */
export interface StudyStore {
  /** Keeps bytes under a name that has none, in one step also among processes. False, and nothing is changed, where it has some. */
  create(name: string, bytes: Uint8Array): Promise<boolean>
  /** Null where there is nothing. */
  get(name: string): Promise<Uint8Array | null>
  /** The names below a study, or below a slot of one (`STUDY/SLOT`), each with its bytes' count. */
  list(below: string): Promise<readonly StudyItem[]>
  studies(): Promise<readonly string[]>
  delete(study: string): Promise<void>
}

export interface StudyItem {
  readonly name: string
  readonly bytes: number
}

/** The name of a study, as the server draws it, and of a slot. What a client sends is held against these before it names anything. */
export const studyName = /^[0-9a-f]{32}$/
export const slotName = /^[a-z0-9-]{1,64}$/

/** Gone with the process. */
export function studiesInMemory(): StudyStore {
  const kept = new Map<string, Map<string, Uint8Array>>()
  const studyOf = (name: string): string => name.slice(0, name.indexOf('/'))
  return {
    async create(name, bytes) {
      const study = studyOf(name)
      const items = kept.get(study) ?? new Map<string, Uint8Array>()
      if (items.has(name)) return false
      items.set(name, Uint8Array.from(bytes))
      kept.set(study, items)
      return true
    },
    get: async (name) => kept.get(studyOf(name))?.get(name) ?? null,
    list: async (below) =>
      [...(kept.get(studyOf(`${below}/`)) ?? [])].flatMap(([name, bytes]) =>
        name.startsWith(`${below}/`) ? [{ name, bytes: bytes.length }] : [],
      ),
    studies: async () => [...kept.keys()],
    delete: async (study) => {
      kept.delete(study)
    },
  }
}
