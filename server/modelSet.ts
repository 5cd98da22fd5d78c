import { shapeOf } from '../core/protocol/scheme.ts'
import type { ScoredModel, ServedModel } from '../model/verdict.ts'
import type { ModelWeights } from './compute/tasks.ts'
import { fail } from './faults.ts'

/** What became of the models when others took their place, by id. */
export interface ModelChange {
  readonly added: readonly string[]
  readonly replaced: readonly string[]
  readonly withdrawn: readonly string[]
}

export interface Keeping {
  /** Milliseconds after it was replaced or withdrawn that a version answers. */
  readonly ms: number
  /** Versions that are kept at most: of more, the one unused for longest goes. */
  readonly most: number
}

/** A run of ten million records takes some hours; who went home in the middle of one comes back the next morning. */
export const usualKeeping: Keeping = { ms: 24 * 3_600_000, most: 64 }

/** A version that was replaced or withdrawn, and for how many milliseconds more it answers. */
export interface EndingVersion {
  readonly model: ServedModel
  readonly left: number
}

/** A version that was replaced or withdrawn, for the runs that began with it. */
interface OldVersion {
  readonly model: ServedModel
  readonly endsAt: number
  usedAt: number
}

/** Hexadecimal digits of a card's hash that name a version at least: nobody takes fewer for more than a word. */
const leastHashDigits = 8

/**
 * The models that a server answers with. All of them change in one step. A request says by a card's hash which version it is
 * sealed for, so those of runs that began before a change find theirs, for as long as that is kept.
 */
export class ModelSet {
  #current: ReadonlyMap<string, ServedModel>
  #old: OldVersion[] = []
  #revision = 0
  /** Versions that lie with stored runs, by the hashes of their cards: for those alone, no request finds them. */
  ofRuns?: { get(hash: string): ScoredModel | undefined }
  readonly #keeping: Keeping
  readonly #now: () => number

  constructor(models: readonly ServedModel[], keeping = usualKeeping, now = () => performance.now()) {
    this.#current = byId(models)
    this.#keeping = keeping
    this.#now = now
  }

  /** Another one after each change. */
  get revision(): number {
    return this.#revision
  }

  /** Those that a new run may begin with. */
  get current(): readonly ServedModel[] {
    return [...this.#current.values()]
  }

  /** Versions that only runs that began before end on. */
  get old(): readonly ServedModel[] {
    this.#forget()
    return this.#old.map(({ model }) => model)
  }

  /** The same, each with the time that it has left. */
  get ending(): readonly EndingVersion[] {
    this.#forget()
    return this.#old.map(({ model, endsAt }) => ({ model, left: endsAt - this.#now() }))
  }

  /** Has versions be kept that an earlier process had. */
  restore(versions: readonly EndingVersion[]): void {
    const now = this.#now()
    for (const { model, left } of versions) this.#old.push({ model, usedAt: now, endsAt: now + left })
  }

  /** Has these take the place of all, at once. */
  replace(models: readonly ServedModel[]): ModelChange {
    const before = this.#current
    const after = byId(models)
    const isNow = ({ card }: ServedModel): boolean => after.get(card.id)?.card.hash === card.hash
    const gone = [...before.values()].filter((model) => !isNow(model))
    const now = this.#now()
    const { ms, most } = this.#keeping
    const left = gone.map((model) => ({ model, usedAt: now, endsAt: now + ms }))
    this.#old = [...left, ...this.#old.filter(({ model }) => !isNow(model))]
    this.#old = this.#old.sort((a, b) => b.usedAt - a.usedAt).slice(0, most)
    this.#current = after
    this.#revision += 1
    const ids = [...after.keys()]
    return {
      added: ids.filter((id) => !before.has(id)),
      replaced: ids.filter((id) => before.has(id) && before.get(id)?.card.hash !== after.get(id)?.card.hash),
      withdrawn: [...before.keys()].filter((id) => !after.has(id)),
    }
  }

  /**
   * The model of an address: `ID`, or a version of it by `ID@VERSION`, which is the card's own version or the beginning of its hash.
   * Throws `model/unknown`.
   */
  named(address: string): ServedModel {
    const { id, version } = partsOf(address)
    const found = version === null ? this.#current.get(id) : this.#versions(id).find((each) => isVersion(each, version))
    return found ?? fail('model/unknown', 'modelUnknown')
  }

  /** Throws `model/unknown` where an address names no version at all, before anything of a request is read. */
  check(address: string): void {
    const { id, version } = partsOf(address)
    if (!this.#versions(id).some((each) => version === null || isVersion(each, version)))
      fail('model/unknown', 'modelUnknown')
  }

  /**
   * The version with this card's hash, of a model by its address; where it is kept no more, the one that there is now, which has
   * another hash. Throws `model/unknown` where there is none either.
   */
  forCard(address: string, hash: string): ServedModel {
    const { id } = partsOf(address)
    return this.held(id, hash) ?? this.#current.get(id) ?? fail('model/unknown', 'modelUnknown')
  }

  /** What a compute thread must know of the version with this card's hash. */
  weightsOf(hash: string): ModelWeights | undefined {
    const served = [...this.#current.values(), ...this.old].find(({ card }) => card.hash === hash)
    const model = served ?? this.ofRuns?.get(hash)
    return model && weightsOf(model)
  }

  /**
   * Whether a model is for who may use those with these ids; null for all, and then not for one of which any version has to be
   * named.
   */
  isFor(mine: ReadonlySet<string> | null, id: string): boolean {
    return mine === null ? !this.#versions(id).some(({ onlyNamed }) => onlyNamed) : mine.has(id)
  }

  /** The version of a model with this card's hash, where it is served or kept. */
  held(id: string, hash: string): ServedModel | undefined {
    const now = this.#current.get(id)
    if (now?.card.hash === hash) return now
    this.#forget()
    const old = this.#old.find(({ model }) => model.card.id === id && model.card.hash === hash)
    if (old !== undefined) old.usedAt = this.#now()
    return old?.model
  }

  /** All versions of a model, the newest first. */
  #versions(id: string): readonly ServedModel[] {
    const now = this.#current.get(id)
    return [...(now ? [now] : []), ...this.old.filter(({ card }) => card.id === id)]
  }

  #forget(): void {
    const now = this.#now()
    if (this.#old.some(({ endsAt }) => now >= endsAt)) this.#old = this.#old.filter(({ endsAt }) => now < endsAt)
  }
}

export const weightsOf = ({ card, heads }: ScoredModel): ModelWeights => ({
  hash: card.hash,
  shape: shapeOf(card),
  heads,
})

/** No id holds an `@`. */
export function partsOf(address: string): { readonly id: string; readonly version: string | null } {
  const at = address.indexOf('@')
  return at < 0 ? { id: address, version: null } : { id: address.slice(0, at), version: address.slice(at + 1) }
}

function isVersion({ card }: ServedModel, version: string): boolean {
  return card.version === version || (version.length >= leastHashDigits && card.hash.startsWith(version))
}

function byId(models: readonly ServedModel[]): ReadonlyMap<string, ServedModel> {
  return new Map(models.map((model) => [model.card.id, model]))
}
