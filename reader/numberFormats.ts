/** How a workbook shows numbers: what a cell looks like is a part of what it says. */

export type NumberKind =
  | { readonly kind: 'plain' | 'percent' | 'date' | 'time' }
  /** Digits filled up with zeros, and signs between them: "00000", "000-00". */
  | { readonly kind: 'code'; readonly pattern: string }

const plain: NumberKind = { kind: 'plain' }

/** The kind of a format's code (ECMA-376, part 1, 18.8.31). */
export function numberKind(code: string): NumberKind {
  const section = (code.split(';')[0] ?? '').replace(/\[(?![hms]+\])[^\]]*\]/gi, '')
  const bare = section.replace(/"[^"]*"|[_*\\]./g, '')
  if (/^general$/i.test(bare.trim())) return plain
  if (bare.includes('%')) return { kind: 'percent' }
  if (/[ymdhs]/i.test(bare)) return { kind: /[yd]/i.test(bare) ? 'date' : 'time' }
  const pattern = section.replace(/\\(.)/g, '$1').replace(/"([^"]*)"/g, '$1')
  return /^0[0 -]*0$/.test(pattern) ? { kind: 'code', pattern } : plain
}

/** The kinds of the formats that have a number and no code (18.8.30). */
export function builtInKind(id: number): NumberKind {
  if (id === 9 || id === 10) return { kind: 'percent' }
  if ((id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58))
    return { kind: 'date' }
  return (id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) ? { kind: 'time' } : plain
}

const day = 86_400_000
/** Spreadsheets keep and show fifteen digits; those after them are the noise of binary arithmetic. */
const digits = 15

/** A number's text, as its cell shows what it is. */
export function numberText(value: number, shown: NumberKind, date1904: boolean): string {
  switch (shown.kind) {
    case 'percent':
      return `${short(value * 100)}%`
    case 'date':
      return dateText(value + (date1904 ? 1462 : 0))
    case 'time':
      return timeText(value)
    case 'code':
      return Number.isInteger(value) && value >= 0 ? filledIn(shown.pattern, String(value)) : short(value)
    default:
      return short(value)
  }
}

function short(value: number): string {
  return String(Number(value.toPrecision(digits)))
}

/** Days since the end of 1899 as an ISO date, with the time where there is one. */
function dateText(days: number): string {
  const date = new Date(Math.round((days - 25_569) * day))
  return Number.isNaN(date.getTime()) ? short(days) : date.toISOString().replace(/T00:00:00\.000Z$/, '')
}

/** A part of a day, or more than one, in hours. */
function timeText(days: number): string {
  const seconds = Math.round(Math.abs(days) * 86_400)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return (days < 0 ? '-' : '') + parts.map((part) => String(part).padStart(2, '0')).join(':')
}

/** Digits in the places of a pattern's zeros, from the right. */
function filledIn(pattern: string, value: string): string {
  const places = pattern.replace(/[^0]/g, '').length
  if (value.length > places) return value
  const padded = value.padStart(places, '0')
  let at = 0
  return pattern.replace(/0/g, () => padded[at++] as string)
}
