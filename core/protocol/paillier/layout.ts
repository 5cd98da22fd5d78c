/** The sizes of Paillier keys, and how records lie in ciphertexts under them. */

/** L, the bits of n. */
export const keySizes = [2048, 3072, 4096] as const

export type KeySize = (typeof keySizes)[number]

/** K, the records that one ciphertext carries under a key of `keyBits`: floor((L − 1) / T). 0 when none fits. */
export function slotsPerCiphertext(slotBits: number, keyBits: number): number {
  return Math.floor((keyBits - 1) / slotBits)
}
