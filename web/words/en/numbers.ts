/** Numbers as English writes them, whatever the browser's language: they stand among English words. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 })
const fixed = new Intl.NumberFormat('en-US', { minimumFractionDigits: 6, maximumFractionDigits: 6 })

function integer(value: number): string {
  return whole.format(value)
}

/** "1 row", "1,204 rows". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${integer(count)} ${count === 1 ? one : many}`
}

/** About four digits: for a tile or an axis. */
function brief(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  return value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9)
    ? value.toExponential(2)
    : short.format(value)
}

/** Six decimals, so that a column of scores lines up; the file has every digit. */
function score(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  return size !== 0 && (size < 1e-5 || size >= 1e12) ? value.toExponential(6) : fixed.format(value)
}

function percent(part: number): string {
  return `${Math.floor(100 * part)} %`
}

/** Percent with one decimal. */
function share(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`
}

function bytes(count: number): string {
  if (count < 1000) return `${integer(count)} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = count / 1000
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value < 99.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

function seconds(milliseconds: number): string {
  const value = milliseconds / 1000
  if (value < 99.95) return `${value.toFixed(1)} s`
  const minutes = Math.floor(value / 60)
  if (minutes < 60) return `${minutes} min ${Math.floor(value % 60)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** "12 s", "4 min", "1 h 5 min": a wait, in whole seconds while they count. */
function wait(seconds: number): string {
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = `${Math.floor(minutes / 60)} h`
  return minutes % 60 === 0 ? hours : `${hours} ${minutes % 60} min`
}

const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** "22:31", where the reader is. */
function clock(at: Date): string {
  return timeOfDay.format(at)
}

/** How far a value may be off. */
function within(value: number): string {
  return `±${value}`
}

export const numbers = { clock, integer, brief, score, percent, share, bytes, seconds, wait, within }
