import { withPlainDigits } from './repairs.ts'

/** How alike two words are. */

/**
 * A word in lower case, without accents, blanks and punctuation; a number as its shortest text ("1.0" is "1"). Signs that
 * change what is meant stay: "<50" is not ">50", "A+" is not "A", "1.5" is not "15".
 */
export function plainText(text: string): string {
  const trimmed = withPlainDigits(text.trim()).replace(/&(lt|gt|amp);/g, (entity, name) => entities.get(name) ?? entity)
  // What accountants write for less than nothing is not the number between the brackets.
  if (/^\(\s*[\d.,]+\s*\)$/.test(trimmed)) return trimmed
  const number = trimmed.replace(/^([+-]?\d+),(\d{1,2})$/, '$1.$2')
  if (/^[+-]?(?:\d{1,15}(?:\.\d*)?|\.\d+)$/.test(number)) return String(Number(number))
  const letters = trimmed
    .replaceAll('\u2265', '>=')
    .replaceAll('\u2264', '<=')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    // Zeros that fill a number up: "A7" is "A07".
    .replace(/(?<![\d.,])0+(?=\d)/g, '')
    // A hyphen that joins two words, and marks that are not between digits.
    .replace(/(?<=\p{L})\s*-\s*(?=\p{L})/gu, '')
    .replace(/(?<!\d)[.,:/]|[.,:/](?!\d)/g, '')
    .replace(/[^\p{L}\p{N}<>=+\-%#&*.,:/]/gu, '')
  return letters === '' ? trimmed : letters
}

const entities: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
])

/**
 * A word's letters and digits: what is left of it where signs are lost or changed. Empty for a number: another one is
 * another value.
 */
export function bare(text: string): string {
  const found = plainText(text)
  return /^[+-]?[\d.,]+$/.test(found) ? '' : found.replace(/[^\p{L}\p{N}]/gu, '')
}

/** Signs and digits of a word, in their order: two words that differ in them do not mean the same. */
function signs(text: string): string {
  return plainText(text).replace(/\p{L}/gu, '')
}

const negations = [
  'un',
  'non',
  'not',
  'no',
  'in',
  'im',
  'ir',
  'dis',
  'nicht',
  'kein',
  'ohne',
  'without',
  'ex',
  'former',
  'anti',
]

/** Whether two words may be one, misspelt: neither says the contrary of the other, and numbers and signs agree. */
export function mayMeanTheSame(a: string, b: string): boolean {
  const [x, y] = [plainText(a), plainText(b)]
  const contrary = negations.some((not) => x === not + y || y === not + x)
  return signs(a) === signs(b) && !contrary
}

const meanings = [
  // As people, programs and spreadsheets of several languages write them.
  ['yes', 'y', 'true', 't', '1', 'on', 'ja', 'j', 'wahr', 'oui', 'o', 'vrai', 'si', 's', 'vero', 'verdadero', 'sim'],
  ['no', 'n', 'false', 'f', '0', 'off', 'nein', 'falsch', 'non', 'faux', 'falso', 'nao'],
  ['male', 'm', 'man'],
  ['female', 'f', 'woman', 'w'],
] as const

/** Whether two texts are usual ways of saying one thing, as "Y" and "yes" are. */
export function sameMeaning(a: string, b: string): boolean {
  const [x, y] = [plainText(a), plainText(b)]
  return x !== y && meanings.some((words: readonly string[]) => words.includes(x) && words.includes(y))
}

/** Whether a text is a word for true or false: letters alone say other things as well. */
export function isTruth(text: string): boolean {
  const plain = plainText(text)
  return plain.length > 1 && [...meanings[0], ...meanings[1]].some((word) => word === plain)
}

/** From 0 to 1: one less the edits between the two, as a part of the longer one's length. */
export function alikeness(a: string, b: string): number {
  const [x, y] = [plainText(a).slice(0, 100), plainText(b).slice(0, 100)]
  const longer = Math.max(x.length, y.length)
  return longer === 0 ? 0 : 1 - edits(x, y) / longer
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function edits(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min(
        (row[j - 1] as number) + 1,
        (last[j] as number) + 1,
        (last[j - 1] as number) + (same ? 0 : 1),
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] as number) + 1)
      }
      row.push(least)
    }
    before = last
    last = row
  }
  return last[b.length] as number
}
