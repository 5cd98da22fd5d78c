import { expect, test } from 'vitest'
import type { Comparison } from '../compare.ts'
import type { Operation } from '../operations.ts'
import { latticeSection, withoutLattice } from '../reports/lattice.ts'

/** Medians in microseconds per item, by operation and participant. */
const medians: Partial<Record<Operation, Record<string, number>>> = {
  seal: { kernel: 600, 'node-seal 7.0 CKKS, masked': 4096, 'lattice 16384': 2000 },
  scoreBlock: { kernel: 1200, 'node-seal 7.0 CKKS, masked': 40_960, 'lattice 16384': 18_000 },
  maskTable: { kernel: 1800 },
  check: { kernel: 30, 'lattice 16384': 1000 },
  open: { kernel: 3000, 'node-seal 7.0 CKKS, masked': 8192, 'lattice 16384': 10_000 },
}
const facts = (name: string, valuesPerCiphertext: number, bytesUp: number, masksInScoring: boolean) => ({
  name,
  valuesPerCiphertext,
  bytesUp,
  bytesDown: 1,
  masksInScoring,
  preparations: {},
})
const comparison: Comparison & { engine: string } = {
  engine: 'fused',
  wrong: [],
  participants: [
    facts('kernel', 60, 600, false),
    facts('node-seal 7.0 CKKS, masked', 4096, 131_072, true),
    facts('lattice 16384', 20_000, 180_000, true),
  ],
  operations: Object.entries(medians).map(([operation, all]) => ({
    operation: operation as Operation,
    timings: Object.entries(all).map(([participant, median]) => ({
      participant,
      median,
      least: median,
      most: median,
      rounds: 1,
      itemsPerRound: 1,
    })),
  })),
}

test('the lattice scheme’s table has a line each, and how many times as long its peers take', () => {
  const { columns, rows } = latticeSection('Here', comparison, 2)
  expect(columns.slice(1, 4)).toEqual(['seal a value', 'kernel / it', 'masked CKKS / it'])
  // 600/60 and 4096/4096 over 2000/20000; with two checks a record, and the kernel's mask, (1200 + 1800 + 2·30)/60 = 51 over 1.
  expect(rows).toEqual([
    ['lattice 16384', '100 ns', '100×', '10×', '1 µs', '51×', '10×', '500 ns', '100×', '4×', '9', '1.11×', '3.56×'],
  ])
})

test('it is left out of the tables of the others, whose ratios stay', () => {
  expect(withoutLattice(comparison).participants.map(({ name }) => name)).toEqual([
    'kernel',
    'node-seal 7.0 CKKS, masked',
  ])
})

test('where a server alone is compared, what it does not do has no column', () => {
  const server = {
    ...comparison,
    operations: comparison.operations.filter(({ operation }) => !['seal', 'open'].includes(operation)),
  }
  const { columns } = latticeSection('There', server, 2)
  expect(columns.filter((column) => /seal|open/.test(column))).toEqual([])
})
