/** A text for a search in which capitals and ways to compose a letter do not count. */
export function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
