import initialize, { type Ciphertext, type Plaintext } from 'node-seal-7'
import type { Binding, Parameters } from './scheme.ts'

/** node-seal 7.0, for Chromium; Node 20 does not compile its module. `wasm` is the module's address. */
export async function bindSeal7(parameters: Parameters, wasm: string): Promise<Binding<Plaintext, Ciphertext>> {
  const seal = await initialize({ locateFile: () => wasm })
  const encryption = new seal.EncryptionParameters(seal.SchemeType.ckks)
  encryption.setPolyModulusDegree(parameters.degree)
  encryption.setCoeffModulus(seal.CoeffModulus.Create(parameters.degree, Int32Array.from(parameters.primes)))
  const context = new seal.SEALContext(encryption, true, seal.SecLevelType.tc128)
  if (!context.parametersSet()) throw new Error('SEAL refuses these parameters at 128-bit security.')
  const generator = new seal.KeyGenerator(context)
  const secretKey = generator.secretKey()
  const encryptor = new seal.Encryptor(context, generator.createPublicKey(), secretKey)
  const decryptor = new seal.Decryptor(context, secretKey)
  const evaluator = new seal.Evaluator(context)
  const encoder = new seal.CKKSEncoder(context)
  const compression = seal.ComprModeType[parameters.compression]
  return {
    slots: encoder.slotCount(),
    encode(values, scale) {
      const plain = new seal.Plaintext()
      encoder.encode(values, scale, plain)
      return plain
    },
    encryptSymmetric(plain) {
      const sealed = encryptor.encryptSymmetricSerializable(plain)
      const bytes = sealed.saveToArray(compression) as Uint8Array
      sealed.delete()
      return bytes
    },
    load(bytes) {
      const cipher = new seal.Ciphertext()
      cipher.loadFromArray(context, bytes)
      return cipher
    },
    save: (cipher) => cipher.saveToArray(compression) as Uint8Array,
    multiplyPlain: (cipher, plain) => evaluator.multiplyPlainInplace(cipher, plain),
    add: (to, cipher) => evaluator.addInplace(to, cipher),
    addPlain: (to, plain) => evaluator.addPlainInplace(to, plain),
    addZero(to, zero) {
      zero.setScale(to.scale())
      evaluator.addInplace(to, zero)
    },
    publicKey: () => generator.createPublicKeySerializable().saveToArray(compression) as Uint8Array,
    zeros(bytes) {
      const publicKey = new seal.PublicKey()
      publicKey.loadFromArray(context, bytes)
      const theirs = new seal.Encryptor(context, publicKey)
      return () => {
        const zero = new seal.Ciphertext()
        theirs.encryptZero(zero)
        return zero
      }
    },
    rescale: (cipher) => evaluator.rescaleToNextInplace(cipher),
    decrypt(cipher) {
      const plain = new seal.Plaintext()
      decryptor.decrypt(cipher, plain)
      return plain
    },
    decode: (plain) => encoder.decodeFloat64(plain) as Float64Array,
  }
}
