import { PrivateKey, PublicKey } from 'paillier-bigint'
import { fromBytes, fromHex } from '../../core/number/bytes.ts'
import { inverse } from '../../core/number/integers.ts'
import { inputsOf, integerPredictor, type Material, valueAt } from '../material.ts'
import type { Participant } from '../operations.ts'

/** The library's own key from the same primes, with what makes its decryption fastest. */
export function libraryKey(material: Material): PrivateKey {
  const [p, q] = [fromBytes(fromHex(material.p)), fromBytes(fromHex(material.q))]
  const n = p * q
  const lambda = (p - 1n) * (q - 1n)
  return new PrivateKey(lambda, inverse(lambda, n) as bigint, new PublicKey(n, n + 1n), p, q)
}

/**
 * `paillier-bigint` as its documentation uses it: one value per ciphertext, `encrypt`, `multiply` and `addition` per
 * value, `decrypt`. Its answers are not masked unless an encryption of zero is added, which is what its mask is here.
 */
export function library(material: Material): Participant {
  const privateKey = libraryKey(material)
  const { publicKey } = privateKey
  const { n } = publicKey
  const signed = (m: bigint) => (m > n / 2n ? m - n : m)
  const value = BigInt(valueAt(material, 0, inputsOf(material) - 1))
  const sealed = publicKey.encrypt(value)
  const record = material.weights.map((_, j) => publicKey.encrypt(BigInt(valueAt(material, 0, j))))
  const weights = material.weights.map(BigInt)
  const constant = publicKey.encrypt(((BigInt(material.constant) % n) + n) % n)
  const width = material.keyBits / 4
  return {
    name: 'paillier-bigint',
    valuesPerCiphertext: 1,
    bytesUp: width,
    bytesDown: width,
    preparations: {},
    operations: {
      seal: {
        items: 1,
        run: () => publicKey.encrypt(value),
        right: (c) => c !== sealed && privateKey.decrypt(c as bigint) === value,
      },
      open: { items: 1, run: () => privateKey.decrypt(sealed), right: (m) => m === value },
      scoreBlock: {
        items: 1,
        run: () => publicKey.addition(constant, ...weights.map((w, j) => publicKey.multiply(record[j] as bigint, w))),
        right: (c) => signed(privateKey.decrypt(c as bigint)) === integerPredictor(material, 0),
      },
      maskDirect: {
        items: 1,
        run: () => publicKey.encrypt(0n),
        right: (c) => c !== 1n && privateKey.decrypt(c as bigint) === 0n,
      },
    },
  }
}
