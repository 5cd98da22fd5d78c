import { describe, expect, test } from 'vitest'
import { inverse, mod, productOf } from '../../number/integers.ts'
import { latticeOwnerReference } from '../../private/lattice/reference.ts'
import { scaleOf, unswitched } from '../../protocol/lattice/reference.ts'
import { fromValues, multiply, toValues } from '../../protocol/lattice/ring.ts'
import { binomial, expand, flood, ternary } from '../../protocol/lattice/sample.ts'
import { purposes, Stream } from '../../protocol/lattice/stream.ts'
import { reduced } from './lll.ts'
import { bytesOf, type Case, messagesOf, randomCase, seal, taskOf } from './support.ts'

describe('what masks an answer', () => {
  const one = randomCase(64, 46, 3, 64, 21)
  const { parameters } = one
  const key = latticeOwnerReference.key(parameters, bytesOf(4))
  const task = taskOf(one, key, seal(key, one, 5), 5, 9)
  const head = one.heads[0] as Case['heads'][number]

  test('is another for every answer, head, and set; A and B are of one and the same randomness', () => {
    const first = unswitched(task, head, 0)
    expect(unswitched(task, head, 0)).toEqual(first)
    for (const other of [unswitched({ ...task, randomness: bytesOf(10) }, head, 0), unswitched(task, head, 1)]) {
      const same = other.a.flat().filter((value, i) => value === first.a.flat()[i]).length
      expect(same).toBeLessThan(8)
    }
  })

  test('without u the weights follow from A by linear algebra, and with it they do not', () => {
    const [prime] = parameters.kept as [number]
    // Per root and modulo one prime Σ W_j·a_j is three unknowns; A is their sum where nothing masks it.
    const rows = one.maxima.map((_, j) => expand(parameters, bytesOf(5), purposes.expand, j, 0))
    const weights = Array.from(head.weights, BigInt)
    const unmasked = rows[0]?.map((_, k) => weights.reduce((sum, w, j) => sum + w * (rows[j]?.[k] as bigint), 0n)) ?? []
    const masked = toValues(unswitched(task, head, 0).a[0] as bigint[], prime)
    const found = (values: readonly bigint[]) =>
      solve(
        rows.map((row) => row.slice(0, 3)),
        values.slice(0, 3),
        BigInt(prime),
      )
    const modulo = weights.map((w) => mod(w, BigInt(prime)))
    expect(found(unmasked.map((value) => mod(value, BigInt(prime))))).toEqual(modulo)
    expect(found(masked)).not.toEqual(modulo)
    // What is masked satisfies no other three equations either.
    const again = solve(
      rows.map((row) => row.slice(3, 6)),
      masked.slice(3, 6),
      BigInt(prime),
    )
    expect(again).not.toEqual(found(masked))
  })

  test('a server that padded a request would give its weights to an honest client: one coefficient and LLL find them', () => {
    const primes = [...parameters.kept, ...parameters.dropped]
    const s = ternary(new Stream(bytesOf(4), parameters, purposes.secret), parameters.degree)
    /** (a_j·s)_0 modulo Q: what a client knows of a coefficient that it did not seal. */
    const known = one.maxima.map((_, j) =>
      centredModulo(
        primes.map(
          (p, i) => multiply(fromValues(expand(parameters, bytesOf(5), purposes.expand, j, i), p), s, p)[0] as bigint,
        ),
        primes,
      ),
    )
    const find = (phase: bigint): string => {
      const flood = 1n << BigInt(parameters.floodBits + 2)
      const scale = flood >> BigInt(one.parameters.weightBits)
      const unit = (j: number) => known.map((_, k) => (k === j ? scale : 0n))
      const basis = [
        ...known.map((c, j) => [...unit(j), c, 0n]),
        [...known.map(() => 0n), productOf(primes.map(BigInt)), 0n],
        [...known.map(() => 0n), phase, flood],
      ]
      const row = reduced(basis).find((each) => each.at(-1) === flood || each.at(-1) === -flood) ?? []
      const sign = row.at(-1) === flood ? -1n : 1n
      return known.map((_, j) => (sign * (row[j] ?? 0n)) / scale).join()
    }
    const weights = Array.from(head.weights, BigInt).join()
    // The mutant: coefficients that nobody sealed count as zero, and are answered.
    const padded = { ...task, polynomials: new Uint8Array(task.polynomials.length) }
    const [leak] = noiseOf(padded, parameters, head, [head.offset])
    expect(find(leak as bigint)).toBe(weights)
    const [honest] = noiseOf(task, parameters, head, messagesOf(one, 0).slice(0, 1))
    expect(find(honest as bigint)).not.toBe(weights)
  })

  // SLOW=1 takes ten thousand; each is one request, under a seed of its own, of one and the same key and model.
  const answers = (process.env.SLOW ?? '') === '' ? 100 : 10_000
  test(`nor do the weights follow from ${answers} answers: without u each gives them again, with it no two say the same`, () => {
    const [prime] = parameters.kept as [number]
    const p = BigInt(prime)
    const weights = Array.from(head.weights, BigInt)
    const right = weights.map((w) => mod(w, p)).join()
    /** How often the solution that most answers agree on was found, and whether that or any other is the weights. */
    const ask = (masked: boolean) => {
      const found = new Map<string, number>()
      for (let i = 0; i < answers; i++) {
        const asked = { ...task, seed: bytesOf(300 + i), randomness: bytesOf(50_000 + i) }
        const rows = one.maxima.map((_, j) => expand(parameters, asked.seed, purposes.expand, j, 0))
        const bare = (k: number) =>
          mod(
            weights.reduce((sum, w, j) => sum + w * (rows[j]?.[k] as bigint), 0n),
            p,
          )
        const a = masked ? toValues(unswitched(asked, head, 0).a[0] as bigint[], prime) : [0, 1, 2].map(bare)
        const solution = solve(
          rows.map((row) => row.slice(0, 3)),
          a.slice(0, 3),
          p,
        ).join()
        found.set(solution, (found.get(solution) ?? 0) + 1)
      }
      return { agreed: Math.max(...found.values()), right: found.get(right) ?? 0 }
    }
    expect(ask(false)).toEqual({ agreed: answers, right: answers })
    expect(ask(true)).toEqual({ agreed: 1, right: 0 })
  }, 3_600_000)

  test('the flood is a sum of three uniforms of its width: all limbs, spread, ends and law', () => {
    const bits = parameters.floodBits
    const count = 30_000
    const drawn = flood(new Stream(bytesOf(6), parameters, purposes.flood, 0), bits, count)
    const width = 2n ** BigInt(bits)
    const scaled = drawn.map((f) => Number((f * 2n ** 40n) / width) / 2 ** 40)
    expect(Math.max(...scaled)).toBeLessThan(3)
    expect(Math.min(...scaled)).toBeGreaterThanOrEqual(-3)
    const mean = scaled.reduce((sum, f) => sum + f, 0) / count
    const deviation = Math.sqrt(scaled.reduce((sum, f) => sum + (f - mean) ** 2, 0) / count)
    // Three uniforms on [−1, 1) have variance 1.
    expect(Math.abs(mean)).toBeLessThan(0.03)
    expect(deviation).toBeGreaterThan(0.98)
    expect(deviation).toBeLessThan(1.02)
    // Kolmogorov and Smirnov against their law; one uniform of the same deviation would be 0.05 away.
    const sorted = [...scaled].sort((x, y) => x - y)
    const gap = Math.max(...sorted.map((f, i) => Math.abs(threeUniforms(f) - (i + 0.5) / count)))
    expect(gap).toBeLessThan(1.95 / Math.sqrt(count))
    // Every limb of 16 bits is as often odd as even, and takes many values.
    for (let shift = 0; shift + 16 <= bits; shift += 16) {
      const limbs = drawn.map((f) => Number(((f + 4n * width) >> BigInt(shift)) & 0xffffn))
      const odd = limbs.filter((limb) => limb % 2 === 1).length
      expect(Math.abs(odd / count - 0.5)).toBeLessThan(0.02)
      expect(new Set(limbs).size).toBeGreaterThan(20_000)
    }
  })

  test('before the drop the errors drown: without the flood they give the weights, with it nothing is left of them', () => {
    // E = B + A·s − Δ·M is what the key's owner sees; the part that is Σ W_j·e_j is known where the flood is not there.
    const tiny = { ...parameters, floodBits: 0 }
    const lowered = { ...one, parameters: tiny }
    const owner = latticeOwnerReference.key(tiny, bytesOf(4))
    const short = taskOf(lowered, owner, seal(owner, lowered, 5), 5, 9)
    const shown = (of: typeof task, params: typeof parameters) => noiseOf(of, params, head, messagesOf(one, 0))
    const small = shown(short, tiny).map(Number)
    const errors = one.maxima.map((_, j) => binomial(new Stream(bytesOf(6), tiny, purposes.error, j), 64).map(Number))
    // Σ W_j·e_j is by far the largest part of what is not drowned.
    const expected = errors[0]?.map((_, i) =>
      one.maxima.reduce((sum, _m, j) => sum + Number(head.weights[j]) * (errors[j]?.[i] as number), 0),
    )
    expect(correlation(small, expected as number[])).toBeGreaterThan(0.999)
    const drowned = shown(task, parameters).map(Number)
    expect(Math.abs(correlation(drowned, expected as number[]))).toBeLessThan(0.5)
  })
})

