import { fromBytes } from '../core/number/bytes.ts'
import type { Kernel } from '../kernel/loader.ts'
import { Region } from '../kernel/region.ts'
import { limbsFor } from '../kernel/sizes.ts'
import { random } from './material.ts'
import { interleave, type Pace, type Task, type Timing } from './timing.ts'

/** Bits of the moduli at which bare multiplication is compared. */
export const widths = [2048, 3072, 4096, 6144] as const

export interface Multiplied {
  readonly bits: number
  readonly timings: readonly Timing[]
}

/** One modular multiplication, in microseconds: the kernel's per lane, and BigInt's `a * b % n`. */
export function multiplications(kernel: Kernel | null, pace: Pace): { timings: Multiplied[]; wrong: string[] } {
  const wrong: string[] = []
  const timings = widths.map((bits) => {
    const tasks = [...(kernel ? kernelTasks(kernel, bits, wrong) : []), bigIntTask(bits)]
    return { bits, timings: interleave(tasks, pace) }
  })
  return { timings, wrong }
}

const batch = 200

function bigIntTask(bits: number): Task {
  const n = odd(bits)
  const b = fromBytes(random(bits / 8)) % n
  let a = fromBytes(random(bits / 8)) % n
  return {
    participant: 'BigInt a*b % n',
    items: batch,
    run() {
      for (let i = 0; i < batch; i++) a = (a * b) % n
    },
  }
}

/** The module's functions on numbers laid down as assembly/modulus.ts wants them: a modulus per lane. */
function kernelTasks(kernel: Kernel, bits: number, wrong: string[]): Task[] {
  const memory = kernel.newMemory(false)
  const region = new Region(kernel.instantiate(memory, false), memory, 0)
  const { functions } = region

  const limbs = limbsFor(bits)
  const moduli: Pair = [odd(bits), odd(bits)]
  const at = region.take(functions.modulusBytes(limbs))
  put(region, at + 32, limbs, moduli)
  functions.prepareModulus(at, limbs)
  const number = (): [number, Pair] => {
    const values = moduli.map((n) => fromBytes(random(bits / 8)) % n) as unknown as Pair
    const place = region.take(16 * limbs)
    put(region, place, limbs, values)
    return [place, values]
  }
  const [x, first] = number()
  const [y, second] = number()
  const z = region.take(16 * limbs)
  const r = 1n << BigInt(51 * limbs)
  functions.multiply(z, x, y)
  const product = get(region, z, limbs)
  functions.square(z, x)
  const squared = get(region, z, limbs)
  for (const lane of [0, 1] as const) {
    const [a, b, n] = [first[lane], second[lane], moduli[lane]]
    if ((product[lane] * r - a * b) % n !== 0n) wrong.push(`kernel: multiplication at ${bits} bits`)
    if ((squared[lane] * r - a * a) % n !== 0n) wrong.push(`kernel: squaring at ${bits} bits`)
  }
  return [
    { participant: 'kernel, per lane', items: 2 * batch, run: () => functions.repeat(0, z, x, y, batch) },
    { participant: 'kernel, squaring', items: 2 * batch, run: () => functions.repeat(1, z, x, y, batch) },
    ...liftedTasks(kernel, bits / 2),
  ]
}

/** Multiplication modulo N² by parts modulo N, which is how ciphertexts are multiplied. `bits` are N's. */
function liftedTasks(kernel: Kernel, bits: number): Task[] {
  const memory = kernel.newMemory(false)
  const region = new Region(kernel.instantiate(memory, false), memory, 0)
  const { functions } = region
  const limbs = limbsFor(bits)
  const at = region.take(functions.modulusBytes(limbs))
  const moduli: Pair = [odd(bits), odd(bits)]
  put(region, at + 32, limbs, moduli)
  functions.prepareModulus(at, limbs)
  functions.prepareLifted(bits)
  const place = (): number => {
    const number = region.take(32 * limbs)
    for (const part of [number, number + 16 * limbs]) {
      put(region, part, limbs, moduli.map((n) => fromBytes(random(bits / 8)) % n) as unknown as Pair)
    }
    return number
  }
  const [x, y, z] = [place(), place(), place()]
  return [{ participant: 'kernel, N² by parts', items: 2 * batch, run: () => functions.repeat(2, z, x, y, batch) }]
}

type Pair = readonly [bigint, bigint]

/** An odd number of exactly `bits` bits. */
function odd(bits: number): bigint {
  return fromBytes(random(bits / 8)) | (1n << BigInt(bits - 1)) | 1n
}

const mask = (1n << 51n) - 1n

function put({ memory }: Region, at: number, limbs: number, lanes: Pair): void {
  const words = new Float64Array(memory.buffer, at, 2 * limbs)
  lanes.forEach((value, lane) => {
    for (let k = 0; k < limbs; k++) words[2 * k + lane] = Number((value >> BigInt(51 * k)) & mask)
  })
}

function get({ memory }: Region, at: number, limbs: number): Pair {
  const words = new Float64Array(memory.buffer, at, 2 * limbs)
  return [0, 1].map((lane) => {
    let value = 0n
    for (let k = limbs - 1; k >= 0; k--) value = (value << 51n) | BigInt(words[2 * k + lane] as number)
    return value
  }) as unknown as Pair
}
