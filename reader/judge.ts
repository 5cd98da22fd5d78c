import { type Encoder, type Expected, expectedOf, makeEncoder } from '../core/card/encode.ts'
import type { ErrorCode } from '../core/errors.ts'
import type { ExpectedCells } from './faults.ts'
import type { FileRow } from './fileRows.ts'
import type { Plan } from './plan.ts'
import { makeMender } from './repairs.ts'
import { emptiness, rowKinds } from './rowKind.ts'
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

/** Spreadsheets' errors, in the languages in which they write them; numbers that were too wide for their column. */
const errorText = /^(?:#(?:N\/A|NV|N\/V|ND|N\/D|Н\/Д|GETTING_DATA|[¡¿]?[\p{Lu}\d/_]+[!?])|Err:\d{3}|#{3,})$/u

export function makeJudge(plan: Plan): Judge {
  const { card, width } = plan
  const encoder = makeEncoder(card, plan.format)
  const { cellsOf, changed } = cellReader(plan)
  const open = new OpenQuestions(plan)
  const levelsOf = card.features.map((feature) => (feature.type === 'category' ? new Set(feature.levels) : null))
  const kindOf = rowKinds(plan)
  const holdsNothing = emptiness(plan)
  let cells: readonly string[] = []

  /** What a spreadsheet left in a cell instead of its value. */
  const sheetProblem = (cell: string, feature: number): RowProblem['code'] | null => {
    const sign = cell.charCodeAt(0)
    if ((sign !== 35 && sign !== 61 && sign !== 69) || levelsOf[feature]?.has(cell)) return null
    if (errorText.test(cell)) return 'cell/error'
    return /^=(?!"[^"]*"$)./.test(cell) ? 'cell/formula' : null
  }

  const noRecord = (code: RowProblem['code']): readonly RowProblem[] => [
    { code, feature: null, expected: { kind: 'cells', count: width } },
  ]

  return {
    encoder,
    changed,
    get cells() {
      return cells
    },
    judge(record, out, stride, at) {
      const kind = kindOf(record)
      if (kind !== null) return noRecord(kind)
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
      const problems = found ?? encoded
      return problems.length === 0 && holdsNothing(encoder.decisions) ? noRecord('row/empty') : problems
    },
  }
}

/** What reads a row's cells for the card's features, repaired as the plan says. */
function cellReader(plan: Plan): { cellsOf: (record: FileRow) => string[]; changed: Uint32Array } {
  const { columns, repairs } = plan
  const { mend, changed } = makeMender(repairs, plan.format, plan.card)
  const cellsOf = ({ cells }: FileRow): string[] => {
    const own: string[] = []
    for (let f = 0; f < columns.length; f++) own.push(cells[columns[f] as number] ?? '')
    return own
  }
  return { cellsOf: repairs.length === 0 ? cellsOf : (record) => mend(cellsOf(record), record.row), changed }
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
