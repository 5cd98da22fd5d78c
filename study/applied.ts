import type { ModelFile } from '../model/modelFile.ts'
import { intercept } from '../stats/summary.ts'
import type { Adaptation } from './adaptationFile.ts'
import { fail } from './faults.ts'

/** Whether a text can name the customer of an adapted model: its id ends with it. */
export const isCustomer = (name: string): boolean => /^[a-z0-9][a-z0-9._-]{0,39}$/.test(name)

/**
 * The vendor's model with the changes, under a name of its own: (1 + slope) times the vendor's predictor, and δ'x. What was
 * measured of the vendor's model (its quality, its verification records) is not true of this one and is left out. No server
 * answers with it but those whose access names it. Throws `study/invalid` for changes of another model or version, and for terms that the model has not.
 */
export function adaptedModel(model: ModelFile, adaptation: Adaptation, customer: string): ModelFile {
  const { quality: _quality, verification: _verification, ...rest } = model
  const [head, ...more] = model.heads
  if (head === undefined || more.length > 0) fail('study/invalid', 'adaptCard')
  if (adaptation.model !== model.id || adaptation.version !== model.version)
    fail('study/invalid', 'adaptOther', { model: adaptation.model, version: adaptation.version })
  const keyOf = ({ feature, level }: { feature: string; level?: string | undefined }) =>
    JSON.stringify([feature, level ?? null])
  const changes = new Map(adaptation.terms.map((each) => [keyOf(each), each.weight]))
  const known = new Set(head.terms.map(keyOf))
  const stranger = adaptation.terms.find((each) => !known.has(keyOf(each)))
  if (stranger) fail('study/invalid', 'adaptColumn', { column: stranger.feature })
  const factor = 1 + adaptation.slope
  return {
    ...rest,
    id: `${model.id}-for-${customer}`,
    title: `${model.title.slice(0, 90)} for ${customer}`,
    audience: 'named',
    heads: [
      {
        ...head,
        intercept: factor * head.intercept + adaptation.intercept,
        terms: head.terms.map((term) => ({ ...term, weight: factor * term.weight + (changes.get(keyOf(term)) ?? 0) })),
      },
    ],
  }
}

/** What changes make of one number of the model, as its vendor sees it. */
export interface Applied {
  readonly name: string
  readonly before: number
  readonly after: number
}

/** The numbers of a model that changes alter, beside what becomes of them. `adapted` is what {@link adaptedModel} made of `model`. */
export function appliedTo(model: ModelFile, adapted: ModelFile): Applied[] {
  const [before, after] = [model.heads[0], adapted.heads[0]]
  if (!before || !after) return []
  const of = ({ feature, level }: { feature: string; level?: string | undefined }): string => `${feature}${level ?? ''}`
  const all = [
    { name: intercept, before: before.intercept, after: after.intercept },
    ...before.terms.map((term, j) => ({
      name: of(term),
      before: term.weight,
      after: after.terms[j]?.weight ?? term.weight,
    })),
  ]
  return all.filter((each) => each.before !== each.after)
}
