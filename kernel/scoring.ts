import { toBytes } from '../core/number/bytes.ts'
import type { ScoreTask } from '../core/protocol/paillier/arithmetic.ts'
import { invertAll } from './inverse.ts'
import type { PublicModulus } from './modulus.ts'
import type { Region } from './region.ts'
import { planPower } from './schedule.ts'
import { planWeights, type WeightedPlan } from './weights.ts'

/** Products that wait for one inversion: pairs of blocks × heads with negative weights. */
const mostWaiting = 256

/**
 * Scoring with given weights. Two blocks share the lanes, and all blocks walk one program.
 *
 * Powers of R. An input c is loaded as c·R^-1 (assembly/lifted.ts) and taken for the Montgomery form of c·R^-2. So a
 * head's product is that of ∏ c_j^{W_j} · R^-2s with s = Σ W_j, and what is multiplied last, the offset, carries R^(2s + 2):
 * 2s for that, 2 more because the mask is loaded as mask·R^-1 and two Montgomery products follow.
 */
export class ScorePlan {
  readonly #weights: readonly Float64Array[]
  readonly #inputs: number
  readonly #plan: WeightedPlan
  /** The offsets last seen and what they became. */
  #offsets: {
    readonly of: readonly Uint8Array[]
    readonly modulus: PublicModulus
    readonly lifted: Uint8Array
  } | null = null

  constructor(weights: readonly Float64Array[], inputs: number) {
    this.#weights = weights.map((head) => head.slice())
    this.#inputs = inputs
    this.#plan = planWeights(weights, inputs)
  }

  fits(weights: readonly Float64Array[], inputs: number): boolean {
    const same = (head: Float64Array, h: number) => head.every((w, j) => w === this.#weights[h]?.[j])
    return inputs === this.#inputs && weights.length === this.#weights.length && weights.every(same)
  }

  run(modulus: PublicModulus, task: ScoreTask, invert: (value: bigint) => bigint | null): Uint8Array<ArrayBuffer> {
    const heads = this.#plan.heads.length
    const offsets = this.#liftOffsets(modulus, task.offsets)
    const width = 2 * (task.offsets[0]?.length ?? 0)
    const answers = new Uint8Array(task.blocks * heads * width)
    const pairs = Math.max(1, Math.floor(mostWaiting / Math.max(1, heads)))
    for (let block = 0; block < task.blocks; block += 2 * pairs) {
      const last = Math.min(task.blocks, block + 2 * pairs)
      modulus.use((region, work) => this.#some(region, work, modulus, task, offsets, block, last, answers, invert))
    }
    return answers
  }

  #some(
    region: Region,
    work: number,
    modulus: PublicModulus,
    task: ScoreTask,
    offsets: Uint8Array,
    first: number,
    last: number,
    answers: Uint8Array,
    invert: (value: bigint) => bigint | null,
  ): void {
    const { functions } = region
    const { size } = modulus
    const { program, heads } = this.#plan
    const width = task.ciphertexts.length / (task.blocks * this.#inputs)
    const pairs = Math.ceil((last - first) / 2)
    const input = region.take(2 * this.#inputs * width)
    const steps = region.take(4 * program.steps.length)
    const registers = region.take(program.registers * size)
    const factors = region.take(heads.length * size)
    const positives = region.take(pairs * heads.length * size)
    const negatives = region.take(pairs * heads.length * size)
    region.write(steps, new Uint8Array(program.steps.buffer))
    region.write(factors, offsets)
    let waiting = 0
    for (let p = 0; p < pairs; p++) {
      const blocks = this.#lanes(first + 2 * p, last)
      blocks.forEach((block, lane) => {
        const from = block * this.#inputs * width
        region.write(input + lane * this.#inputs * width, task.ciphertexts.subarray(from, from + this.#inputs * width))
      })
      functions.loadMany(registers, input, input + this.#inputs * width, width, this.#inputs, work)
      functions.run(registers, steps, program.steps.length / 3)
      heads.forEach(({ positive, negative }, h) => {
        const to = positives + (p * heads.length + h) * size
        if (positive >= 0) region.copy(to, registers + positive * size, size)
        else functions.setMontgomeryOne(to)
        if (negative >= 0) region.copy(negatives + waiting++ * size, registers + negative * size, size)
      })
    }
    if (waiting > 0) invertAll(region, work, size, negatives, waiting, width, invert)
    let inverted = 0
    for (let p = 0; p < pairs; p++) {
      const blocks = this.#lanes(first + 2 * p, last)
      heads.forEach(({ negative }, h) => {
        const product = positives + (p * heads.length + h) * size
        const inverse = negative >= 0 ? negatives + inverted++ * size : 0
        blocks.forEach((block, lane) => {
          const at = (block * heads.length + h) * width
          region.write(input + lane * width, task.masks.subarray(at, at + width))
        })
        functions.finish(input, width, product, inverse, factors + h * size, work)
        blocks.forEach((block, lane) => {
          answers.set(region.view(input + lane * width, width), (block * heads.length + h) * width)
        })
      })
    }
  }

  /** The blocks in the two lanes; the last one twice where their number is odd. */
  #lanes(block: number, last: number): readonly [number, number] {
    return [block, Math.min(block + 1, last - 1)]
  }

  /** (1 + C·n)·R^(2s + 2) per head, lifted, in both lanes. */
  #liftOffsets(modulus: PublicModulus, offsets: readonly Uint8Array[]): Uint8Array {
    const known = this.#offsets
    const same = (offset: Uint8Array, h: number) => offset.every((byte, i) => byte === known?.of[h]?.[i])
    if (known?.modulus === modulus && known.of.length === offsets.length && offsets.every(same)) return known.lifted
    const lifted = new Uint8Array(offsets.length * modulus.size)
    offsets.forEach((offset, h) => {
      const sum = (this.#weights[h] as Float64Array).reduce((total, w) => total + BigInt(w), 0n)
      lifted.set(liftOffset(modulus, offset, 2n * sum + 2n), h * modulus.size)
    })
    this.#offsets = { of: offsets.map((offset) => offset.slice()), modulus, lifted }
    return lifted
  }
}

/** (1 + C·n)·R^exponent for a plaintext C, lifted, in both lanes. */
export function liftOffset(modulus: PublicModulus, offset: Uint8Array, exponent: bigint): Uint8Array {
  const magnitude = exponent < 0n ? -exponent : exponent
  const bytes = toBytes(magnitude, Math.ceil(magnitude.toString(16).length / 2))
  const { program, result } = planPower(bytes, 3)
  return modulus.use((region, work) => {
    const { functions } = region
    const input = region.take(offset.length)
    const steps = region.take(4 * program.steps.length)
    const registers = region.take(program.registers * modulus.size)
    region.write(input, offset)
    region.write(steps, new Uint8Array(program.steps.buffer))
    functions.setPowerOfR(registers, exponent < 0n ? -1 : 1)
    functions.run(registers, steps, program.steps.length / 3)
    functions.liftPlaintext(work, input, offset.length)
    if (result >= 0) functions.liftMultiply(work, work, registers + result * modulus.size)
    return region.read(work, modulus.size)
  })
}
