/** Numbers as texts, by a pattern of C's printf with one conversion: d, i, f, F, e or E. */

const pattern = /^((?:[^%]|%%)*)%([-+ 0]*)(\d{1,3})?(?:\.(\d{1,2}))?([difFeE])((?:[^%]|%%)*)$/
const widest = 400

/** What a pattern makes of a number; null for a pattern that is not read. */
export function numberFormatter(text: string): ((x: number) => string | null) | null {
  const found = pattern.exec(text)
  if (found === null) return null
  const [, before = '', flags = '', width = '0', decimals, conversion = 'd', after = ''] = found
  const isInteger = conversion === 'd' || conversion === 'i'
  if (Number(width) > widest || (isInteger && decimals !== undefined)) return null
  const literal = (part: string): string => part.replaceAll('%%', '%')
  const sign = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const places = Number(decimals ?? 6)
  return (x) => {
    const digits = isInteger ? integerDigits(x) : realDigits(Math.abs(x), conversion, places)
    if (digits === null) return null
    const mark = x < 0 || Object.is(x, -0) ? (isInteger && x === 0 ? sign : '-') : sign
    return literal(before) + padded(mark, digits, Number(width), flags) + literal(after)
  }
}

/** What is no whole number has no conversion d. */
function integerDigits(x: number): string | null {
  return Number.isInteger(x) && Math.abs(x) < 2 ** 53 ? String(Math.abs(x)) : null
}

/** The decimals nearest to the double itself, halves up. */
function realDigits(size: number, conversion: string, places: number): string | null {
  if (conversion === 'f' || conversion === 'F') return size < 1e21 ? size.toFixed(places) : null
  const [digits = '', exponent = '0'] = size.toExponential(places).split('e')
  const power = Number(exponent)
  const text = `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  return conversion === 'E' ? text.toUpperCase() : text
}

function padded(mark: string, digits: string, width: number, flags: string): string {
  if (flags.includes('-')) return (mark + digits).padEnd(width)
  return flags.includes('0') ? mark + digits.padStart(width - mark.length, '0') : (mark + digits).padStart(width)
}
