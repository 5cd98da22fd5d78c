import type { ModelFile } from '../model/modelFile.ts'
import type { FormatNote } from './notes.ts'

/**
 * The model file as importers write it: core's own, read-only. Weights stand in heads and nowhere else; features and
 * derived columns are public.
 */
export type ExtendedModel = Frozen<ModelFile>

type Frozen<T> = T extends string | number | boolean | null | undefined
  ? T
  : { readonly [Member in keyof T]: Frozen<T[Member]> }

type Feature = ExtendedModel['features'][number]
export type NumberColumnFeature = Exclude<Feature, { type: 'category' }>
export type CategoryColumnFeature = Extract<Feature, { type: 'category' }>
/** A text that is no level: an error, all indicators 0 (the text itself still reaches expressions), missing, or a level. */
export type UnknownPolicy = NonNullable<CategoryColumnFeature['unknown']>
export type DerivedColumn = NonNullable<ExtendedModel['derived']>[number]
export type ExtendedHead = ExtendedModel['heads'][number]
export type ExtendedTerm = ExtendedHead['terms'][number]
export type ExtendedLink = ExtendedModel['link']
export type CumulativeFunction = Extract<ExtendedLink, { readonly cumulative: string }>['cumulative']
export type Reasons = NonNullable<ExtendedModel['reasons']>
export type ExtendedVerification = NonNullable<ExtendedModel['verification']>[number]

/** What a reader gives: the model file, and what its vendor must know about the translation. */
export interface ImportedModel {
  readonly model: ExtendedModel
  readonly notes: readonly FormatNote[]
}