/** The integer nearest to zero that has these residues. */
function centredModulo(residues: readonly bigint[], primes: readonly number[]): bigint {
  const product = productOf(primes.map(BigInt))
  let sum = 0n
  primes.forEach((p, i) => {
    const others = product / BigInt(p)
    sum += mod((residues[i] as bigint) * (inverse(others, BigInt(p)) as bigint), BigInt(p)) * others
  })
  const value = mod(sum, product)
  return 2n * value > product ? value - product : value
}

/** B + A·s − Δ·M modulo Q, centred: the noise before the drop, as a key's owner who had A and B before it would see it. */
function noiseOf(
  task: Parameters<typeof unswitched>[0],
  parameters: Case['parameters'],
  head: Case['heads'][number],
  messages: readonly bigint[],
): bigint[] {
  const primes = [...parameters.kept, ...parameters.dropped]
  const { a, b } = unswitched(task, head, 0)
  const s = ternary(new Stream(bytesOf(4), parameters, purposes.secret), parameters.degree)
  const phases = primes.map((p, i) =>
    multiply(a[i] as bigint[], s, p).map((value, k) => value + ((b[i]?.[k] ?? 0n) as bigint)),
  )
  const scale = scaleOf(parameters)
  return messages.map((message, k) =>
    centredModulo(
      primes.map((p, i) => mod((phases[i]?.[k] as bigint) - scale * message, BigInt(p))),
      primes,
    ),
  )
}

