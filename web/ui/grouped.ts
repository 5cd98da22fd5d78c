/** A digest in groups of four, so that two people can compare it aloud. */
export function grouped(hex: string): string {
  return hex.replace(/(.{4})(?=.)/g, '$1 ')
}
