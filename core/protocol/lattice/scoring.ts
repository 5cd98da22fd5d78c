import { unforeseen } from '../../errors.ts'
import type { Layout, ModelShape, ParameterSet, ScoreTask, ScoringEngine, ScoringKey } from '../scheme.ts'
import { type Head, offsetOf } from '../scoring.ts'
import { type LatticeArithmetic, type LatticeHead, seedBytes } from './arithmetic.ts'
import { coefficientsFor, type Parameters } from './parameters.ts'
import { checkLatticeKey, type LatticeScheme, lattice } from './scheme.ts'

/** The lattice scheme on the server, by an engine of its arithmetic. Nothing is made ahead. */
export function latticeScoring(arithmetic: LatticeArithmetic, scheme: LatticeScheme = lattice): ScoringEngine {
  return {
    scheme,
    hasTables: false,
    checkKeyStep: async (_, set, publicKey, proof) =>
      checkLatticeKey(scheme.parametersOf(set), publicKey, proof ?? new Uint8Array(0)),
    key: (set, publicKey) => new LatticeScoringKey(arithmetic, scheme, set, publicKey),
  }
}

class LatticeScoringKey implements ScoringKey {
  readonly set: ParameterSet
  readonly ahead = null
  readonly combine = null
  readonly #arithmetic: LatticeArithmetic
  readonly #scheme: LatticeScheme
  readonly #parameters: Parameters
  readonly #maskKey: Uint8Array
  /** A model's heads are the same list for as long as it is served. */
  readonly #heads = new WeakMap<readonly Head[], readonly LatticeHead[]>()

  constructor(arithmetic: LatticeArithmetic, scheme: LatticeScheme, set: ParameterSet, publicKey: Uint8Array) {
    this.#arithmetic = arithmetic
    this.#scheme = scheme
    this.set = set
    this.#parameters = scheme.parametersOf(set)
    this.#maskKey = publicKey
  }

  firstInvalid(shape: ModelShape, records: number, ciphertexts: Uint8Array): number {
    this.#layoutOf(shape, records, ciphertexts)
    const coefficients = coefficientsFor(this.#parameters, records)
    return this.#arithmetic.firstInvalid(this.#parameters, coefficients, ciphertexts.subarray(seedBytes))
  }

  score({ shape, heads, records, ciphertexts, random }: ScoreTask): Uint8Array<ArrayBuffer> {
    const layout = this.#layoutOf(shape, records, ciphertexts)
    const seed = ciphertexts.subarray(0, seedBytes)
    const answer = new Uint8Array(layout.answerBytes(records))
    answer.set(seed)
    const task = {
      parameters: this.#parameters,
      seed,
      coefficients: coefficientsFor(this.#parameters, records),
      polynomials: ciphertexts.subarray(seedBytes),
      maskKey: this.#maskKey,
      heads: this.#headsOf(shape, heads),
      // Fresh for every answer, of the same records too: what masks one never masks another.
      randomness: random(seedBytes),
    }
    this.#arithmetic.score(task, answer.subarray(seedBytes))
    return answer
  }

  #layoutOf(shape: ModelShape, records: number, ciphertexts: Uint8Array): Layout {
    const layout = this.#scheme.layout(this.set, shape)
    return layout?.requestBytes(records) === ciphertexts.length
      ? layout
      : unforeseen('a request of other than its ciphertexts')
  }

  #headsOf({ inputs, slotBits }: ModelShape, heads: readonly Head[]): readonly LatticeHead[] {
    let made = this.#heads.get(heads)
    if (made === undefined) {
      made = heads.map((head) => ({
        // An input of one value is always 0; its weight has no bound and is not needed.
        weights: head.weights.map((weight, j) => (inputs[j]?.max === 0 ? 0 : weight)),
        offset: offsetOf(head, slotBits, this.#parameters.slots),
      }))
      for (const { weights } of made) checkWeights(weights, this.#parameters.weightBits)
      this.#heads.set(heads, made)
    }
    return made
  }
}

/** Σ|W_j| ≤ 2^R follows from the card; the flood rests on it, so it is looked at all the same before a weight is used. */
function checkWeights(weights: Float64Array, weightBits: number): void {
  let sum = 0n
  for (const weight of weights) sum += BigInt(Math.abs(weight))
  if (sum > 2n ** BigInt(weightBits)) unforeseen('weights beyond what the parameters hide')
}
