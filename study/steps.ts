import type { ModelFeature } from '../model/modelFile.ts'

/** A number that is a multiple of a column's step, in steps. */
export function stepsOfNumber(value: number, column: Exclude<ModelFeature, { type: 'category' }>): number {
  return Math.round(value / (column.type === 'integer' ? 1 : (column.step ?? 1)))
}
