import { isMissingText } from '../core/card/missing.ts'
import { parseDecimal } from '../core/number/decimal.ts'
import { readFileRows } from './fileRows.ts'
import type { Plan } from './plan.ts'
import type { FileSource } from './source.ts'

/** What a column of a file holds. `other`: nothing, one value alone, or texts without end. */
export type ColumnFacts =
  | {
      readonly kind: 'number'
      readonly name: string
      readonly min: number
      readonly max: number
      readonly places: number
    }
  | { readonly kind: 'category'; readonly name: string; readonly levels: readonly string[] }
  | { readonly kind: 'other'; readonly name: string }

/** A category of more levels explains nothing that a person would read. */
const mostLevels = 50
const longestLevel = 400

/** What is known of a column while its cells are read. */
class Seen {
  numbers = true
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  places = 0
  readonly texts = new Set<string>()

  read(text: string, decimalMark: '.' | ','): void {
    if (isMissingText(text)) return
    if (this.numbers) this.#readNumber(decimalMark === ',' ? text.replace(',', '.') : text)
    if (this.texts.size <= mostLevels) this.texts.add(text)
  }

  #readNumber(text: string): void {
    const decimal = parseDecimal(text)
    if (decimal === null) {
      this.numbers = false
      return
    }
    const value = Number(text)
    this.min = Math.min(this.min, value)
    this.max = Math.max(this.max, value)
    this.places = Math.max(this.places, placesOf(text))
  }

  facts(name: string): ColumnFacts {
    const { numbers, min, max, places, texts } = this
    if (numbers && min < max) return { kind: 'number', name, min, max, places }
    const short = [...texts].every((text) => text.length <= longestLevel)
    if (!numbers && texts.size > 1 && texts.size <= mostLevels && short) {
      return { kind: 'category', name, levels: [...texts].sort() }
    }
    return { kind: 'other', name }
  }
}

/** The decimals that a number is written with, its exponent counted. */
function placesOf(text: string): number {
  const [, decimals = '', exponent = '0'] = /^[^.e]*(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text) ?? []
  return Math.max(0, decimals.replace(/0+$/, '').length - Number(exponent))
}

/** What each column of a file holds, in one reading of it. */
export async function columnFacts(
  file: FileSource,
  plan: Pick<Plan, 'format' | 'width'>,
  header: readonly string[],
): Promise<ColumnFacts[]> {
  const seen = header.map(() => new Seen())
  const { decimalMark } = plan.format
  for await (const { records } of readFileRows(file, plan)) {
    for (const { cells, ragged } of records) {
      if (ragged) continue
      for (const [c, column] of seen.entries()) column.read((cells[c] ?? '').trim(), decimalMark)
    }
  }
  return seen.map((column, c) => column.facts(header[c] ?? ''))
}
