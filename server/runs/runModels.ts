import * as z from 'zod/mini'
import type { ScoredModel } from '../../model/verdict.ts'
import { fail } from '../faults.ts'
import type { ModelSet } from '../modelSet.ts'
import { modelOfParts, modelParts, partsOfModel } from '../modelText.ts'
import { readJson, writeJson } from '../sealed/json.ts'
import { LruMap } from '../state/lru.ts'
import { modelObject, type OpenRun, type RunVault } from './manifest.ts'

/** Versions that are in memory since runs brought them: of more, the one unused for longest is read again. */
const mostBrought = 64

const shape = z.strictObject(modelParts)

/**
 * The versions that stored runs are for. Each lies with its run from the first chunk on, so that what was paid for is scored by it
 * whatever a process finds in its folder of models then: another version after a restart, or one that others do not have yet.
 */
export class RunModels {
  readonly #vault: RunVault
  readonly #models: ModelSet
  readonly #brought = new LruMap<string, ScoredModel>(mostBrought)

  constructor(vault: RunVault, models: ModelSet) {
    this.#vault = vault
    this.#models = models
    models.ofRuns = this.#brought
  }

  /** Throws `model/changed` where it is nowhere, and `run/damaged`. */
  async of(open: OpenRun): Promise<ScoredModel> {
    const { model, card } = open.manifest
    const here = this.#models.held(model, card) ?? this.#brought.get(card)
    if (here !== undefined) return here
    const bytes = await this.#vault.get(open, modelObject(open.manifest))
    const read = readJson(shape, bytes ?? fail('model/changed', 'modelChanged'))
    const kept = modelOfParts(this.#vault.intact(read))
    this.#brought.set(card, kept)
    return kept
  }

  /** Has the version lie with a run. */
  async keep(open: OpenRun, model: ScoredModel): Promise<void> {
    const object = modelObject(open.manifest)
    await this.#vault.putNew(open, object, writeJson(partsOfModel(model)))
    await this.#vault.unlessGone(open.id, object.name)
  }
}
