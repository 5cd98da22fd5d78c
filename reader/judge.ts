import { type Encoder, type Expected, expectedOf, makeEncoder } from '../core/card/encode.ts'
import type { ErrorCode } from '../core/errors.ts'
import type { ExpectedCells } from './faults.ts'
import type { FileRow } from './fileRows.ts'
import type { Plan } from './plan.ts'
import { makeMender } from './repairs.ts'
import { Mending } from './suggest.ts'

/**
 * The one judgement on a row, for the check, the run and the files to save alike: whether it is a record, and whether its
 * cells can be scored. A cell that a policy of the card would make something of, though it is near a known value, is a
 * question: its record waits for the answer.
 */

export interface RowProblem {
  readonly code: Extract<ErrorCode, `cell/${string}` | `row/${string}`>
  /** The feature whose cell it is; null for the row as a whole. */
  readonly feature: number | null
  readonly expected: Expected | ExpectedCells
}

export interface Judge {
  /**
   * What keeps a row from being scored: nothing, where its integers were written to out[j · stride + at].
   */
  judge(record: FileRow, out: Float64Array, stride: number, at: number): readonly RowProblem[]
  /** The cells of the row that was judged last, one per feature, as repairs leave them. */
  readonly cells: readonly string[]
  readonly encoder: Encoder
  /** How many cells each of the plan's repairs changed. */
  readonly changed: Uint32Array
}

/** Spreadsheets' errors, in the languages in which they write them. */
const errorText = /^#(?:N\/A|NV|N\/V|ND|N\/D|GETTING_DATA|[¡¿]?[\p{Lu}\d/_]+[!?])$/u
const totalWords =
  'sub-?totals?|grand[ -]totals?|totals?|sum|sums|summe|gesamt(?:summe)?|insgesamt|zwischensumme|ergebnis|average|mean|avg|mittelwert|durchschnitt|median|somme|moyenne|totale|media|promedio|suma'
const total = new RegExp(
  `^(?:(?:${totalWords})(?:\\s*[:(].*|\\s+(?:of|for|per|von|der)\\b.*|\\s+\\d+)?|.+\\s(?:total|ergebnis))$`,
  'iu',
)

const totalAlone = new RegExp(`^(?:${totalWords}):?$`, 'iu')

export function makeJudge(plan: Plan): Judge {
  const { card, columns, header, width } = plan
  const encoder = makeEncoder(card, plan.format)
  const { cellsOf, changed } = cellReader(plan)
  const open = new OpenQuestions(plan)
  const levelsOf = card.features.map((feature) => (feature.type === 'category' ? new Set(feature.levels) : null))
  const featureOf = new Map(columns.map((column, feature) => [column, feature]))
  const names = header?.map((name) => name.trim().toLowerCase())
  let cells: readonly string[] = []

  /** What a row is, where it is no record. */
  const kindOf = (record: FileRow): RowProblem['code'] | null => {
    if (record.ragged) return 'row/ragged'
    if (columns.every((column) => (record.cells[column] ?? '').trim() === '')) return 'row/empty'
    if (names && record.cells.every((cell, c) => cell.trim().toLowerCase() === names[c])) return 'row/header'
    return plan.totals !== 'score' && isTotal(record) ? 'row/total' : null
  }
  const isTotal = ({ cells: own }: FileRow): boolean => {
    const first = own.findIndex((cell) => cell.trim() !== '')
    // Where each record has a key, a row of numbers without one is about the others.
    if (plan.keyed && first > 0 && !featureOf.has(0)) return true
    return own.some((cell, c) => {
      const text = cell.trim()
      const feature = featureOf.get(c)
      if (text.length > 60 || (c !== first && feature !== undefined)) return false
      const known = feature !== undefined && levelsOf[feature]?.has(text)
      return !known && (c === first ? total : totalAlone).test(text)
    })
  }
  /** What a spreadsheet left in a cell instead of its value. */
  const sheetProblem = (cell: string, feature: number): RowProblem['code'] | null => {
    const sign = cell.charCodeAt(0)
    if ((sign !== 35 && sign !== 61) || levelsOf[feature]?.has(cell)) return null
    if (errorText.test(cell)) return 'cell/error'
    return /^=(?!"[^"]*"$)./.test(cell) ? 'cell/formula' : null
  }

  return {
    encoder,
    changed,
    get cells() {
      return cells
    },
    judge(record, out, stride, at) {
      const kind = kindOf(record)
      if (kind !== null) return [{ code: kind, feature: null, expected: { kind: 'cells', count: width } }]
      const mended = cellsOf(record)
      cells = mended
      const encoded = encoder.encode(mended, out, stride, at)
      let found: RowProblem[] | null = null
      for (let f = 0; f < mended.length; f++) {
        const cell = (mended[f] as string).trim()
        if (cell === '') continue
        const code = sheetProblem(cell, f) ?? (open.asks(f, cell, encoder) ? 'cell/near' : null)
        const feature = card.features[f]
        if (code === null || !feature) continue
        found ??= encoded.filter((problem) => problem.feature !== f)
        found = found.filter((problem) => problem.feature !== f)
        found.push({ code, feature: f, expected: expectedOf(feature) })
      }
      return found ?? encoded
    },
  }
}

/** What reads a row's cells for the card's features, repaired as the plan says. */
function cellReader(plan: Plan): { cellsOf: (record: FileRow) => string[]; changed: Uint32Array } {
  const { mend, changed } = makeMender(plan.repairs, plan.format, plan.card)
  return { cellsOf: (record) => mend(plan.columns.map((column) => record.cells[column] ?? '')), changed }
}

/** Texts whose nearness is remembered for each feature. */
const mostTexts = 20_000

/** Which cells wait for a person's word, before a policy makes something of them. */
class OpenQuestions {
  readonly #near: Mending
  readonly #known: Map<string, boolean>[]
  readonly #answered: ReadonlySet<number>

  constructor({ card, format, repairs }: Plan) {
    this.#near = new Mending(card, format)
    this.#known = card.features.map(() => new Map())
    this.#answered = new Set(repairs.flatMap(({ kind, feature }) => (kind === 'policy' ? [feature] : [])))
  }

  /** Whether the cell that was encoded last, which is not empty, is near something that the card knows. */
  asks(feature: number, cell: string, { decisions }: Encoder): boolean {
    const decision = decisions[feature]
    if (decision !== 'unknown' && decision !== 'invalid' && decision !== 'missing') return false
    if (this.#answered.has(feature)) return false
    const known = this.#known[feature] as Map<string, boolean>
    let near = known.get(cell)
    if (near === undefined) {
      near = this.#near.isNear(feature, cell)
      if (known.size >= mostTexts) known.clear()
      known.set(cell, near)
    }
    return near
  }
}
