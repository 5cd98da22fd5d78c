import type { ModelShape, ParameterSet, Scheme } from '../scheme.ts'
import { type KeySize, keySizes, slotsPerCiphertext } from './layout.ts'
import { keyBits, keyCheckSteps } from './publicKey.ts'

const setOf = (bits: KeySize): ParameterSet => ({ id: `paillier-${bits}`, scheme: 'paillier', bits })
const sets = new Map(keySizes.map((bits) => [bits, setOf(bits)]))

/** The Paillier cryptosystem with g = n + 1, K records to a plaintext. A public key is n in exactly L/8 bytes. */
export const paillier: Scheme = {
  name: 'paillier',
  parameterSets: [...sets.values()],
  scoresWithItems: true,
  layout: ({ bits }, model) => paillierLayout(bits, model),
  publicKeyBytes: ({ bits }) => bits / 8,
  mostAnsweredSlots: null,
  keyPerRun: false,
  roundsScores: false,
  keyCheckSteps,
  keyCheckWork: ({ bits }) => perKeyStep * (bits / usualBits) ** 3,
  parameterSet: (id) => [...sets.values()].find((set) => set.id === id) ?? null,
  setsFor: (model) => [...sets.values()].filter(({ bits }) => paillierLayout(bits, model) !== null),
}

/** The parameter set of a modulus, by its length and its top bit. Throws `key/size`. */
export function paillierSetOf(n: Uint8Array): ParameterSet {
  return sets.get(keyBits(n)) as ParameterSet
}

/**
 * A unit of work is one input of one block under one head at 3072 bits. Besides its inputs, a block costs four units a head;
 * a product costs as much as the square of a ciphertext's length, a power as its cube.
 */
const perAnswer = 4
const perChecked = 1 / 16
const perSealed = 5.5
const perOpened = 41.5
const perKeyStep = 110
const usualBits = 3072

/** One ciphertext of L/4 bytes per block and input, and per block and head on the way back, block by block. */
function paillierLayout(bits: number, { slotBits, inputs, heads }: ModelShape) {
  const slots = slotsPerCiphertext(slotBits, bits)
  if (slots < 1) return null
  const up = (records: number): number => Math.ceil(records / slots) * inputs.length
  const down = (records: number): number => Math.ceil(records / slots) * heads.length
  return {
    slots,
    blockRecords: slots,
    apart: true,
    mostRecords: Number.MAX_SAFE_INTEGER,
    plaintextBytes: bits / 8,
    prefixBytes: 0,
    requestCiphertexts: up,
    answerCiphertexts: down,
    requestBytes: (records: number) => (up(records) * bits) / 4,
    answerBytes: (records: number) => (down(records) * bits) / 4,
    ciphertextAt: (_: number, block: number, input: number) => ({
      offset: ((block * inputs.length + input) * bits) / 4,
      bytes: bits / 4,
    }),
    answeredSlots: (records: number) => Math.ceil(records / slots) * slots,
    sealingWork: (records: number) => up(records) * perSealed * (bits / usualBits) ** 3,
    openingWork: (records: number) => down(records) * perOpened * (bits / usualBits) ** 3,
    checkingWork: (records: number) => up(records) * perChecked * (bits / usualBits) ** 2,
    scoringWork: (records: number) =>
      (up(records) * heads.length + perAnswer * down(records)) * (bits / usualBits) ** 2,
    // A residue for each ciphertext that is made, here and there.
    sealingItems: up,
    scoringItems: down,
  }
}
