/**
 * Exact decimal text to integers, with no binary floating point on the way: "12.34" in steps of 10^-2 is 1234.
 */

/** `mantissa · 10^-scale`, exactly. */
export interface Decimal {
  readonly mantissa: bigint
  readonly scale: number
}

// Digits with at most one point, an optional sign and exponent: no hexadecimal, no underscores, no "Infinity",
// no thousands separators, no U+2212. Lengths are bounded so that hostile text costs nothing.
const grammar = /^([+-]?)([0-9]{0,400})(?:\.([0-9]{0,400}))?(?:[eE]([+-]?[0-9]{1,3}))?$/

interface Parts {
  readonly negative: boolean
  readonly digits: string
  readonly scale: number
}

function split(text: string): Parts | null {
  const match = grammar.exec(text)
  if (match === null) return null
  const whole = match[2] ?? ''
  const fraction = match[3] ?? ''
  if (whole.length + fraction.length === 0) return null
  return {
    negative: match[1] === '-',
    digits: whole + fraction,
    scale: fraction.length - Number(match[4] ?? 0),
  }
}

/** The decimal that `text` spells with a decimal point, or null when it spells none. */
export function parseDecimal(text: string): Decimal | null {
  const parts = split(text)
  if (parts === null) return null
  const magnitude = BigInt(parts.digits)
  return { mantissa: parts.negative ? -magnitude : magnitude, scale: parts.scale }
}

/** A finite double as the shortest decimal that reads back as it: what its JSON shows. */
export function decimalOfNumber(value: number): Decimal {
  const decimal = parseDecimal(String(value))
  if (decimal === null) throw new RangeError('not a finite number')
  return decimal
}

/** The digits that `value` has after its point once trailing zeros are gone; negative for 100 (−2). 0 for zero. */
export function placesOf(value: Decimal): number {
  let { mantissa, scale } = value
  if (mantissa === 0n) return 0
  while (mantissa % 10n === 0n) {
    mantissa /= 10n
    scale -= 1
  }
  return scale
}

/**
 * A decimal in units of 10^-places: the integer at or below it, and whether the rest is nothing, below a half, or
 * a half and above.
 */
export interface InSteps {
  readonly floor: number
  readonly rest: 'none' | 'below half' | 'half or above'
}

export function decimalInSteps({ mantissa, scale }: Decimal, places: number): InSteps {
  const shift = places - scale
  if (shift >= 0) return { floor: Number(mantissa * 10n ** BigInt(shift)), rest: 'none' }
  const unit = 10n ** BigInt(-shift)
  let floor = mantissa / unit
  let rest = mantissa % unit
  if (rest < 0n) {
    rest += unit
    floor -= 1n
  }
  return {
    floor: Number(floor),
    rest: rest === 0n ? 'none' : 2n * rest < unit ? 'below half' : 'half or above',
  }
}

const powersOfTen = Array.from({ length: 16 }, (_, i) => 10 ** i)

/**
 * {@link textInSteps} of a number of few digits that stands as plainly as can be, as nearly every cell does; null for any other
 * text, of which it says nothing.
 */
function plainInSteps(text: string, places: number): InSteps | null {
  const { length } = text
  const negative = text.charCodeAt(0) === 45
  if (length === 0 || length > 16) return null
  let digits = 0
  let value = 0
  let point = -1
  for (let i = negative ? 1 : 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit >= 0 && digit <= 9) {
      value = 10 * value + digit
      digits += 1
    } else if (digit === -2 && point < 0) point = i
    else return null
  }
  const shift = places - (point < 0 ? 0 : length - 1 - point)
  if (digits === 0 || shift < 0 || digits + shift > 15) return null
  const magnitude = value * (powersOfTen[shift] as number)
  return { floor: negative ? 0 - magnitude : magnitude, rest: 'none' }
}

/**
 * {@link decimalInSteps} of a cell's text, or null when it is not a decimal. Integers above 2^53 come back rounded:
 * they are outside every range that a card can hold, so only the comparison with the range matters.
 */
export function textInSteps(text: string, places: number): InSteps | null {
  const plain = plainInSteps(text, places)
  if (plain !== null) return plain
  const parts = split(text)
  if (parts === null) return null
  const shift = places - parts.scale
  // All products stay exact: below 10^15 < 2^53.
  if (shift >= 0 && parts.digits.length + shift <= 15) {
    const magnitude = Number(parts.digits) * (powersOfTen[shift] ?? 1)
    return { floor: parts.negative ? 0 - magnitude : magnitude, rest: 'none' }
  }
  const magnitude = BigInt(parts.digits)
  return decimalInSteps({ mantissa: parts.negative ? -magnitude : magnitude, scale: parts.scale }, places)
}
