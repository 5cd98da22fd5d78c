/**
 * Dates and times as texts of ISO 8601, in the proleptic Gregorian calendar, without zones: what a record's cell says
 * is what counts.
 */

const daysIn = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const
const date = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?$/
const time = /^(\d{2}):(\d{2})(?::(\d{2}(?:\.\d{1,9})?))?$/

/** Days from 1970-01-01 to the date of a text such as 2004-03-31 or 2004-03-31T12:00:00; null where it has none. */
export function daysOf(text: string): number | null {
  const [, year, month, day, clock] = (date.exec(text.trim()) ?? []).map((part) => part ?? '')
  if (year === undefined || (clock !== '' && secondsOf(clock as string) === null)) return null
  return daysOfDate(Number(year), Number(month), Number(day))
}

/** Days from 1970-01-01; null for a day that the calendar does not have. */
export function daysOfDate(year: number, month: number, day: number): number | null {
  if (!(month >= 1 && month <= 12 && day >= 1)) return null
  const length = month === 2 && isLeap(year) ? 29 : (daysIn[month - 1] as number)
  if (day > length) return null
  // Counted from March, so that a leap day is the last of its year (Hinnant, "chrono-compatible low-level date algorithms").
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const ofEra = y - era * 400
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

/** Seconds since midnight of a time such as 12:30 or 12:30:05.5, alone or after a date; null where there is none. */
export function secondsOf(text: string): number | null {
  const trimmed = text.trim()
  const clock = date.test(trimmed) ? (date.exec(trimmed)?.[4] ?? '') : trimmed
  const found = time.exec(clock)
  if (found === null) return null
  const [hours, minutes, seconds] = [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)]
  return hours < 24 && minutes < 60 && seconds < 60 ? hours * 3600 + minutes * 60 + seconds : null
}

/** Year, month and day of a number of days from 1970-01-01. */
function dateOf(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const ofEra = z - era * 146_097
  const ofYears = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * ofYears + Math.floor(ofYears / 4) - Math.floor(ofYears / 100))
  const m = Math.floor((5 * ofYear + 2) / 153)
  const month = m < 10 ? m + 3 : m - 9
  return {
    year: ofYears + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * m + 2) / 5) + 1,
  }
}

const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const
const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

const padded = (value: number, width: number, fill = '0'): string => String(value).padStart(width, fill)

interface Moment {
  readonly year: number
  readonly month: number
  readonly day: number
  /** Of the year, from 1; of the week, from Sunday 0. */
  readonly ofYear: number
  readonly weekday: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const hour12 = ({ hour }: Moment): number => (hour % 12 === 0 ? 12 : hour % 12)

/** The conversions of C's strftime in its "C" locale. */
const conversions: Readonly<Record<string, (moment: Moment) => string>> = {
  Y: ({ year }) => padded(year, 4),
  y: ({ year }) => padded(year % 100, 2),
  C: ({ year }) => padded(Math.floor(year / 100), 2),
  m: ({ month }) => padded(month, 2),
  d: ({ day }) => padded(day, 2),
  e: ({ day }) => padded(day, 2, ' '),
  j: ({ ofYear }) => padded(ofYear, 3),
  H: ({ hour }) => padded(hour, 2),
  I: (moment) => padded(hour12(moment), 2),
  M: ({ minute }) => padded(minute, 2),
  S: ({ second }) => padded(second, 2),
  p: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  A: ({ weekday }) => dayNames[weekday] as string,
  a: ({ weekday }) => (dayNames[weekday] as string).slice(0, 3),
  B: ({ month }) => monthNames[month - 1] as string,
  b: ({ month }) => (monthNames[month - 1] as string).slice(0, 3),
  h: ({ month }) => (monthNames[month - 1] as string).slice(0, 3),
  u: ({ weekday }) => String(weekday === 0 ? 7 : weekday),
  w: ({ weekday }) => String(weekday),
  F: ({ year, month, day }) => `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`,
  D: ({ year, month, day }) => `${padded(month, 2)}/${padded(day, 2)}/${padded(year % 100, 2)}`,
  T: ({ hour, minute, second }) => `${padded(hour, 2)}:${padded(minute, 2)}:${padded(second, 2)}`,
  R: ({ hour, minute }) => `${padded(hour, 2)}:${padded(minute, 2)}`,
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
}

/** Whether every conversion of a pattern of strftime is one that is known. */
export function isDatePattern(pattern: string): boolean {
  return (
    /^(?:[^%]|%[A-Za-z%])*$/.test(pattern) &&
    [...pattern.matchAll(/%(.)/g)].every(([, c]) => c !== undefined && c in conversions)
  )
}

/** A date and a time of day by a pattern of strftime, in whole seconds; null for years outside 0 to 9999. */
export function formatDate(days: number, seconds: number, pattern: string): string | null {
  if (!Number.isInteger(days) || !(seconds >= 0 && seconds < 86_400)) return null
  const { year, month, day } = dateOf(days)
  if (year < 0 || year > 9999) return null
  const whole = Math.floor(seconds)
  const moment: Moment = {
    year,
    month,
    day,
    ofYear: days - (daysOfDate(year, 1, 1) as number) + 1,
    weekday: (((days + 4) % 7) + 7) % 7,
    hour: Math.floor(whole / 3600),
    minute: Math.floor(whole / 60) % 60,
    second: whole % 60,
  }
  return pattern.replace(/%(.)/g, (_, c: string) => (conversions[c] as (moment: Moment) => string)(moment))
}
