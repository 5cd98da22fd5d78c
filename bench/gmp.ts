import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { widths } from './multiplication.ts'
import { inRoot } from './root.ts'
import { type Pace, spread, type Timing } from './timing.ts'

type Printed =
  | { readonly absent: string }
  | { readonly version: string; readonly rows: { bits: number; method: 'product' | 'power'; samples: number[] }[] }

export type Gmp =
  | { readonly absent: string }
  | { readonly version: string; readonly rows: (Timing & { bits: number })[] }

const names = { product: 'GMP a*b % n', power: 'GMP powm, per squaring' } as const

/** Native GMP by the system's Python, where it has gmpy2; else why not. */
export async function timeGmp({ rounds, sampleMs }: Pace): Promise<Gmp> {
  const args = [inRoot('bench/gmp.py'), rounds, sampleMs, ...widths].map(String)
  for (const python of ['/usr/bin/python3', 'python3']) {
    const printed = await promisify(execFile)(python, args).then(
      ({ stdout }) => JSON.parse(stdout) as Printed,
      (thrown: NodeJS.ErrnoException) => {
        if (thrown.code === 'ENOENT') return null
        throw thrown
      },
    )
    if (printed === null) continue
    if ('absent' in printed) return printed
    const rows = printed.rows.map(({ bits, method, samples }) => ({
      bits,
      participant: names[method],
      ...spread(samples),
      rounds,
      itemsPerRound: Number.NaN,
    }))
    return { version: printed.version, rows }
  }
  return { absent: 'there is no python3' }
}
