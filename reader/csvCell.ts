import { parseDecimal } from '../core/number/decimal.ts'
import type { FileFormat } from './format.ts'

/** How cells are written into a file to save, so that every program reads back what was meant and none runs it. */

export type CellFormat = Pick<FileFormat, 'delimiter' | 'decimalMark' | 'quoting'>

/** What a formula starts with, and after what: where a cell begins, or where a program that delimits otherwise would cut. */
const signs = '=+\\-@\\uFF1D\\uFF0B\\uFF0D\\uFF20\\u2212'
const formula = new RegExp(`^\\s*[${signs}]|^[\\t\\r\\n]`)
const piece = new RegExp(`([,;\\t|\\r\\n]\\s*["']?\\s*)(?=[${signs}])([^,;\\t|\\r\\n]*)`, 'g')

/**
 * A cell as CSV. What a spreadsheet could run as a formula gets an apostrophe before it (OWASP, "CSV Injection"); numbers
 * keep their signs.
 */
export function csvCell(text: string, format: CellFormat): string {
  const safe = harmless(text, format.decimalMark)
  const quote = safe.includes(format.delimiter) || /["\r\n]/.test(safe) || safe !== safe.trim()
  return quote || isQuoted(safe, format) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Whether the file's own cells stand between quotation marks where one like this has no need of them. */
function isQuoted(text: string, { quoting, decimalMark }: CellFormat): boolean {
  return quoting === 'all' || (quoting === 'texts' && text !== '' && !isNumber(text, decimalMark))
}

/** A double with all its digits, with the file's decimal mark. */
export function csvNumber(value: number, format: CellFormat): string {
  const text = String(value)
  return csvCell(format.decimalMark === ',' ? text.replace('.', ',') : text, format)
}

/** Whether a cell is saved with an apostrophe that it does not have. */
export function isNeutralised(text: string, decimalMark: '.' | ','): boolean {
  return !isPlain(text) && mayRun.test(text) && harmless(text, decimalMark) !== text
}

/** Whether a text is of letters and digits of ASCII and points alone, as most cells are: nothing in it begins a formula. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const isLetter = (code | 32) >= 97 && (code | 32) <= 122
    if (!isLetter && !(code >= 48 && code <= 57) && code !== 46) return false
  }
  return true
}

const mayRun = new RegExp(`(?:^|[,;\\t|\\r\\n])\\s*["']?\\s*[${signs}]|^[\\t\\r\\n]`)

/** A cell's text as no spreadsheet runs it. */
export function harmless(text: string, decimalMark: '.' | ','): string {
  if (!mayRun.test(text) || isNumber(text, decimalMark)) return text
  const blank = text.length - text.trimStart().length
  const inner = text
    .slice(blank)
    .replace(piece, (whole, before: string, rest: string) =>
      isNumber(rest, decimalMark) ? whole : `${before}'${rest}`,
    )
  const safe = text.slice(0, blank) + inner
  return formula.test(text) ? `'${safe}` : safe
}

function isNumber(text: string, decimalMark: '.' | ','): boolean {
  return parseDecimal(decimalMark === ',' ? text.trim().replace(',', '.') : text.trim()) !== null
}
