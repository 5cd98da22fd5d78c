import { unforeseen } from '../errors.ts'
import { fail } from '../faults.ts'
import { fromBytes, toBytes } from '../number/bytes.ts'
import type { OwnerEngine, OwnerScheme } from '../private/owner.ts'
import type { Layout, ModelShape, ParameterSet, Scheme, ScoringEngine } from '../protocol/scheme.ts'
import { parameterSets, schemes } from '../protocol/schemes.ts'
import { integerPredictor } from '../protocol/scoring.ts'

/**
 * Another scheme that encrypts nothing, as unlike Paillier as the ports allow: a block is four plaintexts, all inputs of a
 * block lie in one ciphertext with a byte that says it is whole, nothing is made ahead, and a key is eight bytes with no
 * proof. What holds for it holds of no one layout. For tests alone.
 */
const set: ParameterSet = { id: 'identity-64', scheme: 'identity', bits: 64 }
const slots = 3
const plaintextsPerBlock = 4
const blockRecords = slots * plaintextsPerBlock
const valueBytes = 16

const scheme: Scheme = {
  name: 'identity',
  parameterSets: [set],
  scoresWithItems: false,
  layout: (_, shape) => (shape.slotBits > 8 * valueBytes ? null : layoutFor(shape)),
  parameterSet: (id) => (id === set.id ? set : null),
  setsFor: (shape) => (shape.slotBits > 8 * valueBytes ? [] : [set]),
  publicKeyBytes: () => 8,
  mostAnsweredSlots: null,
  keyPerRun: false,
  roundsScores: false,
  keyCheckSteps: 1,
  keyCheckWork: () => 1,
}

function layoutFor({ slotBits, inputs, heads }: ModelShape): Layout {
  const blocks = (records: number): number => Math.ceil(records / blockRecords)
  const width = 1 + inputs.length * blockRecords * valueBytes
  const plaintextBytes = Math.ceil((slotBits * slots) / 8) + 1
  return {
    slots,
    blockRecords,
    apart: true,
    mostRecords: 1000 * blockRecords,
    plaintextBytes,
    prefixBytes: 0,
    requestCiphertexts: blocks,
    answerCiphertexts: (records) => blocks(records) * heads.length,
    requestBytes: (records) => blocks(records) * width,
    answerBytes: (records) => Math.ceil(records / slots) * heads.length * plaintextBytes,
    ciphertextAt: (_, block) => ({ offset: block * width, bytes: width }),
    answeredSlots: (records) => blocks(records) * blockRecords,
    sealingWork: blocks,
    openingWork: blocks,
    checkingWork: blocks,
    scoringWork: blocks,
    sealingItems: () => 0,
    scoringItems: () => 0,
  }
}

const secrets: OwnerScheme = {
  scheme,
  secretBytes: () => 8,
  generate: async (_, { random }) => Uint8Array.from(random(8)),
  checkSecret(_, secret) {
    if (secret.length !== 8) fail('key/invalid', 'primeSizes')
  },
  publicKey: (_, secret) => Uint8Array.from(secret),
  prove: async () => new Uint8Array(0),
}

export const identityOwner: OwnerEngine = {
  owner: secrets,
  table: null,
  key: () => {
    let open = true
    const check = (): void => {
      if (!open) fail('key/locked', 'keyLetGo')
    }
    return {
      set,
      ahead: null,
      encrypt({ shape, records, integers, capacity, to }) {
        check()
        const layout = layoutFor(shape)
        const length = layout.requestBytes(records)
        const bytes = to ?? new Uint8Array(length)
        if (bytes.length !== length) unforeseen('room for other than the ciphertexts')
        for (let block = 0; block * blockRecords < records; block++) {
          const { offset } = layout.ciphertextAt(records, block, 0)
          bytes[offset] = 1
          shape.inputs.forEach((_, j) => {
            for (let r = 0; r < blockRecords; r++) {
              const value = integers[j * capacity + block * blockRecords + r] ?? 0
              bytes.set(toBytes(BigInt(value), valueBytes), offset + 1 + (j * blockRecords + r) * valueBytes)
            }
          })
        }
        return bytes
      },
      decrypt(_, ciphertexts) {
        check()
        return Uint8Array.from(ciphertexts)
      },
      dispose() {
        open = false
      },
    }
  },
}

export const identityScoring: ScoringEngine = {
  scheme,
  hasTables: false,
  async checkKeyStep(_, __, publicKey, proof) {
    if (publicKey.length !== 8 || proof?.length !== 0) fail('key/proof', 'proofFails')
  },
  key: () => ({
    set,
    ahead: null,
    combine: null,
    // Whole blocks or not, the marks are as far apart as the bytes say.
    firstInvalid: (_, __, ciphertexts) => firstUnmarked(ciphertexts),
    score({ shape, heads, records, ciphertexts }) {
      const layout = layoutFor(shape)
      if (ciphertexts.length !== layout.requestBytes(records)) unforeseen('a request of other than its ciphertexts')
      const bytes = new Uint8Array(layout.answerBytes(records))
      const at = (record: number, j: number): number => {
        if (record >= Math.ceil(records / blockRecords) * blockRecords) return 0
        const { offset } = layout.ciphertextAt(records, Math.floor(record / blockRecords), j)
        const from = offset + 1 + (j * blockRecords + (record % blockRecords)) * valueBytes
        return Number(fromBytes(ciphertexts.subarray(from, from + valueBytes)))
      }
      for (let p = 0; p * slots < records; p++) {
        heads.forEach((head, h) => {
          let plaintext = 0n
          for (let s = slots - 1; s >= 0; s--) {
            const integers = shape.inputs.map((_, j) => at(p * slots + s, j))
            const value = integerPredictor(head, integers) + 2n ** BigInt(shape.slotBits - 1)
            plaintext = (plaintext << BigInt(shape.slotBits)) | value
          }
          bytes.set(toBytes(plaintext, layout.plaintextBytes), (p * heads.length + h) * layout.plaintextBytes)
        })
      }
      return bytes
    },
  }),
}

/** The scheme does not say here how wide a ciphertext is, so a zero where a mark may stand is what is not whole. */
function firstUnmarked(ciphertexts: Uint8Array): number {
  for (const width of widths) {
    if (ciphertexts.length % width !== 0) continue
    for (let i = 0; i * width < ciphertexts.length; i++) if (ciphertexts[i * width] !== 1) return i
    return -1
  }
  return -1
}

const widths: number[] = Array.from({ length: 64 }, (_, i) => 1 + (64 - i) * blockRecords * valueBytes)

;(schemes as Scheme[]).push(scheme)
;(parameterSets as ParameterSet[]).push(set)
