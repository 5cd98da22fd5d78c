const signs = /[<>≤≥+%²³]|[-−](?=\d)/gu

/**
 * Whether two names of one {@link plainName} say different things: "lag-1" and "lag+1", "age<50" and "age>50". A name that has
 * lost its signs, as programs make names, contradicts none.
 */
export function contradict(a: string, b: string): boolean {
  const [one, other] = [a, b].map((name) => (name.match(signs) ?? []).join('').replaceAll('−', '-'))
  return one !== '' && other !== '' && one !== other
}

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
