import type { Card, Column } from '../core/card/card.ts'
import { givesProbabilities } from '../core/card/link.ts'
import { keySizes, slotsPerCiphertext } from '../core/protocol/paillier/layout.ts'
import type { ModelFile } from './modelFile.ts'
import type { ServedModel } from './verdict.ts'

/** All that `model check` says, as data. Counts and sizes, and what the card publishes; no weight. */
export type Report<Verification> = ReturnType<typeof makeReport<Verification>>

export interface Checked<Verification> {
  readonly name: string
  readonly format: string
  readonly file: ModelFile
  readonly model: ServedModel
  readonly notes: readonly string[]
  /** What came of the verification records under encryption. */
  readonly verification: Verification
}

export function makeReport<Verification>({ name, format, file, model, notes, verification }: Checked<Verification>) {
  const { card, rangesFrom } = model
  const columns: readonly Column[] = [...card.features, ...card.derived]
  const weighed = new Set(card.inputs.map(({ column }) => column))
  return {
    file: name,
    format,
    id: card.id,
    version: card.version,
    title: card.title,
    outcome: card.outcome,
    hash: card.hash,
    columns: columns.map((column, c) => ({
      name: column.name,
      kind: c < card.features.length ? ('feature' as const) : ('derived' as const),
      encrypted: weighed.has(c),
      missing: column.missing.policy,
      ...(column.type === 'number'
        ? {
            type: column.type,
            range: [column.min, column.max],
            rangeFrom: rangesFrom[c],
            step: Number(`1e${-column.places}`),
            finer: column.finer,
            outside: column.outside,
          }
        : { type: column.type, levels: column.levels.length, unknown: column.unknown }),
    })),
    link: card.link,
    responses: card.responses,
    probabilities: givesProbabilities(card.link),
    label: card.label,
    tolerance: card.tolerance,
    errorBound: card.errorBound,
    slotBits: card.slotBits,
    scaleBits: card.scaleBits,
    keys: keySizes.map((keyBits) => costAt(card, keyBits)),
    public: {
      features: card.features.length,
      derived: card.derived.length,
      inputs: card.inputs.length,
      cardBytes: JSON.stringify(card).length,
    },
    private: {
      heads: card.heads.length,
      weights: file.heads.reduce((sum, { terms }) => sum + terms.length, 0),
      intercepts: file.heads.length,
    },
    verification,
    notes: [...notes, ...adviceOn(card, columns, rangesFrom)],
  }
}

/** What a thousand records cost under a key of that size; null where no record fits. */
function costAt(card: Card, keyBits: number) {
  const slots = slotsPerCiphertext(card.slotBits, keyBits)
  if (slots === 0) return { keyBits, recordsPerCiphertext: 0, perThousand: null }
  const blocks = Math.ceil(1000 / slots)
  const up = blocks * card.inputs.length
  const down = blocks * card.heads.length
  return {
    keyBits,
    recordsPerCiphertext: slots,
    perThousand: {
      blocks,
      ciphertextsUp: up,
      ciphertextsDown: down,
      bytesUp: (up * keyBits) / 4,
      bytesDown: (down * keyBits) / 4,
    },
  }
}

function adviceOn(card: Card, columns: readonly Column[], rangesFrom: readonly (string | undefined)[]): string[] {
  const wide = columns.filter((_, c) => rangesFrom[c] === 'default').map(({ name }) => name)
  const advice: string[] = []
  if (wide.length > 0) {
    const shown = wide.slice(0, 8).join(', ')
    const more = wide.length > 8 ? ` and ${wide.length - 8} more` : ''
    advice.push(
      `No range is stated for ${shown}${more}, nor for all that they are made of. The one chosen is wide, which costs ` +
        'bytes, and together with the step it shows how large the largest weights are, to a power of ten. State the ' +
        'ranges of the features in the model file or in NAME.ranges.json.',
    )
  }
  if (card.verification.length === 0) {
    advice.push(
      'The file holds no verification records, so nothing shows that its numbers are the ones that were meant.',
    )
  }
  return advice
}
