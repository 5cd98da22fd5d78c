import type { Decision } from '../core/card/encode.ts'
import type { ErrorCode } from '../core/errors.ts'
import type { FileRow } from './fileRows.ts'
import { plain, repeatsHeader } from './otherTables.ts'
import { noColumn, ownColumns, type Plan } from './plan.ts'

/**
 * Whether a row is a record at all. Files have rows that say something of the others: headers again, sums and means, units,
 * comments. None of them is scored unasked.
 */

export type RowKind = Extract<ErrorCode, `row/${string}`>

/** The kind of a row that is no record, or null. */
export function rowKinds(plan: Plan): (record: FileRow) => RowKind | null {
  const { header, table, totals } = plan
  const columns = ownColumns(plan)
  const names = header?.map(plain)
  const summed = new Set(table?.totals)
  const isTotal = totalFinder(plan)
  return (record) => {
    const { cells, line, ragged } = record
    if (ragged) return 'row/ragged'
    if (columns.every((column) => (cells[column] ?? '').trim() === '')) return 'row/empty'
    if (names && repeatsHeader(cells, names, columns)) return 'row/header'
    if (record.other) return 'row/table'
    return totals !== 'score' && (summed.has(line) || isTotal(cells)) ? 'row/total' : null
  }
}

/**
 * Whether no cell of a model's record held a value, whatever policies made of them: units, legends and remarks beside numbers
 * are such. A model of categories alone says nothing of it: words that it does not know may be values.
 */
export function emptiness({ card, columns }: Plan): (decisions: readonly (Decision | null)[]) => boolean {
  if (card.features.every(({ type }) => type === 'category')) return () => false
  const isNone = (decision: Decision | null | undefined): boolean =>
    decision === 'missing' || decision === 'invalid' || decision === 'unknown'
  // What was given for all of them is in no row.
  return (decisions) => card.features.every((_, f) => columns[f] === noColumn || isNone(decisions[f]))
}

/** What rows about all others are called, in the languages of spreadsheets. */
const words = [
  'sub-?totals?|grand[ -]totals?|totals?|totaux|sums?|averages?|mean|avg|median',
  'gesamt(?:summe|ergebnis)?|insgesamt|(?:zwischen)?summen?|teilergebnis|ergebnis|mittel(?:wert)?|durchschnitt',
  'sous-total|somme|moyenne|totale|somma|media|promedio|suma|soma|média|totaal|som|gemiddelde',
  'summa|totalt|snitt|razem|ogółem|średnia|celkem|součet|průměr|összesen|átlag|toplam|ortalama',
  'итого|всего|сумма|среднее|разом|усього|合计|合計|总计|總計|小计|小計|平均|합계|총계|평균',
].join('|')
/** Words that may as well be a name or a value. */
const doubtful =
  '[σ∑ø]|overall|all|alle|tous|count|n|min(?:imum)?|max(?:imum)?|std\\.?(?: dev\\.?)?|sd|var(?:iance)?|\\d{1,2}%'
const certain = new RegExp(
  `^(?:(?:${words})(?:\\s*[:(].*|\\s+(?:of|for|per|von|der|du|de|di)(?!\\p{L}).*|\\s+\\d+)?|.+\\s(?:total|ergebnis|gesamt|summe))$`,
  'iu',
)
const alone = new RegExp(`^(?:${words}):?$`, 'iu')
const begins = new RegExp(`^(?:(?:${words}|[σ∑ø])\\s.*|${doubtful})$`, 'iu')

/** Labels are short; what is longer is a text. */
const mostLabel = 60

/** Labels of which it is remembered what they say, where a file's repeat: few, since each may hold on to a piece of the file. */
const mostLabels = 16

/** Whether a label says for certain that its row is about others. */
function certainties(): (label: string) => boolean {
  const known = new Map<string, boolean>()
  return (label) => {
    let says = known.get(label)
    if (says === undefined) {
      says = certain.test(label)
      if (known.size >= mostLabels) known.clear()
      known.set(label, says)
    }
    return says
  }
}

function totalFinder({ card, columns, keyed, marked }: Plan): (cells: readonly string[]) => boolean {
  const featureOf = new Map(columns.map((column, feature) => [column, feature]))
  const levelsOf = card.features.map((feature) => (feature.type === 'category' ? new Set(feature.levels) : null))
  const knows = (cells: readonly string[], c: number): boolean =>
    levelsOf[featureOf.get(c) ?? -1]?.has((cells[c] ?? '').trim()) ?? false
  const isCertain = certainties()
  return (cells) => {
    const first = cells.findIndex((cell) => cell.trim() !== '')
    // Where each record has a key, a row of numbers without one is about the others.
    if (keyed && first > 0 && !featureOf.has(0)) return true
    const label = (cells[first] ?? '').trim()
    if (!marked && /^(?:#|\/\/)/.test(label) && !knows(cells, first)) return true
    if (label.length <= mostLabel && !knows(cells, first) && isCertain(label)) return true
    // A name that begins so, or a word beside a name: where a category of the model holds a known value it is a record.
    if (columns.some((column) => knows(cells, column))) return false
    return cells.some((cell, c) => {
      const text = cell.trim()
      if (text.length > mostLabel || (c !== first && featureOf.has(c))) return false
      return c === first ? begins.test(text) : alone.test(text)
    })
  }
}