function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (all: readonly number[]) => all.reduce((sum, value) => sum + value, 0) / all.length
  const [mx, my] = [mean(x), mean(y)]
  const sum = (of: (i: number) => number) => x.reduce((total, _, i) => total + of(i), 0)
  const covariance = sum((i) => ((x[i] as number) - mx) * ((y[i] as number) - my))
  return covariance / Math.sqrt(sum((i) => ((x[i] as number) - mx) ** 2) * sum((i) => ((y[i] as number) - my) ** 2))
}

/** P(X + Y + Z ≤ t) for three uniforms on [−1, 1): Irwin and Hall's. */
function threeUniforms(t: number): number {
  const x = (t + 3) / 2
  if (x <= 0) return 0
  if (x >= 3) return 1
  const choose = [1, 3, 3, 1]
  let sum = 0
  for (let k = 0; k <= Math.floor(x); k++) sum += (k % 2 === 0 ? 1 : -1) * (choose[k] as number) * (x - k) ** 3
  return sum / 6
}

/** Solves Σ_j x_j·rows[j][k] = values[k] modulo a prime, by elimination; as many equations as unknowns. */
function solve(rows: readonly (readonly bigint[])[], values: readonly bigint[], p: bigint): bigint[] {
  const n = rows.length
  const m = values.map((value, k) => [...rows.map((row) => row[k] as bigint), value])
  for (let c = 0; c < n; c++) {
    const pivot = m.findIndex((row, r) => r >= c && row[c] !== 0n)
    ;[m[c], m[pivot]] = [m[pivot] as bigint[], m[c] as bigint[]]
    const by = inverse(m[c]?.[c] as bigint, p) as bigint
    m[c] = (m[c] as bigint[]).map((value) => mod(value * by, p))
    for (let r = 0; r < n; r++) {
      if (r === c) continue
      const factor = m[r]?.[c] as bigint
      m[r] = (m[r] as bigint[]).map((value, k) => mod(value - factor * (m[c]?.[k] as bigint), p))
    }
  }
  return m.map((row) => row[n] as bigint)
}
