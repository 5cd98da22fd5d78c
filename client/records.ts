import type { Card } from '../core/card/card.ts'
import { type CellFormat, type CellProblem, makeEncoder } from '../core/card/encode.ts'
import type { BlockSource, EncodedBlock } from './block.ts'
import { errorOf } from './faults.ts'

/** A record: its values by the names of the model's features, or one text per feature in the card's order. */
export type ClientRecord = Readonly<Record<string, string | number | boolean | null | undefined>> | readonly string[]

/** A record's cells, one text per feature of the card. Missing values are empty texts. */
export function cellsOf(card: Card, record: ClientRecord): readonly string[] {
  if (isCells(record)) return record
  return card.features.map(({ name }) => {
    const value = Object.hasOwn(record, name) ? record[name] : undefined
    return value === undefined || value === null ? '' : String(value)
  })
}

const isCells = (record: ClientRecord): record is readonly string[] => Array.isArray(record)

/** What becomes of a record that cannot be scored. Without it the run ends with the problem's code and the record's place. */
export type OnProblem = (index: number, problems: readonly CellProblem[]) => void

/** Encodes records as they come, in blocks of `capacity`. */
export class RecordBlocks implements BlockSource {
  readonly #card: Card
  readonly #records: AsyncIterator<ClientRecord> | Iterator<ClientRecord>
  readonly #capacity: number
  readonly #onProblem: OnProblem | undefined
  readonly #encode: ReturnType<typeof makeEncoder>['encode']
  #index = 0
  #at = 0
  #turn: Promise<unknown> = Promise.resolve()

  constructor(
    card: Card,
    records: AsyncIterable<ClientRecord> | Iterable<ClientRecord>,
    capacity: number,
    options: { readonly onProblem?: OnProblem | undefined; readonly format?: CellFormat | undefined } = {},
  ) {
    this.#card = card
    this.#records = Symbol.asyncIterator in records ? records[Symbol.asyncIterator]() : records[Symbol.iterator]()
    this.#capacity = capacity
    this.#onProblem = options.onProblem
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
