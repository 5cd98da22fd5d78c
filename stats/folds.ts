/** The fold of each record, as many of one as of another: 0, 1, … in turn, shuffled by a seed (Fisher and Yates). */
export function foldsOf(records: number, folds: number, seed: number): Uint8Array {
  const turns = Uint8Array.from({ length: records }, (_, i) => i % folds)
  const next = numbersFrom(seed)
  for (let i = records - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1))
    const kept = turns[i] as number
    turns[i] = turns[j] as number
    turns[j] = kept
  }
  return turns
}

/** Numbers in [0, 1) by xorshift (Marsaglia 2003), the same everywhere for a seed; for shuffling, and for nothing secret. */
function numbersFrom(seed: number): () => number {
  // Seeds that are alike begin far apart, and none at 0, where it would stay.
  let state = Math.imul((seed >>> 0) ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 16; i++) next()
  return next
}
