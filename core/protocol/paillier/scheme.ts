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
  parameterSetOf: (publicKey) => sets.get(keyBits(publicKey)) as ParameterSet,
  keyCheckSteps,
}

/** One ciphertext of L/4 bytes per block and input, and per block and head on the way back, block by block. */
function paillierLayout(bits: number, { slotBits, inputs, heads }: ModelShape) {
  const slots = slotsPerCiphertext(slotBits, bits)
  if (slots < 1) return null
  const up = (records: number): number => Math.ceil(records / slots) * inputs.length
  const down = (records: number): number => Math.ceil(records / slots) * heads.length
  return {
    slots,
    blockRecords: slots,
    plaintextBytes: bits / 8,
    requestCiphertexts: up,
    answerCiphertexts: down,
    requestBytes: (records: number) => (up(records) * bits) / 4,
    answerBytes: (records: number) => (down(records) * bits) / 4,
    ciphertextAt: (_: number, block: number, input: number) => ({
      offset: ((block * inputs.length + input) * bits) / 4,
      bytes: bits / 4,
    }),
    // A residue for each ciphertext that is made, here and there.
    sealingItems: up,
    scoringItems: down,
  }
}
