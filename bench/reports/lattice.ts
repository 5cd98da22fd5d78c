import type { Comparison, Facts } from '../compare.ts'
import { digits, duration, type Section, times } from '../table.ts'
import { perScore, perValue } from './comparison.ts'

type Comparing = Comparison & { readonly engine: string }

export const isLattice = ({ name }: { readonly name: string }): boolean => name.startsWith('lattice ')

/** The comparison of the others alone: the lattice scheme's sizes and heads would make those tables too wide to read. */
export function withoutLattice(comparison: Comparing): Comparing {
  return { ...comparison, participants: comparison.participants.filter((each) => !isLattice(each)) }
}

/**
 * The lattice scheme at each block size and number of heads, a line each: what a value, a record and its scores take, and how
 * many times as long they take the Paillier kernel and masked CKKS, whose blocks are always full and have one head.
 */
export function latticeSection(title: string, comparison: Comparing, inputs: number): Section {
  const { participants } = comparison
  const peers = [
    { shown: 'kernel', facts: participants.find(({ name }) => name === 'kernel') },
    { shown: 'masked CKKS', facts: participants.find(({ name }) => name.endsWith('CKKS, masked')) },
  ]
  const measures: readonly { what: string; of: (facts: Facts) => number }[] = [
    { what: 'seal a value', of: (facts) => perValue(comparison, facts, 'seal') },
    { what: 'check, score, mask a record', of: (facts) => perScore(comparison, facts, inputs) },
    { what: 'open its scores', of: (facts) => perValue(comparison, facts, 'open') },
    { what: 'bytes up a value', of: (facts) => facts.bytesUp / facts.valuesPerCiphertext },
  ]
  const measured = measures.filter(({ of }) =>
    participants.some((facts) => isLattice(facts) && Number.isFinite(of(facts))),
  )
  const shown = (what: string, value: number): string => {
    if (!Number.isFinite(value)) return '—'
    return what.startsWith('bytes') ? digits(value) : duration(value)
  }
  return {
    title: `${title}: the lattice scheme by block size and heads`,
    columns: ['', ...measured.flatMap(({ what }) => [what, ...peers.map((peer) => `${peer.shown} / it`)])],
    rows: participants
      .filter(isLattice)
      .map((facts) => [
        facts.name,
        ...measured.flatMap(({ what, of }) => [
          shown(what, of(facts)),
          ...peers.map((peer) => (peer.facts ? times(of(peer.facts) / of(facts)) : '—')),
        ]),
      ]),
    notes: [
      'The kernel is ours, for Paillier; CKKS is node-seal as shipped, so that ratios with it are of library and scheme together.',
      '8192 with 1 a coefficient is the control: the same kernel without the packing of several records into a coefficient.',
      'Sealing is a request from integers to bytes: seed, expansion, errors, blanks, fields. A key is made once a run.',
      'Of several heads, a record is scored by all of them and has that many scores to open; what it is set beside has one.',
    ],
  }
}
