/**
 * Scoring under CKKS, on whichever version of node-seal: one ciphertext per input, a record in each slot.
 * The client encrypts with its secret key, so that half of every ciphertext travels as a seed.
 */

export interface Deletable {
  delete(): void
}

/** The few functions of SEAL that this needs. `P` is a plaintext, `C` a ciphertext. */
export interface Binding<P extends Deletable = Deletable, C extends Deletable = Deletable> {
  readonly slots: number
  encode(values: Float64Array, scale: number): P
  /** Encrypted under the secret key, with a seed for its second half, serialised. */
  encryptSymmetric(plain: P): Uint8Array
  /** Checked as SEAL checks whatever it loads. */
  load(bytes: Uint8Array): C
  save(cipher: C): Uint8Array
  multiplyPlain(cipher: C, plain: P): void
  add(to: C, cipher: C): void
  /** {@link add} for an encryption of zero, whatever its scale. */
  addZero(to: C, zero: C): void
  addPlain(to: C, plain: P): void
  rescale(cipher: C): void
  /** The public key, serialised; and encryptions of zero under somebody's. */
  publicKey(): Uint8Array
  zeros(publicKey: Uint8Array): () => C
  decrypt(cipher: C): P
  decode(plain: P): Float64Array
}

export interface Parameters {
  /** N: there are N/2 slots. */
  readonly degree: number
  /** Bits of each prime. SEAL keeps the last of several to itself; no ciphertext holds it. */
  readonly primes: readonly number[]
  /** log2 of the scales at which inputs and weights are encoded. */
  readonly inputScale: number
  readonly weightScale: number
  readonly rescale: boolean
  /**
   * Whether the answer hides the weights. Without it, its second half is Σ w_j·a_j with the a_j that the client chose:
   * linear algebra gives the weights. With it, the server adds an encryption of zero under the client's public key and
   * noise as large as the tolerance allows, which must drown what depends on the weights.
   */
  readonly masked: boolean
  readonly compression: 'none' | 'zstd'
}

/** What the server needs of a model. The inputs come as 2x/X − 1, which halves the noise that a weight multiplies. */
export interface CentredModel {
  readonly weights: readonly number[]
  readonly constant: number
  readonly tolerance: number
}

export function centredModel(
  weights: readonly number[],
  constant: number,
  limits: readonly number[],
  tolerance: number,
): CentredModel {
  const centred = weights.map((weight, j) => (weight * (limits[j] as number)) / 2)
  return { weights: centred, constant: constant + centred.reduce((sum, weight) => sum + weight, 0), tolerance }
}

export const centred = (x: number, limit: number): number => (2 * x) / limit - 1

/** A scale as an integer: both ends must have the very same, and their powers of two may differ in the last bit. */
const scaleOf = (bits: number): number => Math.round(2 ** bits)

/** Encodes, encrypts and serialises one input of up to `slots` records. */
export function sealColumn(seal: Binding, values: Float64Array, { inputScale }: Parameters): Uint8Array {
  const plain = seal.encode(values, scaleOf(inputScale))
  const sealed = seal.encryptSymmetric(plain)
  plain.delete()
  return sealed
}

/** SEAL's bound on what it encodes is up to a bit too strict: the constant is added in parts. */
const parts = 4

export interface Scorer {
  /** One ciphertext per input to the serialised ciphertext of the predictors. `zero` is for masks. */
  score(sealed: readonly Uint8Array[], zero: () => Deletable): Uint8Array
}

/** The noise of a mask is uniform in ± this, on the predictor. */
export const maskNoise = (tolerance: number): number => tolerance / 2

/** Weights are encoded once, however many blocks they score. */
export function makeScorer(seal: Binding, model: CentredModel, parameters: Parameters): Scorer {
  const { inputScale, weightScale, rescale, masked } = parameters
  const scale = scaleOf(inputScale) * scaleOf(weightScale)
  const filled = (value: number, scale: number) => seal.encode(new Float64Array(seal.slots).fill(value), scale)
  const weights = model.weights.map((weight) => filled(weight, scaleOf(weightScale)))
  const constant = filled(model.constant / parts, scale)
  return {
    score(sealed, zero) {
      const [first, ...rest] = sealed.map((bytes, j) => {
        const cipher = seal.load(bytes)
        seal.multiplyPlain(cipher, weights[j] as Deletable)
        return cipher
      })
      if (!first) throw new Error('There is nothing to score.')
      for (const cipher of rest) {
        seal.add(first, cipher)
        cipher.delete()
      }
      for (let i = 0; i < parts; i++) seal.addPlain(first, constant)
      if (rescale) seal.rescale(first)
      if (masked) {
        const fresh = zero()
        const noise = seal.encode(uniformNoise(seal.slots, maskNoise(model.tolerance)), scale)
        // An encryption of zero has no scale of its own.
        seal.addZero(first, fresh)
        seal.addPlain(first, noise)
        fresh.delete()
        noise.delete()
      }
      const answer = seal.save(first)
      first.delete()
      return answer
    },
  }
}

function uniformNoise(count: number, most: number): Float64Array {
  const words = new Uint32Array(count)
  for (let at = 0; at < count; at += 16384) crypto.getRandomValues(words.subarray(at, at + 16384))
  return Float64Array.from(words, (word) => most * (word / 2 ** 31 - 1))
}

/** The predictors in all slots. */
export function openAnswer(seal: Binding, answer: Uint8Array): Float64Array {
  const cipher = seal.load(answer)
  const plain = seal.decrypt(cipher)
  const predictors = seal.decode(plain)
  cipher.delete()
  plain.delete()
  return predictors
}
