import type { Comparison, Facts } from '../compare.ts'
import type { Gmp } from '../gmp.ts'
import type { Multiplied } from '../multiplication.ts'
import { type Operation, operations, preparations } from '../operations.ts'
import { digits, duration, type Section, times } from '../table.ts'

/** Comparisons of operations as tables to read (the lattice scheme's: `lattice.ts`). The first participant is the one that ratios are against. */

type Comparing = Comparison & { readonly engine: string }

export function operationsSection(title: string, comparison: Comparing): Section {
  const { operations: compared, participants, engine } = comparison
  const names = participants.map(({ name }) => name)
  const has = (operation: Operation) => compared.some((each) => each.operation === operation)
  return {
    title: `${title}: median time of one operation`,
    columns: ['', ...names, ...(names.includes('kernel') ? ['paillier-bigint / kernel', 'reference / kernel'] : [])],
    rows: [
      ...compared.map(({ operation, timings }) => {
        const of = (name: string) => timings.find(({ participant }) => participant === name)?.median ?? Number.NaN
        const cells = names.map((name) => (Number.isNaN(of(name)) ? '—' : duration(of(name))))
        // A block of the reference is one record: that ratio stands in the table per record.
        const theirs = operation === 'scoreBlock' ? Number.NaN : instead(comparison, names[0] ?? '', operation)
        const ratios = [times(theirs / of('kernel')), times(of('BigInt reference') / of('kernel'))]
        return [operations[operation], ...cells, ...(names.includes('kernel') ? ratios : [])]
      }),
      ...(['residueTable', 'maskTable'] as const)
        .filter((preparation) => has(preparedFor[preparation]))
        .map((preparation) => {
          const cells = participants.map(({ preparations: done }) => {
            const ms = done[preparation]
            return ms === undefined ? '—' : duration(1000 * ms)
          })
          return [`${preparations[preparation]}, once per key`, ...cells]
        }),
    ],
    notes: [
      engine,
      'Ratios where paillier-bigint has a dash are against what it does instead: encrypt, or encrypt zero for a mask.',
      ...participants.flatMap(({ name, memory }) =>
        memory === undefined || !has('residue')
          ? []
          : [`${name}: ${(memory / 2 ** 20).toFixed(1)} MiB of memory with the residue table.`],
      ),
    ],
  }
}

/** A participant's median, or that of what it does where it has no such operation. */
function instead({ operations: compared }: Comparing, name: string, operation: Operation): number {
  const median = (wanted: Operation) =>
    compared.find((each) => each.operation === wanted)?.timings.find(({ participant }) => participant === name)?.median
  const other = insteadOf[operation]
  return median(operation) ?? (other && median(other)) ?? Number.NaN
}

const insteadOf: Partial<Record<Operation, Operation>> = {
  residue: 'seal',
  sealStocked: 'seal',
  maskTable: 'maskDirect',
}

/** Which operation a preparation is for. */
const preparedFor = { residueTable: 'residue', maskTable: 'maskTable' } as const

/** A median per value of one input, or per score. */
export function perValue({ operations: compared }: Comparison, facts: Facts, operation: Operation): number {
  const timings = compared.find((each) => each.operation === operation)?.timings
  const timing = timings?.find(({ participant }) => participant === facts.name)
  return (timing?.median ?? Number.NaN) / facts.valuesPerCiphertext
}

/** All that a server computes for a record of one head. */
export function perScore(comparison: Comparison, facts: Facts, inputs: number): number {
  const per = (operation: Operation): number => perValue(comparison, facts, operation)
  // A library that checks what it loads does so when it scores.
  const checked = !facts.masksInScoring || Number.isFinite(per('check'))
  const mask = facts.masksInScoring ? 0 : per('maskTable')
  return per('scoreBlock') + mask + inputs * (checked ? per('check') : 0)
}

/** The same per value and per record: what a block costs, shared by all that it carries. */
export function perRecordSection(title: string, comparison: Comparing, inputs: number): Section {
  const { participants } = comparison
  const per = (facts: Facts, operation: Operation): number => perValue(comparison, facts, operation)
  const rows: [string, (facts: Facts) => number, (value: number) => string][] = [
    ['encrypt one value from nothing', (f) => per(f, 'seal'), duration],
    ['encrypt one value, residue in stock', (f) => per(f, 'sealStocked'), duration],
    ['decrypt one score', (f) => per(f, 'open'), duration],
    [`score one record of ${inputs} inputs`, (f) => per(f, 'scoreBlock'), duration],
    ['… checked and masked by table', (f) => perScore(comparison, f, inputs), duration],
    ['bytes up per value', (f) => f.bytesUp / f.valuesPerCiphertext, digits],
    ['bytes down per score', (f) => f.bytesDown / f.valuesPerCiphertext, digits],
  ]
  const kernel = participants.find(({ name }) => name === 'kernel')
  const others = kernel ? participants.filter((each) => each !== kernel && each.name !== 'BigInt reference') : []
  return {
    title: `${title}: per value and per record`,
    columns: ['', ...participants.map(({ name }) => name), ...others.map(({ name }) => `${name} / kernel`)],
    rows: [
      ['records per ciphertext', ...participants.map((facts) => digits(facts.valuesPerCiphertext))],
      ...rows
        .map(([name, of, shown]) => [
          name,
          ...participants.map((facts) => (Number.isFinite(of(facts)) ? shown(of(facts)) : '—')),
          ...others.map((other) => (kernel ? times(of(other) / of(kernel)) : '—')),
        ])
        .filter((row) => row.slice(1, 1 + participants.length).some((cell) => cell !== '—')),
    ],
    notes: [],
  }
}

export function multiplicationSection(timings: readonly Multiplied[], gmp: Gmp, engine: string): Section {
  const rows = timings.map(({ bits, timings: here }) => ({
    bits,
    all: [...here, ...('rows' in gmp ? gmp.rows.filter((row) => row.bits === bits) : [])],
  }))
  const names = rows[0]?.all.map(({ participant }) => participant) ?? []
  return {
    title: 'One multiplication modulo an odd number, median',
    columns: ['bits', ...names, 'kernel / GMP a*b % n'],
    rows: rows.map(({ bits, all }) => {
      const of = (name: string) => all.find(({ participant }) => participant === name)?.median ?? Number.NaN
      const ratio = of('kernel, per lane') / of('GMP a*b % n')
      return [String(bits), ...names.map((name) => duration(of(name))), times(ratio)]
    }),
    notes: [
      engine,
      'N² by parts: modulo the square of a number of half the bits, as ciphertexts are multiplied.',
      'absent' in gmp ? `No GMP: ${gmp.absent}.` : `${gmp.version}, by gmpy2: the loop around it included.`,
    ],
  }
}
