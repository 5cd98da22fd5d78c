import type { Card } from '../core/card/card.ts'
import type { FileFormat } from './format.ts'

/**
 * Repairs: how cells that a person wrote in another way than the model's card are read, once the person said so.
 * Applied to the cells of a row before they are encoded, so the check, the run and the files to save agree; the file
 * itself is never changed.
 */

/**
 * One way of writing numbers that differs from the file's own. "Own" and "other" are the file's decimal mark and the
 * one of point and comma that it is not.
 */
export const numberWays = [
  'symbols', // currency signs, units and spaces around the number; the typographic minus
  'percent', // 12 % is 12
  'percent-fraction', // 12 % is 0.12
  'group-space', // spaces or apostrophes group thousands
  'group-other', // the other mark groups thousands
  'group-own', // the file's own mark groups thousands
  'other-decimal', // the other mark is the decimal mark
] as const
export type NumberWay = (typeof numberWays)[number]

export type Repair =
  | { readonly feature: number; readonly kind: 'number'; readonly ways: readonly NumberWay[] }
  /** Reads the first text of each pair as the level that is its second. */
  | { readonly feature: number; readonly kind: 'levels'; readonly pairs: readonly (readonly [string, string])[] }
  /** Reads these texts as missing, which the card has a policy for. */
  | { readonly feature: number; readonly kind: 'missing'; readonly texts: readonly string[] }

/** A row's cells as repairs leave them, and how many cells each repair has changed so far. */
export interface Mender {
  readonly mend: (cells: string[]) => string[]
  readonly changed: Uint32Array
}

/** A mender of rows with one cell per feature. It changes the array that it is given. */
export function makeMender(repairs: readonly Repair[], format: Pick<FileFormat, 'decimalMark'>, card: Card): Mender {
  const changed = new Uint32Array(repairs.length)
  const each = repairs.map((repair) => ({ feature: repair.feature, read: reading(repair, format, card) }))
  const mend = (cells: string[]): string[] => {
    for (const [i, { feature, read }] of each.entries()) {
      const before = cells[feature] ?? ''
      const after = read(before)
      if (after === before) continue
      cells[feature] = after
      changed[i] = (changed[i] ?? 0) + 1
    }
    return cells
  }
  return { mend, changed }
}

function reading(repair: Repair, format: Pick<FileFormat, 'decimalMark'>, card: Card): (cell: string) => string {
  switch (repair.kind) {
    case 'number':
      return numberReader(repair.ways, format.decimalMark, unitOf(card, repair.feature))
    case 'levels': {
      const levels = new Map(repair.pairs)
      return (cell) => levels.get(cell.trim()) ?? cell
    }
    case 'missing': {
      const texts = new Set(repair.texts)
      return (cell) => (texts.has(cell.trim()) ? '' : cell)
    }
  }
}

export function unitOf(card: Card, feature: number): string | undefined {
  const found = card.features[feature]
  return found?.type === 'number' ? found.unit : undefined
}

const currency =
  /^(?:\p{Sc}|(?:AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|RON|RUB|SEK|SGD|TRY|USD|ZAR|Fr\.?|kr\.?|Kč|zł)(?![\p{L}]))|(?:\p{Sc}|(?<![\p{L}])(?:AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|RON|RUB|SEK|SGD|TRY|USD|ZAR|Fr\.?|kr\.?|Kč|zł))$/iu

/** Takes away what stands around a number: a currency, the feature's own unit, spaces; makes U+2212 a minus. */
export function withoutSymbols(text: string, unit: string | undefined): string {
  let rest = text.trim().replace(/^([+-]?)\s*[\u2212\u2013]\s*/u, '-')
  if (unit && rest.toLowerCase().endsWith(unit.toLowerCase())) rest = rest.slice(0, -unit.length).trim()
  // "-€5": the sign stands before the currency.
  const sign = /^[+-]/.exec(rest)?.[0] ?? ''
  return sign + rest.slice(sign.length).trim().replace(currency, '').trim()
}

const spaces = "[ \\u00a0\\u2009\\u202f'\\u2019]"

/**
 * A number's text as the file's format has it, where one of the ways fits it; else the cell as it stands. A cell that
 * fits none of them, as a plain number does in most ways, is never changed.
 */
export function readNumber(
  cell: string,
  ways: readonly NumberWay[],
  own: FileFormat['decimalMark'],
  unit: string | undefined,
): string {
  return numberReader(ways, own, unit)(cell)
}

/** {@link readNumber}, prepared once for many cells. */
function numberReader(
  ways: readonly NumberWay[],
  own: FileFormat['decimalMark'],
  unit: string | undefined,
): (cell: string) => string {
  const has = (way: NumberWay): boolean => ways.includes(way)
  const other = own === '.' ? ',' : '.'
  const decimal = has('other-decimal') ? other : own
  const groups = [
    ...(has('group-space') ? [spaces] : []),
    ...(has('group-other') ? [`[${other}]`] : []),
    ...(has('group-own') ? [`[${own}]`] : []),
  ].map((mark) => ({
    grouped: new RegExp(`^[+-]?\\d{1,3}(?:${mark}\\d{3})+(?:[${decimal}]\\d*)?$`, 'u'),
    mark: new RegExp(mark, 'gu'),
  }))
  const otherDecimal = has('other-decimal') ? new RegExp(`^[+-]?\\d*[${other}]\\d+$`) : null
  const percent = has('percent') || has('percent-fraction') ? /^(.*\S)\s*[%\uff05]$/u : null
  return (cell) => {
    let text = has('symbols') ? withoutSymbols(cell, unit) : cell.trim()
    let exponent = ''
    const before = percent?.exec(text)?.[1]
    if (before !== undefined) {
      text = before
      if (has('percent-fraction')) exponent = 'e-2'
    }
    const group = groups.find(({ grouped }) => grouped.test(text))
    if (group) text = text.replace(group.mark, '')
    if (otherDecimal?.test(text)) text = text.replace(other, own)
    return isPlain(text, own) ? text + exponent : cell
  }
}

/** Whether a text is a number as the file's format has it, without an exponent. */
export function isPlain(text: string, own: FileFormat['decimalMark']): boolean {
  return (own === '.' ? /^[+-]?(?:\d+\.?\d*|\.\d+)$/ : /^[+-]?(?:\d+,?\d*|,\d+)$/).test(text)
}
