import type { Layout } from '../../core/protocol/scheme.ts'

/*
 * How much work a task is, before it is done: what clients share (fairQueue.ts). A unit is one input of one block under one
 * head at 3072 bits, an eighth of a millisecond of a thread. Besides its inputs, a block costs four units a head; a mask by
 * exponentiation costs what scoring ten blocks of 23 inputs does, by table a sixth of that (masks/policy.ts). A product
 * costs as much as the square of a ciphertext's length, a power as its cube. All that matters is that one client's
 * estimate is as wrong as another's.
 */
const perAnswer = 4
const perMask = { direct: 230, byTable: 37 }
const perChecked = 1 / 16
const perKeyStep = 110
const perTableStep = 1.7 * perMask.direct
const usualBytes = 768

/** A part of a chunk's work is at most so much, some 30 ms, as far as its ciphertexts can be parted: others wait for it. */
export const partWork = 250

/** The length of a ciphertext, as a multiple of that at 3072 bits. */
const lengthOf = (layout: Layout): number => layout.requestBytes(1) / layout.requestCiphertexts(1) / usualBytes

/** Of scoring so many records under `heads` heads, `missing` masks included. */
export function workOfScore(layout: Layout, heads: number, records: number, missing: number, byTable: boolean): number {
  const products = layout.requestCiphertexts(records) * heads + perAnswer * layout.answerCiphertexts(records)
  const masks = missing * (byTable ? perMask.byTable : perMask.direct)
  return products * lengthOf(layout) ** 2 + masks * lengthOf(layout) ** 3
}

export function workOfCheck(layout: Layout, ciphertexts: number): number {
  return ciphertexts * perChecked * lengthOf(layout) ** 2
}

/** Ciphertexts whose check is as much work as a part. */
export function ciphertextsPerPart(layout: Layout): number {
  return Math.max(1, Math.floor(partWork / (perChecked * lengthOf(layout) ** 2)))
}

/** Of a step of a key's check, and of so many steps of its table. A public key is half as long as a ciphertext. */
export function workOfKeyStep(publicKey: Uint8Array): number {
  return perKeyStep * ((2 * publicKey.length) / usualBytes) ** 3
}

export function workOfTable(publicKey: Uint8Array, steps: number): number {
  return perTableStep * steps * ((2 * publicKey.length) / usualBytes) ** 3
}

/**
 * The records of the next part of a request of which `left` are left: whole blocks, two at a time since engines work on
 * two, or all that is left. `stock` masks are there already.
 */
export function recordsOfPart(layout: Layout, heads: number, left: number, stock: number, byTable: boolean): number {
  const workOf = (records: number): number => {
    const missing = Math.max(0, layout.scoringItems(records) - stock)
    return workOfScore(layout, heads, records, missing, byTable)
  }
  const pair = 2 * layout.blockRecords
  let records = Math.min(pair, left)
  while (records < left && workOf(Math.min(records + pair, left)) <= partWork) records = Math.min(records + pair, left)
  return records
}
