/**
 * Whether a client that has `own` may have `more` of what is bounded for all, of which `taken` is taken. Once half of it is, a
 * client has no more than a quarter of what is left, unless it has nothing yet: the more clients there are, the less each has, and
 * several together leave some to another. (Choudhury and Hahne, Dynamic queue length thresholds, 1998.)
 */
export function withinShare(own: number, more: number, taken: number, most: number): boolean {
  if (taken + more > most) return false
  return own === 0 || 2 * taken <= most || own + more <= (most - taken) / 4
}
