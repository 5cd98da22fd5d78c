import { createRequire } from 'node:module'
import type { CipherText } from 'node-seal/implementation/cipher-text.js'
import type { PlainText } from 'node-seal/implementation/plain-text.js'
import type { SEALLibrary } from 'node-seal/implementation/seal.js'
import type { Binding, Parameters } from './scheme.ts'

let library: Promise<SEALLibrary> | null = null

/** node-seal 5.1, which Node 20 runs. Null when SEAL refuses the parameters at 128-bit security. */
export async function bindSeal5(parameters: Parameters): Promise<Binding<PlainText, CipherText> | null> {
  const initialize = createRequire(import.meta.url)('node-seal') as () => Promise<SEALLibrary>
  library ??= initialize()
  const seal = await library
  const { ckks } = seal.SchemeType
  const encryption = seal.EncryptionParameters(ckks)
  encryption.setPolyModulusDegree(parameters.degree)
  encryption.setCoeffModulus(seal.CoeffModulus.Create(parameters.degree, Int32Array.from(parameters.primes)))
  const context = seal.Context(encryption, true, seal.SecurityLevel.tc128)
  if (!context.parametersSet()) return null
  const generator = seal.KeyGenerator(context)
  const secretKey = generator.secretKey()
  const encryptor = seal.Encryptor(context, generator.createPublicKey(), secretKey)
  const decryptor = seal.Decryptor(context, secretKey)
  const evaluator = seal.Evaluator(context)
  const encoder = seal.CKKSEncoder(context)
  const compression = seal.ComprModeType[parameters.compression]
  return {
    slots: encoder.slotCount,
    encode: (values, scale) => encoder.encode(values, scale) as PlainText,
    encryptSymmetric(plain) {
      const sealed = encryptor.encryptSymmetricSerializable(plain)
      const bytes = sealed.saveArray(compression)
      sealed.delete()
      return bytes
    },
    load(bytes) {
      const cipher = seal.CipherText()
      cipher.loadArray(context, bytes)
      return cipher
    },
    save: (cipher) => cipher.saveArray(compression),
    multiplyPlain: (cipher, plain) => void evaluator.multiplyPlain(cipher, plain, cipher),
    add: (to, cipher) => void evaluator.add(to, cipher, to),
    addPlain: (to, plain) => void evaluator.addPlain(to, plain, to),
    addZero(to, zero) {
      zero.setScale(to.scale)
      evaluator.add(to, zero, to)
    },
    publicKey: () => generator.createPublicKeySerializable().saveArray(compression),
    zeros(bytes) {
      const publicKey = seal.PublicKey()
      publicKey.loadArray(context, bytes)
      const theirs = seal.Encryptor(context, publicKey)
      return () => theirs.encryptZero() as CipherText
    },
    rescale: (cipher) => void evaluator.rescaleToNext(cipher, cipher),
    decrypt(cipher) {
      const plain = seal.PlainText()
      decryptor.decrypt(cipher, plain)
      return plain
    },
    decode: (plain) => encoder.decode(plain),
  }
}
