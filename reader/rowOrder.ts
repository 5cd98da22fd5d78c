import { labelOf, responses } from '../core/card/outcome.ts'
import { reasonFinder } from '../core/card/reasons.ts'
import { parseDecimal } from '../core/number/decimal.ts'
import { readFileRows } from './fileRows.ts'
import { folded } from './folded.ts'
import { makeJudge } from './judge.ts'
import type { Plan } from './plan.ts'
import type { FileSource } from './source.ts'

/** The scored rows of a file by what they say: where they go when they are sorted by a text, and which of them hold one. */

/** What rows are sorted by, beside numbers: a column of the file, the model's labels, the codes of its reasons. */
export type TextKey = { readonly column: number } | 'label' | 'reasons'

/** The places of the scored records, ascending by what `key` says of each. `predictors` holds heads values per record. */
export async function rowOrder(
  file: FileSource,
  plan: Plan,
  key: TextKey,
  predictors: Float64Array,
): Promise<Uint32Array> {
  const texts: string[] = []
  const heads = plan.card.heads.length
  const reasons = key === 'reasons' ? reasonFinder(plan.card) : null
  await scoredRows(file, plan, (cells, values, at) => {
    if (typeof key === 'object') return texts.push(cells[key.column] ?? '')
    const etas = Array.from(predictors.subarray(at * heads, (at + 1) * heads))
    return texts.push(reasons ? reasons(etas, values).join(', ') : labelOf(plan.card, responses(plan.card, etas)))
  })
  return textOrder(texts, plan.format.decimalMark)
}

/** The places of the scored records of which a cell holds the text, whatever its capitals. */
export async function rowsWith(file: FileSource, plan: Plan, text: string): Promise<Uint32Array> {
  const wanted = folded(text)
  const found: number[] = []
  await scoredRows(file, plan, (cells, _, at) => {
    if (cells.some((cell) => folded(cell).includes(wanted))) found.push(at)
  })
  return Uint32Array.from(found)
}

/** The order of some texts: numbers by their values and before all else, words as people sort them, nothing last. */
export function textOrder(texts: readonly string[], decimalMark: '.' | ','): Uint32Array {
  const { compare } = new Intl.Collator(undefined, { numeric: true })
  const numbers = Float64Array.from(texts, (text) => numberOf(text, decimalMark))
  const kind = (at: number) => (!Number.isNaN(numbers[at] as number) ? 0 : texts[at]?.trim() ? 1 : 2)
  const order = Uint32Array.from(texts, (_, at) => at)
  return order.sort((a, b) => {
    const [x, y] = [kind(a), kind(b)]
    if (x !== y) return x - y
    const by =
      x === 0 ? (numbers[a] as number) - (numbers[b] as number) : x === 1 ? compare(texts[a] ?? '', texts[b] ?? '') : 0
    return by || a - b
  })
}

function numberOf(text: string, decimalMark: '.' | ','): number {
  const plain = decimalMark === ',' ? text.trim().replace(',', '.') : text.trim()
  return parseDecimal(plain) === null ? Number.NaN : Number(plain)
}

async function scoredRows(
  file: FileSource,
  plan: Plan,
  take: (cells: readonly string[], values: ReturnType<typeof makeJudge>['encoder']['values'], at: number) => void,
): Promise<void> {
  const { judge, encoder } = makeJudge(plan)
  const scratch = new Float64Array(plan.card.inputs.length)
  let at = 0
  for await (const { records } of readFileRows(file, plan)) {
    for (const record of records) {
      if (judge(record, scratch, 1, 0).length > 0) continue
      take(record.cells, encoder.values, at)
      at += 1
    }
  }
}
