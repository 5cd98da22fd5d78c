import * as z from 'zod/mini'
import { card } from '../../core/card/card.ts'
import type { ScoredModel } from '../../model/verdict.ts'
import { fail } from '../faults.ts'
import type { ModelSet } from '../modelSet.ts'
import { readJson, writeJson } from '../sealed/json.ts'
import { modelObject, type OpenRun, type RunVault } from './manifest.ts'

/** A model's version as it lies with a run. */
const shape = z.strictObject({
  v: z.literal(1),
  card,
  heads: z.array(
    z.strictObject({ weights: z.array(z.number()), constant: z.string().check(z.regex(/^-?(?:0|[1-9][0-9]*)$/)) }),
  ),
})

function written({ card, heads }: ScoredModel): Uint8Array {
  const spelled = heads.map(({ weights, constant }) => ({ weights: Array.from(weights), constant: `${constant}` }))
  return writeJson({ v: 1, card, heads: spelled } satisfies z.infer<typeof shape>)
}

/** Null for what is none. */
function read(bytes: Uint8Array): ScoredModel | null {
  const model = readJson(shape, bytes)
  if (model === null) return null
  const heads = model.heads.map(({ weights, constant }) => ({
    weights: Float64Array.from(weights),
    constant: BigInt(constant),
  }))
  return { card: model.card, heads }
}

/**
 * The versions that stored runs are for. Each lies with its run from the first chunk on, so that what was paid for is scored by it
 * whatever a process finds in its folder of models then: another version after a restart, or one that others do not have yet.
 */
export class RunModels {
  readonly #vault: RunVault
  readonly #models: ModelSet

  constructor(vault: RunVault, models: ModelSet) {
    this.#vault = vault
    this.#models = models
  }

  /** Throws `model/changed` where it is nowhere, and `run/damaged`. */
  async of(open: OpenRun): Promise<ScoredModel> {
    const { model, card } = open.manifest
    const here = this.#models.ofRun(model, card)
    if (here !== undefined) return here
    const bytes = await this.#vault.get(open, modelObject(open.manifest))
    const kept = this.#vault.intact(read(bytes ?? fail('model/changed', 'modelChanged')))
    this.#models.bring(kept)
    return kept
  }

  /** Has the version lie with a run. */
  async keep(open: OpenRun, model: ScoredModel): Promise<void> {
    const object = modelObject(open.manifest)
    await this.#vault.putNew(open, object, written(model))
    await this.#vault.unlessGone(open.id, object.name)
  }
}
