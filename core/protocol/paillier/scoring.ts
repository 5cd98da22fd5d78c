import { unforeseen } from '../../errors.ts'
import { fail } from '../../faults.ts'
import type { RandomBytes } from '../../number/random.ts'
import type {
  CombineTask,
  Layout,
  ModelShape,
  ParameterSet,
  ScoreTask,
  ScoringAhead,
  ScoringEngine,
  ScoringKey,
} from '../scheme.ts'
import { type Head, offsetPlaintext } from '../scoring.ts'
import type { Arithmetic, PublicArithmetic } from './arithmetic.ts'
import { combine } from './combine.ts'
import { checkKeyStep } from './publicKey.ts'
import { paillier, paillierSetOf } from './scheme.ts'

/** Paillier on the server, by an engine of its arithmetic: what is made ahead are masks, and a table of their bases. */
export function paillierScoring(arithmetic: Arithmetic): ScoringEngine {
  return {
    scheme: paillier,
    hasTables: arithmetic.hasMaskTables,
    checkKeyStep: async (step, set, publicKey, proof, sha256) => {
      if (paillierSetOf(publicKey).id !== set.id) fail('key/size', 'noSuchKeySize')
      await checkKeyStep(step, publicKey, proof, sha256, (...task) => arithmetic.powers(...task))
    },
    key: (set, publicKey) => new PaillierScoringKey(arithmetic, set, publicKey),
  }
}

class PaillierScoringKey implements ScoringKey {
  readonly ahead: ScoringAhead
  readonly #arithmetic: PublicArithmetic
  readonly set: ParameterSet
  /** A model's heads are the same list for as long as it is served. */
  readonly #offsets = new WeakMap<readonly Head[], readonly Uint8Array[]>()

  constructor(arithmetic: Arithmetic, set: ParameterSet, n: Uint8Array) {
    const key = arithmetic.publicKey(n)
    this.#arithmetic = key
    this.set = set
    this.ahead = {
      itemBytes: key.bits / 4,
      make: (count, random) => key.masks(count, random),
      table: arithmetic.hasMaskTables
        ? {
            grow: (random: RandomBytes, steps?: number, bases?: Uint8Array | null) =>
              key.prepareMasks(random, steps, bases),
            keepIn: (memory) => key.useMaskMemory(memory),
          }
        : null,
    }
  }

  firstInvalid(_: ModelShape, __: number, ciphertexts: Uint8Array): number {
    return this.#arithmetic.firstInvalid(ciphertexts)
  }

  score({ shape, heads, records, ciphertexts, items }: ScoreTask): Uint8Array<ArrayBuffer> {
    const layout = paillier.layout(this.set, shape)
    if (layout === null || ciphertexts.length !== layout.requestBytes(records)) {
      unforeseen('a request of other than its ciphertexts')
    }
    return this.#arithmetic.score({
      ciphertexts,
      blocks: Math.ceil(records / layout.slots),
      weights: heads.map((head) => head.weights),
      offsets: this.#offsetsOf(shape.slotBits, heads, layout),
      masks: items,
    })
  }

  readonly combine = (task: CombineTask) => combine(this.#arithmetic, task)

  #offsetsOf(slotBits: number, heads: readonly Head[], { slots, plaintextBytes }: Layout): readonly Uint8Array[] {
    let offsets = this.#offsets.get(heads)
    if (offsets === undefined) {
      offsets = heads.map((head) => offsetPlaintext(head, slotBits, slots, plaintextBytes))
      this.#offsets.set(heads, offsets)
    }
    return offsets
  }
}
