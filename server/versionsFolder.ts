import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import type { ServedModel } from '../model/verdict.ts'
import type { EndingVersion } from './modelSet.ts'
import { modelOfParts, modelParts, partsOfModel } from './modelText.ts'
import { readJson, writeJson } from './sealed/json.ts'
import { type SealingKey, seal, sealingKey, unseal } from './sealed/seal.ts'

const shape = z.strictObject({
  ...modelParts,
  rangesFrom: z.array(z.enum(['declared', 'proven', 'default', 'any'])),
  realHeads: z.array(z.strictObject({ weights: z.array(z.number()), intercept: z.number() })),
  onlyNamed: z.boolean(),
})

/** What a file is called: the hash of its card and, of a version that is served no more, when that ends. */
interface Kept {
  readonly file: string
  readonly hash: string
  /** Milliseconds since 1970; null for one that was served when the folder was written to last. */
  readonly endsAt: number | null
}

const fileName = /^([0-9a-f]{64})(?:\.([0-9]{1,16}))?$/
const draftName = /^\.[0-9a-f]{64}$/

function keptIn(names: readonly string[]): readonly Kept[] {
  return names.flatMap((file) => {
    const [, hash, endsAt] = fileName.exec(file) ?? []
    return hash === undefined ? [] : [{ file, hash, endsAt: endsAt === undefined ? null : Number(endsAt) }]
  })
}

/**
 * The versions of a server's models in a folder of its own, sealed, so that those that were replaced or withdrawn answer after a
 * restart as long as they would have without one. What is in it is of one folder of models.
 */
export class VersionsFolder {
  readonly #folder: string
  readonly #key: SealingKey
  readonly #now: () => number

  private constructor(folder: string, key: SealingKey, now: () => number) {
    this.#folder = folder
    this.#key = key
    this.#now = now
  }

  /** `key`: 32 bytes. `now`: milliseconds since 1970. */
  static async open(folder: string, key: Uint8Array, now: () => number = Date.now): Promise<VersionsFolder> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return new VersionsFolder(folder, sealingKey(key), now)
  }

  /**
   * The versions in it that are not among the cards with these hashes, as long as they answer: from now on for `ms` where they were
   * served when this process, or the one before, was there last. What does not open is none.
   */
  async read(served: ReadonlySet<string>, ms: number): Promise<readonly EndingVersion[]> {
    const found: EndingVersion[] = []
    for (const { file, hash, endsAt } of keptIn(await readdir(this.#folder))) {
      const left = endsAt === null ? ms : endsAt - this.#now()
      const model = !served.has(hash) && left > 0 ? await this.#read(file, hash) : null
      if (model) found.push({ model, left })
    }
    return found
  }

  /** Has these be in it, and no others. */
  async write(served: readonly ServedModel[], ending: readonly EndingVersion[]): Promise<void> {
    const names = await readdir(this.#folder)
    const kept = new Map(keptIn(names).map((each) => [each.hash, each]))
    for (const model of served) await this.#have(kept, model, null)
    for (const { model, left } of ending) await this.#have(kept, model, Math.ceil(this.#now() + left))
    const gone = [...kept.values()].map(({ file }) => file)
    for (const file of [...gone, ...names.filter((name) => draftName.test(name))])
      await rm(join(this.#folder, file), { force: true })
  }

  /** Takes it out of those that are left to be taken away. */
  async #have(left: Map<string, Kept>, model: ServedModel, endsAt: number | null): Promise<void> {
    const { hash } = model.card
    const is = left.get(hash)
    left.delete(hash)
    const file = endsAt === null ? hash : `${hash}.${endsAt}`
    if (is === undefined) await this.#put(file, model)
    else if ((is.endsAt === null) !== (endsAt === null))
      await rename(join(this.#folder, is.file), join(this.#folder, file))
  }

  async #put(file: string, model: ServedModel): Promise<void> {
    const { rangesFrom, realHeads, onlyNamed = false, card } = model
    const heads = realHeads.map(({ weights, intercept }) => ({ weights: Array.from(weights), intercept }))
    const value: z.infer<typeof shape> = {
      ...partsOfModel(model),
      rangesFrom: [...rangesFrom],
      realHeads: heads,
      onlyNamed,
    }
    const draft = join(this.#folder, `.${card.hash}`)
    await writeFile(draft, await seal(this.#key, about(card.hash), writeJson(value)), { mode: 0o600 })
    await rename(draft, join(this.#folder, file))
  }

  async #read(file: string, hash: string): Promise<ServedModel | null> {
    const sealed = await readFile(join(this.#folder, file)).catch(() => null)
    const read = readJson(shape, await unseal([this.#key], about(hash), sealed))
    if (read === null) return null
    const realHeads = read.realHeads.map(({ weights, intercept }) => ({
      weights: Float64Array.from(weights),
      intercept,
    }))
    const { rangesFrom, onlyNamed } = read
    return { ...modelOfParts(read), rangesFrom, realHeads, onlyNamed }
  }
}

const about = (hash: string): readonly unknown[] => ['blindscore model version 1', hash]
