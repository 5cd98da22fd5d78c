import { type Fail, type NoFacts, throwError } from '../core/errors.ts'
import type { ShapeFault } from '../model/shape.ts'

/** Why a file is not read as a model of any format, and the facts that a sentence about it needs. */
export interface FormatFaults {
  noBytes: NoFacts
  tooManyBytes: { readonly mebibytes: number }
  notAFormat: NoFacts
  foreignFile: { readonly kind: ForeignFile }
  nestedTooDeep: NoFacts
  encodingUnknown: { readonly encoding: string }
  encodingWrong: { readonly encoding: string }
  // The ranges beside a model
  rangesJson: NoFacts
  rangesShape: ShapeFault
  rangesOfCategory: { readonly feature: string }
  columnsNamed: NoFacts
  rangesStranger: { readonly feature: string }
}

/** Files that people have for models and that are not read. */
export type ForeignFile = 'pickle' | 'zip' | 'gzip' | 'hdf5'

/** Faults that are somewhere in a file: what is wrong, as a room lists it, with the facts of the place. */
export type Placed<Place, Reasons> = {
  readonly [R in keyof Reasons]: [Reasons[R]] extends [NoFacts] ? Place : Place & Reasons[R]
}

/** The facts of a fault as a function takes them: none where its sentence needs none. */
export type FactsOf<Fault> = [Fault] extends [NoFacts] ? [facts?: NoFacts] : [facts: Fault]

export const fail: Fail<FormatFaults> = throwError
