/**
 * What counts of a column's name when a file's columns are matched with a card's: letters and digits, in lower case. A name
 * without any stands for itself.
 */
export function plainName(name: string): string {
  const letters = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
  return letters === '' ? name : letters
}
