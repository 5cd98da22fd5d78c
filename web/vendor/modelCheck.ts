import type { CardBody } from '../../core/card/card.ts'
import { keySizes, slotsPerCiphertext } from '../../core/protocol/paillier/layout.ts'
import type { FormatNote } from '../../formats/notes.ts'
import type { ReadModel } from '../../formats/reader.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'

/** What a vendor sees of a model file before it is served: the public card, and of the weights only how many. */
export interface ModelCheck {
  readonly format: string
  /** What became of the file on the way here. */
  readonly notes: readonly FormatNote[]
  readonly card: CardBody
  readonly weights: number
  /** Inputs that no head gives a weight: their columns are asked for and do nothing. */
  readonly idle: readonly string[]
  /** Numbers whose range the file does not state: a wide one was chosen. */
  readonly withoutRange: readonly string[]
  readonly fits: readonly Fit[]
}

/** What a key size means for this model. */
export interface Fit {
  readonly bits: number
  /** K, the records that a ciphertext carries; 0 where none fits. */
  readonly records: number
  readonly bytesUp: number
  readonly bytesDown: number
}

/** What the server would say of a model file. Throws what `reviewModel` throws. */
export async function checkModel(read: ReadModel): Promise<ModelCheck> {
  const { card, heads } = await reviewModel(read.file, sha256)
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
    withoutRange: read.file.features.flatMap((feature) =>
      feature.type !== 'category' && feature.range === undefined ? [feature.name] : [],
    ),
    fits: keySizes.map((bits) => costAt(card, bits)),
  }
}

function costAt(card: CardBody, bits: number): Fit {
  const records = slotsPerCiphertext(card.slotBits, bits)
  const each = records === 0 ? 0 : bits / 4 / records
  return { bits, records, bytesUp: each * card.inputs.length, bytesDown: each * card.heads.length }
}
