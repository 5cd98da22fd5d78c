import { type Material, recordsOf } from '../material.ts'
import { centredModelOf, columnsOf, plainPredictor } from './records.ts'
import { makeScorer, maskNoise, openAnswer, type Parameters, sealColumn } from './scheme.ts'
import { bindSeal5 } from './seal5.ts'

/** What a choice of parameters gives. */
export interface Tried {
  readonly parameters: Parameters
  /** SEAL's own judgement at 128 bits. */
  readonly secure: boolean
  /** Largest error of a linear predictor over the records that were tried; null when SEAL could not do it. */
  readonly error: number | null
  readonly bytesPerValue: number | null
  /** Records that it was tried on; the sample's, again and again. */
  readonly records: number
  /** Bits that the largest predictor of any record that the card allows has less than the modulus; below 0 it wraps. */
  readonly headroom: number
  /** Bits by which a mask's noise is larger than what it hides; null where there is no mask. */
  readonly hidden: number | null
}

/** Bits of statistical security that a mask of noise must give at least. */
const leastHidden = 40

/**
 * Candidates from small to large. One prime at degree 2048 and 4096; two short primes at 4096, without rescaling and
 * with it; then degree 8192, where also a mask fits. A special prime of 20 bits is as short as they come.
 */
const candidates: readonly Omit<Parameters, 'compression'>[] = [
  { degree: 2048, primes: [54], inputScale: 31, weightScale: 18, rescale: false, masked: false },
  { degree: 4096, primes: [60], inputScale: 31.5, weightScale: 21.5, rescale: false, masked: false },
  { degree: 4096, primes: [60], inputScale: 33.5, weightScale: 22, rescale: false, masked: false },
  { degree: 4096, primes: [31, 31, 20], inputScale: 33.5, weightScale: 22, rescale: false, masked: false },
  { degree: 4096, primes: [32, 32, 20], inputScale: 34.5, weightScale: 22.5, rescale: false, masked: false },
  { degree: 4096, primes: [33, 33, 20], inputScale: 35, weightScale: 23, rescale: false, masked: false },
  { degree: 4096, primes: [36, 36, 20], inputScale: 36, weightScale: 26, rescale: false, masked: false },
  { degree: 4096, primes: [43, 30, 30], inputScale: 36, weightScale: 30, rescale: true, masked: false },
  { degree: 8192, primes: [60, 40, 40], inputScale: 40, weightScale: 40, rescale: true, masked: false },
  { degree: 8192, primes: [35, 35, 35, 20], inputScale: 74.5, weightScale: 23.5, rescale: false, masked: true },
  { degree: 8192, primes: [37, 37, 36, 20], inputScale: 76, weightScale: 26, rescale: false, masked: true },
]

/** All candidates, each with and without compression, tried on `blocks` blocks of the real records. */
export async function tryParameters(material: Material, blocks: number): Promise<Tried[]> {
  const tried: Tried[] = []
  for (const candidate of candidates) {
    for (const compression of ['none', 'zstd'] as const) {
      tried.push(await tryOne(material, { ...candidate, compression }, blocks))
    }
  }
  return tried
}

/** What keeps parameters from being used; null for nothing. */
export function objection({ secure, error, headroom, hidden }: Tried, tolerance: number): string | null {
  if (!secure) return 'below 128 bits'
  if (error === null) return 'refused'
  if (!(error <= tolerance)) return 'misses the tolerance'
  if (headroom < 0) return 'may wrap'
  if (hidden !== null && hidden < leastHidden) return 'hides too little'
  return null
}

/** The cheapest to which there is no objection, masked or not: fewest bytes per value sent. */
export function cheapest(tried: readonly Tried[], tolerance: number, masked: boolean): Tried | null {
  const fit = tried.filter((each) => each.parameters.masked === masked && objection(each, tolerance) === null)
  return fit.sort((a, b) => (a.bytesPerValue ?? 0) - (b.bytesPerValue ?? 0))[0] ?? null
}

async function tryOne(material: Material, parameters: Parameters, blocks: number): Promise<Tried> {
  const model = centredModelOf(material)
  const largest = Math.abs(model.constant) + model.weights.reduce((sum, weight) => sum + Math.abs(weight), 0)
  const { primes, inputScale, weightScale } = parameters
  const modulus = (primes.length > 1 ? primes.slice(0, -1) : primes).reduce((sum, bits) => sum + bits, 0)
  // Signed, so half of the modulus; and its primes are a little below the powers of two that they are called after.
  const headroom = modulus - 1.01 - (inputScale + weightScale + Math.log2(largest))
  // A slot's fresh noise is normal with deviation 3.2·√(N/2) over the scale; 4.5 deviations of the weighted sum.
  const noise = (4.5 * 3.2 * Math.sqrt(parameters.degree / 2) * Math.hypot(...model.weights)) / 2 ** inputScale
  const hidden = parameters.masked ? Math.log2(maskNoise(material.tolerance) / noise) : null
  const nothing = {
    parameters,
    hidden,
    error: null,
    bytesPerValue: null,
    records: blocks * (parameters.degree / 2),
    headroom,
  }
  const seal = await bindSeal5(parameters)
  if (seal === null) return { ...nothing, secure: false }
  try {
    const scorer = makeScorer(seal, model, parameters)
    const zero = seal.zeros(seal.publicKey())
    let error = 0
    let bytes = 0
    for (let b = 0; b < blocks; b++) {
      const from = (b * seal.slots) % recordsOf(material)
      const sealed = columnsOf(material, from, seal.slots).map((values) => sealColumn(seal, values, parameters))
      bytes += sealed.reduce((sum, column) => sum + column.length, 0)
      const predictors = openAnswer(seal, scorer.score(sealed, zero))
      for (let r = 0; r < seal.slots; r++) {
        // Not a number stays not a number, which is no error that any tolerance allows.
        error = Math.max(error, Math.abs((predictors[r] as number) - plainPredictor(material, from + r)))
      }
    }
    return { ...nothing, secure: true, error, bytesPerValue: bytes / (blocks * seal.slots * model.weights.length) }
  } catch {
    // SEAL refuses to encode what does not fit its modulus.
    return { ...nothing, secure: true }
  }
}
