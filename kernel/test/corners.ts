import { adversarialModuli, Bench, corners, widths } from './harness.ts'

/**
 * Every pair of corner values, modulo every pair of adversarial moduli, at every width: multiply, square, and their lifted
 * forms against BigInt. Runs in Node and in a browser; returns how many results were compared and which were wrong.
 */
export function compareCorners(most: number): { compared: number; wrong: string[] } {
  let compared = 0
  const wrong: string[] = []
  const same = (what: string, a: bigint, b: bigint) => {
    compared++
    if (a !== b) wrong.push(what)
  }
  for (const bits of widths.filter((width) => width <= most)) {
    const moduli = adversarialModuli(bits)
    moduli.forEach((n, i) => {
      const bench = new Bench(bits, [n, moduli[(i + 1) % moduli.length] as bigint])
      const { functions, limbs, r } = bench
      const [x, y, z] = [0, 1, 2].map(() => bench.room(2 * limbs)) as [number, number, number]
      const [first, second] = bench.moduli.map((m) => corners(m, bits)) as [bigint[], bigint[]]
      first.forEach((a, j) => {
        for (let k = 0; k < first.length; k++) {
          const left: [bigint, bigint] = [a, second[j % second.length] as bigint]
          const right: [bigint, bigint] = [first[k] as bigint, second[(k + j) % second.length] as bigint]
          bench.put(x, limbs, left)
          bench.put(y, limbs, right)
          functions.multiply(z, x, y)
          const product = bench.get(z, limbs)
          functions.square(z, x)
          const squared = bench.get(z, limbs)
          bench.moduli.forEach((m, lane) => {
            const [a, b] = [left[lane] as bigint, right[lane] as bigint]
            same(`multiply ${bits}`, ((product[lane] as bigint) * r) % m, (a * b) % m)
            same(`square ${bits}`, ((squared[lane] as bigint) * r) % m, (a * a) % m)
          })
          if (bits > 4096) continue
          bench.put(x + 16 * limbs, limbs, right)
          bench.put(y + 16 * limbs, limbs, left)
          functions.liftMultiply(z, x, y)
          const lifted = bench.getLifted(z)
          functions.liftSquare(z, x)
          const liftedSquare = bench.getLifted(z)
          bench.moduli.forEach((m, lane) => {
            const [low, high] = [left[lane] as bigint, right[lane] as bigint]
            const [a, b] = [low + high * m, high + low * m]
            same(`liftMultiply ${bits}`, ((lifted[lane] as bigint) * r) % m ** 2n, (a * b) % m ** 2n)
            same(`liftSquare ${bits}`, ((liftedSquare[lane] as bigint) * r) % m ** 2n, (a * a) % m ** 2n)
          })
        }
      })
    })
  }
  return { compared, wrong }
}
