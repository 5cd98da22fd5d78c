import '../../../kernel/test/setup.ts'
import { describe, expect, test } from 'vitest'
import { type LatticeModule, loadLattice, loadPlainLattice } from '../../../kernel/lattice/loader.ts'
import { latticeArithmetic } from '../../../kernel/lattice/public.ts'
import { mod } from '../../number/integers.ts'
import { latticeOwnerReference } from '../../private/lattice/reference.ts'
import type { Parameters } from '../../protocol/lattice/parameters.ts'
import { primesOf, unswitched } from '../../protocol/lattice/reference.ts'
import { bytesOf, randomCase, scoreBy, seal, taskOf } from './support.ts'

/**
 * The kernel's answers before the dropped primes are divided away: the flood's lower words and the errors e_1 and e_2 are
 * gone after that, so that of an answer's bytes nobody can tell whether they were ever there.
 */

const modules = [
  ['fused', loadLattice() as LatticeModule],
  ['plain', loadPlainLattice() as LatticeModule],
] as const

/** The module, and the rows of residues as they are when the first prime is divided away from them: A and B, head by head. */
function watched(module: LatticeModule, { kept, dropped }: Parameters) {
  const seen: number[][][] = []
  const others = kept.length + dropped.length - 1
  const inAll = dropped.reduce((sum, _, k) => sum + others - k, 0)
  let calls = 0
  const instantiate = () => {
    const { functions, memory } = module.instantiate()
    const divided: typeof functions.divided = (z, rest, c, count, p, inverse) => {
      const rowAt = (at: number) => Array.from(new Float64Array(memory.buffer, at, count))
      // The last prime is divided away from all others first, so these are whole then; after that, what is left of them is less.
      const turn = calls++ % inAll
      if (turn === 0) seen.push([])
      if (turn < others) seen.at(-1)?.push(rowAt(z))
      if (turn === others - 1) seen.at(-1)?.push(rowAt(rest))
      functions.divided(z, rest, c, count, p, inverse)
    }
    return { memory, functions: { ...functions, divided } }
  }
  return { seen, module: { by: module.by, instantiate } }
}

describe.each(modules)('the %s module before the drop', (_, module) => {
  // Of n coefficients, and of slots as narrow and as wide as there are sets for, in polynomials of 64 and of more.
  test.each([
    [64, 64, 2],
    [64, 64, 7],
    [64, 64, 20],
    [64, 64, 46],
    [64, 64, 73],
    [64, 64, 120],
    [128, 64, 46],
    [128, 72, 46],
    [128, 120, 33],
    [128, 128, 40],
  ])(
    'has the residues of the reference modulo every prime: degree %i, n = %i, T = %i',
    (degree, coefficients, slotBits) => {
      const one = randomCase(degree, slotBits, slotBits < 7 ? 1 : 5, coefficients, slotBits)
      const { parameters } = one
      const key = latticeOwnerReference.key(parameters, bytesOf(slotBits + 1))
      const task = taskOf(one, key, seal(key, one, 5), 5, 9)
      const spied = watched(module, parameters)
      scoreBy(latticeArithmetic(spied.module), task)
      const primes = primesOf(parameters)
      const residues = spied.seen.map((rows) =>
        rows.map((row, i) => row.map((value) => mod(BigInt(value), BigInt(primes[i] as number)))),
      )
      const expected = task.heads.flatMap((head, h) => {
        const { a, b } = unswitched(task, head, h)
        return [a, b]
      })
      expect(residues.map((rows) => rows.map((row) => row.length))).toEqual(
        expected.map((rows) => rows.map((row) => row.length)),
      )
      const wrong = expected.flatMap((rows, k) =>
        rows.flatMap((row, i) => row.flatMap((value, at) => (residues[k]?.[i]?.[at] === value ? [] : [[k, i, at]]))),
      )
      expect(wrong).toEqual([])
    },
  )
})
