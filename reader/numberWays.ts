/**
 * One way of writing numbers that differs from the file's own. "Own" and "other" are the file's decimal mark and the
 * one of point and comma that it is not.
 */
export const numberWays = [
  'digits', // the digits of another script, or as wide as its letters
  'quotes', // quotation marks around the number, as they are or as ="…"
  'flag', // a letter after the number that says how it came about: "30000 b"
  'noise', // the last digits of a binary fraction: 434.9999999999999
  'symbols', // currency signs, units and spaces around the number; the typographic minus
  'percent', // 12 % is 12
  'percent-fraction', // 12 % is 0.12
  'group-space', // spaces or apostrophes group thousands
  'group-other', // the other mark groups thousands
  'group-own', // the file's own mark groups thousands
  'other-decimal', // the other mark is the decimal mark; beside 'group-own' not before exactly three digits
] as const
export type NumberWay = (typeof numberWays)[number]
