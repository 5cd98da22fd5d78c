import type { Card } from '../core/card/card.ts'
import { couldBeThousands, type FileFormat } from './format.ts'
import type { NumberWay } from './numberWays.ts'

/**
 * Repairs: how cells that a person wrote in another way than the model's card are read, once the person said so.
 * Applied to the cells of a row before they are encoded, so the check, the run and the files to save agree; the file
 * itself is never changed.
 */

export type Repair =
  | { readonly feature: number; readonly kind: 'number'; readonly ways: readonly NumberWay[] }
  /** Reads the first text of each pair as the level that is its second. */
  | { readonly feature: number; readonly kind: 'levels'; readonly pairs: readonly (readonly [string, string])[] }
  /** Reads these texts as missing, which the card has a policy for. */
  | { readonly feature: number; readonly kind: 'missing'; readonly texts: readonly string[] }
  /** Reads one cell, by its row, as what the person typed over it. */
  | { readonly feature: number; readonly kind: 'cell'; readonly row: number; readonly text: string }
  /** One value for every record: of a feature that the file has no column for. Missing, where it is empty. */
  | { readonly feature: number; readonly kind: 'value'; readonly text: string }
  /** Leaves cells that are near a known value to the card's policy. */
  | { readonly feature: number; readonly kind: 'policy' }
  /** The only mark in a number is a decimal mark, also before three digits. */
  | { readonly feature: number; readonly kind: 'decimals' }

/** A row's cells as repairs leave them, and how many cells each repair has changed so far. */
export interface Mender {
  /** The cells of one row, by its number in the file. */
  readonly mend: (cells: string[], row: number) => string[]
  readonly changed: Uint32Array
}

/** A mender of rows with one cell per feature. It changes the array that it is given. */
export function makeMender(repairs: readonly Repair[], format: Pick<FileFormat, 'decimalMark'>, card: Card): Mender {
  const changed = new Uint32Array(repairs.length)
  const each = repairs.map((repair) => ({ feature: repair.feature, read: reading(repair, format, card) }))
  const mend = (cells: string[], row: number): string[] => {
    for (const [i, { feature, read }] of each.entries()) {
      const before = cells[feature] ?? ''
      const after = read(before, row)
      if (after === before) continue
      cells[feature] = after
      changed[i] = (changed[i] ?? 0) + 1
    }
    return cells
  }
  return { mend, changed }
}

function reading(
  repair: Repair,
  format: Pick<FileFormat, 'decimalMark'>,
  card: Card,
): (cell: string, row: number) => string {
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
    case 'cell':
      return (cell, row) => (row === repair.row ? repair.text : cell)
    case 'value':
      return () => repair.text
    case 'policy':
    case 'decimals':
      return (cell) => cell
  }
}

export function unitOf(card: Card, feature: number): string | undefined {
  const found = card.features[feature]
  return found?.type === 'number' ? found.unit : undefined
}

const currency =
  /^(?:\p{Sc}|(?:AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|RON|RUB|SEK|SGD|TRY|USD|ZAR|Fr\.?|kr\.?|Kč|zł)(?![\p{L}]))|(?:\p{Sc}|(?<![\p{L}])(?:AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|RON|RUB|SEK|SGD|TRY|USD|ZAR|Fr\.?|kr\.?|Kč|zł))$/iu

/** The zeros of the digits of scripts that spreadsheets write numbers in. */
const zeros = [0xff10, 0x660, 0x6f0, 0x966, 0x9e6, 0xe50]

/** Digits and marks as they are in ASCII. */
export function withPlainDigits(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (sign) => {
    const code = sign.charCodeAt(0)
    const zero = zeros.find((first) => code >= first && code < first + 10)
    if (zero !== undefined) return String(code - zero)
    if (code === 0x66b) return '.'
    if (code === 0x66c) return ','
    return code > 0xff00 && code < 0xff5f ? String.fromCharCode(code - 0xfee0) : sign
  })
}

/** A text without one pair of quotation marks around it. */
export function withoutQuotes(text: string): string {
  const inner = /^=?(?:"([^"]*)"|'([^']*)'|“([^”]*)”|„([^“”]*)[“”]|‘([^’]*)’|«([^»]*)»|»([^«]*)«|`([^`]*)`)$/u.exec(
    text.trim(),
  )
  // A spreadsheet's apostrophe before a cell makes it text.
  if (!inner) return /^'[+-]?[\d.,]+$/.test(text.trim()) ? text.trim().slice(1) : text
  return inner.slice(1).find((part) => part !== undefined) ?? text
}

/** A number without the flag of a statistical office after it; letters that could be thousands or a unit are none. */
export function withoutFlag(text: string): string {
  return text.replace(/^(.*\d)\s+\(?[bcdefinprsuz]{1,2}\)?$/, '$1')
}

/** The shortest number that differs from this one by no more than binary arithmetic makes of it. */
function withoutNoise(text: string, own: FileFormat['decimalMark']): string {
  const number = own === ',' ? text.replace(',', '.') : text
  if (!/^-?\d*\.\d+$/.test(number) || number.replace(/\D/g, '').length < 15) return text
  const short = String(Number(Number(number).toPrecision(12)))
  if (short.length > number.length - 4 || short.includes('e')) return text
  return own === ',' ? short.replace('.', ',') : short
}

/** Takes away what stands around a number: a currency, the feature's own unit, spaces; makes U+2212 a minus. */
export function withoutSymbols(text: string, unit: string | undefined): string {
  let rest = text
    .replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, '')
    .trim()
    .replace(/^([+-]?)\s*[\u2212\u2013]\s*/u, '-')
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
    // By threes, or as in India: 1,23,456.
    grouped: new RegExp(`^[+-]?(?:\\d{1,3}|\\d{1,2}(?:${mark}\\d{2})+)(?:${mark}\\d{3})+(?:[${decimal}]\\d*)?$`, 'u'),
    mark: new RegExp(mark, 'gu'),
  }))
  const otherDecimal = has('other-decimal') ? new RegExp(`^[+-]?\\d*[${other}]\\d+$`) : null
  // Where "1.500" is a thousand and a half, "1,500" may be one as well: it stays a question.
  const isOpen = (text: string): boolean => has('group-own') && couldBeThousands(text, other)
  const percent = has('percent') || has('percent-fraction') ? /^(.*\S)\s*[%\uff05]$/u : null
  return (cell) => {
    let text = cell.trim()
    if (has('digits')) text = withPlainDigits(text)
    if (has('quotes')) text = withoutQuotes(text).trim()
    if (has('flag')) text = withoutFlag(text)
    if (has('symbols')) text = withoutSymbols(text, unit)
    if (has('noise')) text = withoutNoise(text, own)
    let exponent = ''
    const before = percent?.exec(text)?.[1]
    if (before !== undefined) {
      text = before
      if (has('percent-fraction')) exponent = 'e-2'
    }
    const group = groups.find(({ grouped }) => grouped.test(text))
    if (group) text = text.replace(group.mark, '')
    if (otherDecimal?.test(text) && !isOpen(text)) text = text.replace(other, own)
    return isPlain(text, own) ? text + exponent : cell
  }
}

/** Whether a text is a number as the file's format has it, without an exponent. */
export function isPlain(text: string, own: FileFormat['decimalMark']): boolean {
  return (own === '.' ? /^[+-]?(?:\d+\.?\d*|\.\d+)$/ : /^[+-]?(?:\d+,?\d*|,\d+)$/).test(text)
}
