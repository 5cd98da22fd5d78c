/** What a table of scores is sorted by: the file's rows, a response's scores, a head's predictors, or what is text. */
export type SortKey =
  | 'row'
  | 'label'
  | 'reasons'
  | { readonly score: number }
  | { readonly head: number }
  | { readonly column: number }

export interface Order {
  readonly by: SortKey
  readonly down: boolean
}

export function sameKey(a: SortKey, b: SortKey): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/**
 * The places of `rows` records ordered by one of `width` numbers of each. Equal ones keep the file's order; what is no number
 * comes last.
 */
export function sortedRows(
  numbers: Float64Array,
  rows: number,
  width: number,
  column: number,
  down: boolean,
): Uint32Array {
  const index = Uint32Array.from({ length: rows }, (_, i) => i)
  return radixSort(index, sortKeys(numbers, rows, width, column, down))
}

/**
 * For each record a 64-bit key as two words, low word first (as all of today's machines have them), that orders as its score does: the bits of a double do
 * so as an unsigned integer once the sign bit is flipped, and for negative ones all other bits too. Downwards it is
 * the complement.
 */
function sortKeys(all: Float64Array, rows: number, width: number, column: number, down: boolean): Uint32Array {
  const scores = new Float64Array(rows)
  // Adding 0 makes one zero of the two.
  for (let row = 0; row < rows; row++) scores[row] = (all[row * width + column] as number) + 0
  const keys = new Uint32Array(scores.buffer)
  for (let row = 0; row < rows; row++) {
    const notNumber = Number.isNaN(scores[row])
    const low = keys[2 * row] as number
    const high = keys[2 * row + 1] as number
    const negative = high >>> 31 === 1
    const flip = negative !== down ? 0xffffffff : 0
    keys[2 * row] = notNumber ? 0xffffffff : low ^ flip
    keys[2 * row + 1] = notNumber ? 0xffffffff : high ^ flip ^ (negative ? 0 : 0x80000000)
  }
  return keys
}

/** Stable, sixteen bits at a time, which takes a third of what a comparator does. */
function radixSort(index: Uint32Array<ArrayBuffer>, keys: Uint32Array): Uint32Array {
  const halves = new Uint16Array(keys.buffer)
  const starts = new Uint32Array(0x10000)
  let from = index
  let to = new Uint32Array(index.length)
  for (let half = 0; half < 4; half++) {
    starts.fill(0)
    for (let i = 0; i < from.length; i++) {
      const digit = halves[4 * i + half] as number
      starts[digit] = (starts[digit] as number) + 1
    }
    let sum = 0
    for (let i = 0; i < starts.length; i++) {
      const count = starts[i] as number
      starts[i] = sum
      sum += count
    }
    for (let i = 0; i < from.length; i++) {
      const record = from[i] as number
      const digit = halves[4 * record + half] as number
      const at = starts[digit] as number
      to[at] = record
      starts[digit] = at + 1
    }
    ;[from, to] = [to, from]
  }
  return from
}
