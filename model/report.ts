import type { Card, Column } from '../core/card/card.ts'
import { givesProbabilities } from '../core/card/link.ts'
import { keySizes, slotsPerCiphertext } from '../core/protocol/paillier/layout.ts'
import type { ParameterSet, Scheme } from '../core/protocol/scheme.ts'
import { schemes } from '../core/protocol/schemes.ts'
import type { ModelFile } from './modelFile.ts'
import type { ModelNotes, NoteOf } from './notes.ts'
import { narrowPowers } from './powers.ts'
import type { ServedModel } from './verdict.ts'
import { statesResult } from './verify.ts'

/** All that `model check` says, as data. Counts and sizes, and what the card publishes; no weight. */
export type Report<Verification, Note> = ReturnType<typeof makeReport<Verification, Note>>

export interface Checked<Verification, Note> {
  readonly name: string
  readonly format: string
  readonly file: ModelFile
  readonly model: ServedModel
  /** What became of the file on the way here. */
  readonly notes: readonly Note[]
  /** What came of the verification records under encryption. */
  readonly verification: Verification
}

export function makeReport<Verification, Note>(checked: Checked<Verification, Note>) {
  const { name, format, file, model, notes, verification } = checked
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
    schemes: schemes.map((scheme) => ({
      scheme: scheme.name,
      sets: scheme.setsFor(card).map((set) => costOf(scheme, set, card)),
    })),
    public: {
      features: card.features.length,
      derived: card.derived.length,
      inputs: card.inputs.length,
      cardBytes: JSON.stringify(card).length,
      /** The verification records, as the card has them. */
      records: card.verification,
    },
    private: {
      heads: card.heads.length,
      weights: file.heads.reduce((sum, { terms }) => sum + terms.length, 0),
      intercepts: file.heads.length,
    },
    verification,
    notes: [...notes, ...adviceOn(model, columns)],
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

/** So many records are scored at once where a request is made as a whole. */
const atOnce = 20_000

/** What records cost under a set: bytes, and by the schemes' own units milliseconds of one thread on either side. */
function costOf(scheme: Scheme, set: ParameterSet, card: Card) {
  const layout = scheme.layout(set, card)
  const records = Math.min(atOnce, layout?.mostRecords ?? 0)
  return {
    set: set.id,
    slots: layout?.slots ?? 0,
    records,
    bytesUp: layout?.requestBytes(records) ?? 0,
    bytesDown: layout?.answerBytes(records) ?? 0,
    clientMs: ((layout?.sealingWork(records) ?? 0) + (layout?.openingWork(records) ?? 0)) / unitsPerMs,
    serverMs: ((layout?.checkingWork(records) ?? 0) + (layout?.scoringWork(records) ?? 0)) / unitsPerMs,
  }
}

/** The schemes' unit of work is an eighth of a millisecond. */
const unitsPerMs = 8

/** What the card itself shows that its vendor should think of. */
function adviceOn({ card, rangesFrom }: ServedModel, columns: readonly Column[]): NoteOf<ModelNotes>[] {
  const wide = columns.filter((_, c) => rangesFrom[c] === 'default').map(({ name }) => name)
  const silent = card.verification.filter((record) => !statesResult(record)).length
  const powers = narrowPowers(card.features, card.derived, rangesFrom)
  return [
    ...(wide.length > 0
      ? [{ note: 'rangesAssumed', facts: { columns: wide.slice(0, 8), count: wide.length } } as const]
      : []),
    ...(powers.length > 0
      ? [{ note: 'powersNarrow', facts: { powers: powers.slice(0, 8), count: powers.length } } as const]
      : []),
    ...(silent > 0 ? [{ note: 'recordsSilent', facts: { count: silent } } as const] : []),
    ...(card.verification.length === 0 ? [{ note: 'recordsAbsent', facts: {} } as const] : []),
  ]
}
