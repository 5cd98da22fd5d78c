/**
 * A text as link tokens take it: composed (NFKC), without the difference of capital and small letters (as Unicode's full
 * mappings to capital letters and back have it, without a language), and with single blanks between its words and none around
 * them. "  Müller " and "MÜLLER" are one text; "Müller" and "Mueller" are two.
 */
export function spelled(text: string): string {
  const folded = text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')
  return folded.replace(/\s+/gu, ' ').trim()
}
