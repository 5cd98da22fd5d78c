import { inputsOf, integerPredictor, type Material, valueAt } from '../material.ts'
import { type CentredModel, centred, centredModel } from './scheme.ts'

/** The model in real numbers, for inputs centred in their ranges. */
export function centredModelOf(material: Material): CentredModel {
  const scale = 2 ** material.scaleBits
  const weights = material.weights.map((weight) => weight / scale)
  return centredModel(weights, Number(material.constant) / scale, material.limits, material.tolerance)
}

/** Per input, its centred values of `count` records. */
export function columnsOf(material: Material, from: number, count: number): Float64Array[] {
  return Array.from({ length: inputsOf(material) }, (_, j) => {
    const limit = material.limits[j] as number
    return Float64Array.from({ length: count }, (_, r) => centred(valueAt(material, from + r, j), limit))
  })
}

/** η of a record, as the other schemes give it. */
export function plainPredictor(material: Material, record: number): number {
  return Number(integerPredictor(material, record)) / 2 ** material.scaleBits
}
