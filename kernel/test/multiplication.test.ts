import './setup.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adversarialModuli, Bench, corners, inverse, power, random, randomBits, widths } from './harness.ts'

const runs = process.env.SLOW ? 400 : 12
const each = [0, 1] as const

describe.each(widths)('modulo N of %i bits', (bits) => {
  const moduli = adversarialModuli(bits)

  test('multiply, square and reduce are BigInt’s, in range, at every corner', () => {
    moduli.forEach((n, i) => {
      const bench = new Bench(bits, [n, moduli[(i + 1) % moduli.length] as bigint])
      const values = bench.moduli.map((m) => corners(m, bits))
      const [x, y, z] = each.concat(0).map(() => bench.room(bench.limbs)) as [number, number, number]
      for (let round = 0; round < runs * 2; round++) {
        const pick = () => values.map((of) => of[Math.floor(Math.random() * of.length)]) as [bigint, bigint]
        const [a, b] = [pick(), pick()]
        bench.put(x, bench.limbs, a)
        bench.put(y, bench.limbs, b)
        bench.functions.multiply(z, x, y)
        const product = bench.get(z, bench.limbs)
        bench.functions.square(z, x)
        const squared = bench.get(z, bench.limbs)
        bench.functions.reduce(z, x, bench.limbs)
        const reduced = bench.get(z, bench.limbs)
        for (const lane of each) {
          const m = bench.moduli[lane]
          for (const result of [product, squared, reduced]) expect(result[lane] < 2n * m).toBe(true)
          expect((product[lane] * bench.r) % m).toBe((a[lane] * b[lane]) % m)
          expect((squared[lane] * bench.r) % m).toBe((a[lane] * a[lane]) % m)
          expect((reduced[lane] * bench.r) % m).toBe(a[lane] % m)
        }
      }
    })
  })

  test('sums of several results may be multiplied as they are', () => {
    const n = moduli[0] as bigint
    const bench = new Bench(bits, [n, moduli[1] as bigint])
    const high = bench.moduli.map((m) => 8n * m - 1n) as [bigint, bigint]
    const z = bench.room(bench.limbs)
    bench.functions.multiply(z, bench.place(bench.limbs, high), bench.place(bench.limbs, high))
    bench.get(z, bench.limbs).forEach((value, lane) => {
      const m = bench.moduli[lane] as bigint
      expect(value < 2n * m).toBe(true)
      expect((value * bench.r) % m).toBe((high[lane] as bigint) ** 2n % m)
    })
  })
})

describe.each(widths.filter((bits) => bits <= 4096))('modulo N², N of %i bits', (bits) => {
  const moduli = adversarialModuli(bits)

  test('lifted multiply, square, lift and join are BigInt’s, in range, at every corner', () => {
    moduli.forEach((n, i) => {
      const bench = new Bench(bits, [n, moduli[(i + 1) % moduli.length] as bigint])
      const { functions, limbs, r } = bench
      const values = bench.moduli.map((m) => corners(m, bits))
      const z = bench.room(2 * limbs)
      const w = bench.room(2 * limbs)
      for (let round = 0; round < runs; round++) {
        const any = (lane: number) => {
          const of = values[lane] as bigint[]
          return [0, 0].map(() => of[Math.floor(Math.random() * of.length)]) as [bigint, bigint]
        }
        const x = bench.placeLifted([any(0), any(1)])
        bench.room(2 * limbs)
        const y = bench.placeLifted([any(0), any(1)])
        bench.room(2 * limbs)
        const [a, b] = [bench.getLifted(x), bench.getLifted(y)]
        functions.liftMultiply(z, x, y)
        const product = bench.getLifted(z)
        functions.liftSquare(z, x)
        const squared = bench.getLifted(z)
        functions.join(w, z)
        const joined = bench.get(w, 2 * limbs)
        const plain = bench.moduli.map((m) => randomBits(2 * bits) % (m * m)) as [bigint, bigint]
        functions.lift(z, bench.put(w, 2 * limbs, plain))
        const lifted = bench.getLifted(z)
        for (const lane of each) {
          const m = bench.moduli[lane] ** 2n
          expect((product[lane] * r) % m).toBe((a[lane] * b[lane]) % m)
          expect((squared[lane] * r) % m).toBe((a[lane] * a[lane]) % m)
          expect(joined[lane]).toBe(squared[lane] % m)
          expect((lifted[lane] * r) % m).toBe(plain[lane])
        }
      }
    })
  })

  test.skipIf(bits > 1024 && !process.env.SLOW)('powers with another exponent in each lane', () => {
    const bench = new Bench(bits, [moduli[0] as bigint, moduli[5] as bigint])
    const { functions, limbs, r } = bench
    const length = Math.ceil(bits / 8)
    const bases = bench.moduli.map((m) => [randomBits(bits) % m, randomBits(bits) % m]) as [
      [bigint, bigint],
      [bigint, bigint],
    ]
    const x = bench.placeLifted(bases)
    bench.room(2 * limbs)
    const exponents = [random(length), random(length)]
    const e = bench.room(Math.ceil(length / 4))
    const z = bench.room(2 * limbs)
    const scratch = bench.room(functions.powerBytes(limbs) / 16)
    exponents.forEach((bytes, lane) => {
      bench.bytes(e + lane * length, length).set(bytes)
    })
    const before = bench.getLifted(x)
    functions.power(z, x, e, length, scratch)
    bench.getLifted(z).forEach((value, lane) => {
      const m = (bench.moduli[lane] as bigint) ** 2n
      const unit = inverse(r, m)
      const exponent = BigInt(`0x${Buffer.from(exponents[lane] as Uint8Array).toString('hex')}`)
      expect((value * unit) % m).toBe(power(((before[lane] as bigint) * unit) % m, exponent, m))
    })
  })
})

test('bytes become limbs and limbs bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 700 }), fc.integer({ min: 0, max: 1 }), (bytes, lane) => {
      const limbs = Math.ceil((8 * bytes.length) / 51)
      const bench = new Bench(64, [2n ** 64n - 59n, 2n ** 63n + 29n])
      const from = bench.room(50)
      const to = bench.room(50)
      const x = bench.place(limbs, [0n, 0n])
      bench.bytes(from, bytes.length).set(bytes)
      bench.functions.readBytes(x, limbs, lane, from, bytes.length)
      const value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
      expect(bench.get(x, limbs)).toEqual(lane === 0 ? [value, 0n] : [0n, value])
      bench.functions.writeBytes(to, bytes.length, x, limbs, lane)
      expect(bench.bytes(to, bytes.length)).toEqual(bytes)
      expect(bench.bytes(to + bytes.length, 8)).toEqual(new Uint8Array(8))
    }),
    { numRuns: process.env.SLOW ? 2000 : 150 },
  )
})
