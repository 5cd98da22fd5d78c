import { couldBeThousands, type FileFormat, provesDecimal } from './format.ts'
import { noColumn, type Plan } from './plan.ts'
import { Mending } from './suggest.ts'

/**
 * Thousands or decimals: "1.500" is one and a half or one thousand five hundred. Decided for a column from all its cells:
 * one that can only be a decimal ("0.75") proves the mark, and so does a column of which the card would take no cell as
 * thousands. Where nothing proves it, a person is asked, and nothing is scored before the answer.
 */

export interface MarkDoubt {
  readonly feature: number
  /** Cells that can be read both ways. */
  readonly count: number
  /** The lines of the first of them. */
  readonly lines: readonly number[]
  /** A few of them, as decimals and as thousands. */
  readonly examples: readonly (readonly [text: string, decimal: string, thousands: string])[]
}

interface Evidence {
  count: number
  readonly texts: Set<string>
  readonly lines: number[]
  decimals: boolean
  thousands: boolean
}

const mostTexts = 200
const mostExamples = 3

export class Marks {
  readonly #own: FileFormat['decimalMark']
  readonly #mending: Mending
  readonly #evidence: (Evidence | null)[]

  constructor({ card, columns, format, repairs, table }: Plan) {
    this.#own = format.decimalMark
    this.#mending = new Mending(card, format)
    const settled = new Set(repairs.flatMap(({ kind, feature }) => (kind === 'decimals' ? [feature] : [])))
    const isNumber = (f: number) => table !== undefined && !table.markedTexts.includes(columns[f] as number)
    this.#evidence = card.features.map(({ type }, f) =>
      type === 'number' && columns[f] !== noColumn && !settled.has(f) && !isNumber(f)
        ? { count: 0, texts: new Set<string>(), lines: [], decimals: false, thousands: false }
        : null,
    )
  }

  /** Takes note of a record's cells, one per feature, as repairs leave them. */
  note(cells: readonly string[], line: number): void {
    for (let f = 0; f < this.#evidence.length; f++) {
      const evidence = this.#evidence[f]
      const cell = cells[f] ?? ''
      if (evidence && (cell.includes('.') || cell.includes(','))) this.#weigh(evidence, cell.trim(), line)
    }
  }

  #weigh(evidence: Evidence, cell: string, line: number): void {
    const own = this.#own
    const other = own === '.' ? ',' : '.'
    if (couldBeThousands(cell, own)) {
      evidence.count += 1
      if (evidence.lines.length < mostExamples) evidence.lines.push(line)
      if (evidence.texts.size < mostTexts) evidence.texts.add(cell)
    } else if (provesDecimal(cell, own) || grouped[other].test(cell)) evidence.decimals = true
    else if (provesDecimal(cell, other) || grouped[own].test(cell)) evidence.thousands = true
  }

  /** The columns whose mark nothing proves. */
  doubts(): MarkDoubt[] {
    return this.#evidence.flatMap((evidence, feature) => {
      if (!evidence || evidence.count === 0) return []
      if (evidence.decimals && !evidence.thousands) return []
      const texts = [...evidence.texts]
      const read = texts.map((text) => this.#mending.asThousands(feature, text))
      // A cell that the card would not take as thousands proves nothing of the others: it may be what it looks like, a record
      // out of range. Only where none can be thousands are all of them decimals.
      if (read.every((thousands) => thousands === null)) return []
      const examples = texts.slice(0, mostExamples).map((text, i) => {
        const decimal = String(Number(text.replace(',', '.')))
        return [text, this.#own === ',' ? decimal.replace('.', ',') : decimal, read[i] ?? grouping(text)] as const
      })
      return [{ feature, count: evidence.count, lines: evidence.lines, examples }]
    })
  }
}

/** A cell as thousands, whether the card takes that or not. */
const grouping = (text: string): string => text.replaceAll(/[.,]/g, '')

/** Numbers that only thousands are written so. */
const grouped = {
  '.': /^[+-]?\d{1,3}(?:\.\d{3})+(?:\.\d{3}|,\d+)$/,
  ',': /^[+-]?\d{1,3}(?:,\d{3})+(?:,\d{3}|\.\d+)$/,
} as const
