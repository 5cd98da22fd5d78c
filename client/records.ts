import type { Card } from '../core/card/card.ts'
import { type CellFormat, type CellProblem, makeEncoder } from '../core/card/encode.ts'
import type { BlockSource, EncodedBlock } from './block.ts'
import { errorOf, fail } from './faults.ts'

/** A value as programs have it; null, undefined and the empty text are missing. */
export type ClientValue = string | number | boolean | null | undefined

/** A record: its values by the names of the model's features, or one per feature in the card's order. */
export type ClientRecord = Readonly<Record<string, ClientValue>> | readonly ClientValue[]

/** A record's cells, one text per feature of the card. Missing values are empty texts. */
export function cellsOf(card: Card, record: ClientRecord): readonly string[] {
  if (isCells(record)) return record.map(cellOf)
  return card.features.map(({ name }) => cellOf(Object.hasOwn(record, name) ? record[name] : undefined))
}

const isCells = (record: ClientRecord): record is readonly ClientValue[] => Array.isArray(record)

const cellOf = (value: ClientValue): string => (value === undefined || value === null ? '' : String(value))

/** What gives the records one by one. Throws `client/options` for what has none: one record alone, a text, nothing. */
function iteratorOf(
  records: AsyncIterable<ClientRecord> | Iterable<ClientRecord>,
): AsyncIterator<ClientRecord> | Iterator<ClientRecord> {
  const given: Partial<typeof records> | string | null = records
  if (typeof given !== 'object' || given === null) fail('client/options', 'noRecords')
  if (Symbol.asyncIterator in records) return records[Symbol.asyncIterator]()
  if (Symbol.iterator in records) return records[Symbol.iterator]()
  return fail('client/options', 'noRecords')
}

/** What becomes of a record that cannot be scored. Without it the run ends with the problem's code and the record's place. */
export type OnProblem = (index: number, problems: readonly CellProblem[]) => void

export interface RecordOptions {
  /** Hears of records that cannot be scored; without it the first one ends the run. */
  readonly onProblem?: OnProblem | undefined
  /** How numbers in texts are written. */
  readonly format?: CellFormat | undefined
  /**
   * A record that lacks a feature and has a member of another name is refused, unless told: a misspelt name would be scored
   * as a missing value. `ignore` is for records that leave out what is missing.
   */
  readonly otherMembers?: 'refuse' | 'ignore' | undefined
}

/** Encodes records as they come, in blocks of `capacity`. */
export class RecordBlocks implements BlockSource {
  readonly #card: Card
  readonly #records: AsyncIterator<ClientRecord> | Iterator<ClientRecord>
  readonly #capacity: number
  readonly #onProblem: OnProblem | undefined
  readonly #encode: ReturnType<typeof makeEncoder>['encode']
  /** The names of the features, where other names are looked for. */
  readonly #names: ReadonlySet<string> | null
  #index = 0
  #at = 0
  #turn: Promise<unknown> = Promise.resolve()

  constructor(
    card: Card,
    records: AsyncIterable<ClientRecord> | Iterable<ClientRecord>,
    capacity: number,
    options: RecordOptions = {},
  ) {
    this.#card = card
    this.#records = iteratorOf(records)
    this.#capacity = capacity
    this.#onProblem = options.onProblem
    this.#names = options.otherMembers === 'ignore' ? null : new Set(card.features.map(({ name }) => name))
    this.#encode = makeEncoder(card, options.format).encode
  }

  /** One block after the other, whoever asks: the records come in one order. */
  next(): Promise<EncodedBlock | null> {
    const block = this.#turn.then(() => this.#read())
    this.#turn = block.catch(() => {})
    return block
  }

  /** Asks for no more records, and lets their source clean up after itself. */
  async end(): Promise<void> {
    await this.#turn
    await this.#records.return?.()
  }

  async #read(): Promise<EncodedBlock | null> {
    const capacity = this.#capacity
    const inputs = this.#card.inputs.length
    const integers = new Float64Array(inputs * capacity)
    const rows = new Uint32Array(capacity)
    let records = 0
    while (records < capacity) {
      const { value, done } = await this.#records.next()
      if (done) break
      const index = this.#index++
      this.#mustFit(value, index)
      const problems = this.#encode(cellsOf(this.#card, value), integers, capacity, records)
      if (problems.length > 0) {
        this.#refuse(index, problems)
        continue
      }
      rows[records] = index
      records += 1
    }
    if (records === 0) return null
    // A record refused after these may have left some of its integers behind.
    for (let j = 0; j < inputs; j++) integers.fill(0, j * capacity + records, (j + 1) * capacity)
    const at = this.#at
    this.#at += records
    return { integers, capacity, records, at, rows }
  }

  /** A record of another shape is a mistake of the program, and ends the run whoever hears of problems. */
  #mustFit(record: ClientRecord, index: number): void {
    const cells = this.#card.features.length
    const isRecord = typeof record === 'object' && record !== null
    if (!isRecord || (isCells(record) && record.length !== cells)) {
      throw errorOf('record/members', 'recordCells', { row: index, cells }, { row: index })
    }
    if (this.#names === null || isCells(record)) return
    const names = this.#names
    const feature = this.#card.features.find(({ name }) => !Object.hasOwn(record, name))?.name
    const member = feature === undefined ? undefined : Object.keys(record).find((each) => !names.has(each))
    if (feature === undefined || member === undefined) return
    throw errorOf('record/members', 'recordMember', { row: index, feature, member }, { row: index, column: feature })
  }

  #refuse(index: number, problems: readonly CellProblem[]): void {
    if (this.#onProblem) {
      this.#onProblem(index, problems)
      return
    }
    const [{ code, feature, expected }] = problems as readonly [CellProblem]
    const column = this.#card.features[feature]?.name ?? ''
    throw errorOf(code, 'recordCell', { row: index, column, expected }, { row: index, column })
  }
}
