import { type CardBody, keySizes, slotsPerCiphertext } from '../../../core/card.ts'
import { makeEncoder } from '../../../core/encode.ts'
import { type CompiledModel, compileModel } from '../../../core/headroom.ts'
import { plainPredictors } from '../../../core/score.ts'
import type { ReadModel } from '../../../formats/dispatch.ts'

/** What a vendor sees of a model file before it is served: the public card, and of the weights only how many. */
export interface ModelCheck {
  readonly format: string
  /** What became of the file on the way here, in sentences. */
  readonly notes: readonly string[]
  readonly card: CardBody
  readonly weights: number
  /** Inputs that no head gives a weight: their columns are asked for and do nothing. */
  readonly idle: readonly string[]
  readonly fits: readonly Fit[]
  /** Verification records that come out as the file says, and what is wrong with the others. */
  readonly verified: number
  readonly wrong: readonly string[]
}

/** What a key size means for this model. */
export interface Fit {
  readonly bits: number
  /** K, the records that a ciphertext carries; 0 where none fits. */
  readonly records: number
  readonly bytesUp: number
  readonly bytesDown: number
}

/** Compiles a model file as the server would. Throws what compiling throws. */
export function checkModel(read: ReadModel): ModelCheck {
  const model = compileModel(read.file)
  const { card, heads } = model
  const idle = card.inputs.flatMap((input, j) => {
    if (heads.some((head) => head.weights[j] !== 0)) return []
    const column = card.features[input.column] ?? card.derived[input.column - card.features.length]
    const level = input.kind === 'level' && column?.type === 'category' ? ` = ${column.levels[input.level]}` : ''
    return [`${column?.name ?? ''}${level}`]
  })
  return {
    format: read.format,
    notes: read.notes,
    card,
    weights: heads.reduce((sum, head) => sum + head.weights.filter((weight) => weight !== 0).length + 1, 0),
    idle,
    fits: keySizes.map((bits) => costAt(card, bits)),
    ...verify(model),
  }
}

function costAt(card: CardBody, bits: number): Fit {
  const records = slotsPerCiphertext(card.slotBits, bits)
  const each = records === 0 ? 0 : bits / 4 / records
  return { bits, records, bytesUp: each * card.inputs.length, bytesDown: each * card.heads.length }
}

/** Scores the file's own verification records with the integers that would be served. */
function verify(model: CompiledModel): Pick<ModelCheck, 'verified' | 'wrong'> {
  const { card } = model
  const encoder = makeEncoder(card)
  const wrong: string[] = []
  let verified = 0
  for (const [i, { record, predictors }] of card.verification.entries()) {
    const integers = new Float64Array(card.inputs.length)
    const cells = card.features.map(({ name }) => (Object.hasOwn(record, name) ? (record[name] ?? '') : ''))
    const [problem] = encoder.encode(cells, integers, 1, 0)
    const got = problem ? [] : plainPredictors(model, integers)
    const near = (eta: number, h: number): boolean =>
      predictors === undefined ||
      Math.abs(eta - (predictors[h] ?? Number.NaN)) <= card.tolerance + 1e-12 * Math.abs(eta)
    if (problem)
      wrong.push(`Record ${i + 1}: ${card.features[problem.feature]?.name} cannot be read (${problem.code}).`)
    else if (!got.every(near)) wrong.push(`Record ${i + 1}: the predictor differs by more than the tolerance.`)
    else verified += 1
  }
  return { verified, wrong }
}
