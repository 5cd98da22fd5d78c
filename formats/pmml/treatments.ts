import type { MiningField } from './fields.ts'
import { apply, joined, missingValue, numberValue, type Typed, whereMissing } from './typed.ts'

/**
 * What the treatments of a MiningSchema mean. Where a feature's own policies can say all of a field's treatments, the
 * field is that feature; else the feature lets values through, and a column made of it treats them, in PMML's order:
 * missing codes, validity, outliers, replacement.
 */
export interface InvalidTreatment {
  /** What a feature does with a number outside its range, and with a text that is no number. */
  readonly outside: 'refuse' | 'missing'
  /** Whether the field's intervals bound the feature too. Else invalid numbers must get through. */
  readonly bounds: boolean
  /** What a category does with a text that is none of its levels. */
  readonly unknown: 'refuse' | 'reference' | 'missing' | 'replacement'
  /** What becomes of an invalid value in a made column: it stays, is missing, is treated as missing, or is replaced. */
  readonly becomes: 'itself' | 'missing' | 'treatedAsMissing' | 'replacement'
  /** Whether the record must be refused where a made column would take it as missing. */
  readonly guarded: boolean
}

export const invalidTreatments: Readonly<Record<MiningField['invalid'], InvalidTreatment>> = {
  returnInvalid: { outside: 'refuse', bounds: true, unknown: 'refuse', becomes: 'missing', guarded: true },
  asIs: { outside: 'refuse', bounds: false, unknown: 'reference', becomes: 'itself', guarded: false },
  asMissing: { outside: 'missing', bounds: true, unknown: 'missing', becomes: 'treatedAsMissing', guarded: false },
  asValue: { outside: 'refuse', bounds: false, unknown: 'replacement', becomes: 'replacement', guarded: false },
}

/** The ends beyond which a number is an outlier; at least one of them is there. */
export type Ends = Pick<MiningField, 'low' | 'high'>

interface OutlierTreatment {
  /** What a feature does with a number beyond the ends, when they are its range. */
  readonly outside: 'clamp' | 'missing'
  /** `value`, with what becomes of it in a made column where it is beyond an end. */
  readonly treat: (value: Typed, ends: Ends, instead: Typed) => Typed
}

/** Outliers that are left as they are need no treatment. */
export const outlierTreatments: Readonly<Record<Exclude<MiningField['outliers'], 'asIs'>, OutlierTreatment>> = {
  asExtremeValues: {
    outside: 'clamp',
    treat: (value, { low, high }) => {
      const raised = low === undefined ? value : apply('max', value, numberValue(low))
      return high === undefined ? raised : apply('min', raised, numberValue(high))
    },
  },
  asMissingValues: {
    outside: 'missing',
    treat: (value, { low, high }, instead) => {
      const beyond = [
        ...(low === undefined ? [] : [apply('less', value, numberValue(low))]),
        ...(high === undefined ? [] : [apply('greater', value, numberValue(high))]),
      ]
      return apply('if', joined('or', beyond), instead, value)
    },
  },
}

/** A feature's policy for missing cells; undefined where it is the terms' that name the feature. */
export function missingPolicy<T extends number | string>(
  mining: MiningField,
  replacement: T | undefined,
): 'refuse' | { readonly impute: T } | undefined {
  if (mining.missingInvalid) return 'refuse'
  return replacement === undefined ? undefined : { impute: replacement }
}

/** What becomes of an invalid value in a made column. `instead` is what stands for a missing value. */
export function invalidValue({ becomes }: InvalidTreatment, instead: Typed, replacement: () => Typed): Typed {
  if (becomes === 'treatedAsMissing') return instead
  return becomes === 'replacement' ? replacement() : missingValue(instead.kind)
}

/** What a treated value is where the field is missing: by itself still missing, unless it can become a constant. */
export function unlessMissing(mining: MiningField, x: Typed, instead: Typed, value: Typed): Typed {
  const { becomes } = invalidTreatments[mining.invalid]
  const canBeConstant = mining.missingReplacement !== undefined || becomes === 'replacement'
  return canBeConstant ? whereMissing(x, instead, value) : value
}
