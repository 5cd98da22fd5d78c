/**
 * A number as it is typed, with a decimal point or comma. Null for what is none, and for what people write for two numbers: `1,500` is fifteen hundred
 * to one and one and a half to another.
 */
export function typedNumber(text: string): number | null {
  const typed = text.trim()
  if (!/^[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:e[+-]?\d+)?$/i.test(typed)) return null
  if (/^[+-]?[1-9]\d{0,2},\d{3}$/.test(typed)) return null
  const value = Number(typed.replace(',', '.'))
  return Number.isFinite(value) ? value : null
}
