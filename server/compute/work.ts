import type { CombineTask, Layout } from '../../core/protocol/scheme.ts'

/*
 * How much work a task is, before it is done: what clients share (fairQueue.ts), in the units of a layout. A mask by
 * exponentiation costs what scoring ten blocks of 23 inputs does, by table a sixth of that (masks/policy.ts), and as much
 * as the cube of a ciphertext's length. All that matters is that one client's estimate is as wrong as another's.
 */
const perMask = { direct: 230, byTable: 37 }
const perTableStep = 1.7 * perMask.direct
const perFilledStep = 0.15 * perMask.direct
const usualBytes = 768

/** A part of a chunk's work is at most so much, some 30 ms, as far as its ciphertexts can be parted: others wait for it. */
export const partWork = 250

/** The length of a ciphertext, as a multiple of that at 3072 bits. */
const lengthOf = (layout: Layout): number => layout.requestBytes(1) / layout.requestCiphertexts(1) / usualBytes

/** Of scoring so many records, `missing` masks included. */
export function workOfScore(layout: Layout, records: number, missing: number, byTable: boolean): number {
  const masks = missing * (byTable ? perMask.byTable : perMask.direct)
  return layout.scoringWork(records) + (masks > 0 ? masks * lengthOf(layout) ** 3 : 0)
}

/** A weight of a value that was encrypted elsewhere has some hundreds of bits, where an input's has some dozens. */
const perWideInput = 8

/** Of a check of ciphertexts that were made elsewhere: as many as records have inputs. */
export function workOfCheck({
  ciphertexts,
  records,
  weights,
}: Pick<CombineTask, 'ciphertexts' | 'records' | 'weights'>) {
  const count = records * (weights[0]?.length ?? 1)
  return (count / 16) * (ciphertexts.length / (count * usualBytes)) ** 2
}

/** Of sums of ciphertexts that were made elsewhere, masks included. */
export function workOfCombine({
  ciphertexts,
  records,
  weights,
}: Pick<CombineTask, 'ciphertexts' | 'records' | 'weights'>): number {
  const inputs = weights[0]?.length ?? 1
  const length = ciphertexts.length / (records * inputs) / usualBytes
  return records * weights.length * (perMask.direct * length ** 3 + perWideInput * inputs * length ** 2)
}

/** Of reading so many bytes of numbers that were encrypted elsewhere. */
export function workOfPlan(bytes: number): number {
  return bytes / 4000
}

/** Of a request with so many records, the ciphertexts whose check is as much work as a part: all where blocks are not apart. */
export function ciphertextsPerPart(layout: Layout, records: number): number {
  const count = layout.requestCiphertexts(records)
  if (!layout.apart) return count
  return Math.max(1, Math.floor((partWork * count) / layout.checkingWork(records)))
}

/** Of so many steps of a key's table, whose bases may be there already. */
export function workOfTable(publicKey: Uint8Array, steps: number, hasBases: boolean): number {
  return steps * (hasBases ? perFilledStep : perTableStep) * lengthOfKey(publicKey) ** 3
}

/** Of so many masks by exponentiation. */
export function workOfMasks(publicKey: Uint8Array, count: number): number {
  return count * perMask.direct * lengthOfKey(publicKey) ** 3
}

/** A public key is half as long as a ciphertext. */
const lengthOfKey = (publicKey: Uint8Array): number => (2 * publicKey.length) / usualBytes

/**
 * The records of the next part of a request of which `left` are left: whole blocks, two at a time since engines work on
 * two, or one where two are more than a part; all that is left where blocks are not apart. `stock` masks are there already.
 */
export function recordsOfPart(layout: Layout, left: number, stock: number, byTable: boolean): number {
  if (!layout.apart) return left
  const fits = (records: number): boolean => {
    const missing = Math.max(0, layout.scoringItems(records) - stock)
    return workOfScore(layout, records, missing, byTable) <= partWork
  }
  const pair = 2 * layout.blockRecords
  if (!fits(Math.min(pair, left))) return Math.min(layout.blockRecords, left)
  let records = Math.min(pair, left)
  while (records < left && fits(Math.min(records + pair, left))) records = Math.min(records + pair, left)
  return records
}
