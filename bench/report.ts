import { availableParallelism } from 'node:os'
import type { Tried } from './ckks/parameters.ts'
import type { Parameters } from './ckks/scheme.ts'
import type { Comparison, Facts } from './compare.ts'
import type { Gmp } from './gmp.ts'
import type { Journey } from './journeys/all.ts'
import type { Multiplied } from './multiplication.ts'
import { type Operation, operations, preparations } from './operations.ts'
import type { Size } from './sizes.ts'
import { bytes, digits, duration, type Section, share, times } from './table.ts'

/** Every part's data as a table to read. The first participant is the one that ratios are against. */

type Comparing = Comparison & { readonly engine: string }

export function operationsSection(title: string, { operations: compared, participants, engine }: Comparing): Section {
  const names = participants.map(({ name }) => name)
  return {
    title: `${title}: median time of one operation`,
    columns: ['', ...names, ...(names.includes('kernel') ? ['paillier-bigint / kernel', 'twin / kernel'] : [])],
    rows: [
      ...compared.map(({ operation, timings }) => {
        const of = (name: string) => timings.find(({ participant }) => participant === name)?.median ?? Number.NaN
        const cells = names.map((name) => (Number.isNaN(of(name)) ? '—' : duration(of(name))))
        const ratios = [times(of(names[0] ?? '') / of('kernel')), times(of('BigInt twin') / of('kernel'))]
        return [operations[operation], ...cells, ...(names.includes('kernel') ? ratios : [])]
      }),
      ...(['residueTable', 'maskTable'] as const)
        .filter((preparation) => compared.some(({ operation }) => operation === preparedFor[preparation]))
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
      ...participants.flatMap(({ name, memory }) =>
        memory === undefined ? [] : [`${name}: ${(memory / 2 ** 20).toFixed(1)} MiB of memory with the residue table.`],
      ),
    ],
  }
}

/** Which operation a preparation is for. */
const preparedFor = { residueTable: 'residue', maskTable: 'maskTable' } as const

/** The same per value and per record: what a block costs, shared by all that it carries. */
export function perRecordSection(title: string, comparison: Comparing, inputs: number): Section {
  const { participants } = comparison
  const median = (facts: Facts, operation: Operation): number =>
    comparison.operations
      .find((each) => each.operation === operation)
      ?.timings.find(({ participant }) => participant === facts.name)?.median ?? Number.NaN
  const rows: [string, (facts: Facts) => number, (value: number) => string][] = [
    ['records per ciphertext', (f) => f.valuesPerCiphertext, digits],
    ['encrypt one value from nothing', (f) => median(f, 'seal') / f.valuesPerCiphertext, duration],
    ['encrypt one value, residue in stock', (f) => median(f, 'sealStocked') / f.valuesPerCiphertext, duration],
    ['decrypt one score', (f) => median(f, 'open') / f.valuesPerCiphertext, duration],
    [`score one record of ${inputs} inputs`, (f) => median(f, 'scoreBlock') / f.valuesPerCiphertext, duration],
    ['… checked and masked by table', (f) => served(f, median, inputs), duration],
    ['bytes up per value', (f) => f.bytesUp / f.valuesPerCiphertext, digits],
    ['bytes down per score', (f) => f.bytesDown / f.valuesPerCiphertext, digits],
  ]
  const kernel = participants.find(({ name }) => name === 'kernel')
  const [first] = participants
  const last = participants.at(-1)
  const against = (of: (facts: Facts) => number, other: Facts | undefined): string =>
    kernel && other ? times(of(other) / of(kernel)) : '—'
  return {
    title: `${title}: per value and per record`,
    columns: ['', ...participants.map(({ name }) => name), 'paillier-bigint / kernel', `${last?.name} / kernel`],
    rows: rows
      .map(([name, of, shown]) => {
        const cells = participants.map((facts) => (Number.isFinite(of(facts)) ? shown(of(facts)) : '—'))
        return [name, ...cells, against(of, first), against(of, last)]
      })
      .filter((row) => row.slice(1, 1 + participants.length).some((cell) => cell !== '—')),
    notes: [],
  }
}

function served(facts: Facts, median: (facts: Facts, operation: Operation) => number, inputs: number): number {
  return (
    (median(facts, 'scoreBlock') + median(facts, 'maskTable') + inputs * median(facts, 'check')) /
    facts.valuesPerCiphertext
  )
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

export function parametersText({ degree, primes, inputScale, weightScale, rescale, compression }: Parameters): string {
  const scales = `2^${inputScale}·2^${weightScale}${rescale ? ', rescaled' : ''}`
  return `N ${degree}, primes ${primes.join('+')}, scales ${scales}${compression === 'none' ? '' : `, ${compression}`}`
}

export function ckksSection(tried: readonly Tried[], chosen: Tried | null, tolerance: number): Section {
  return {
    title: 'CKKS parameters tried on real records (node-seal 5.1, Node)',
    columns: ['', 'records', 'bytes up per value', 'largest error', 'head-room', 'verdict'],
    rows: tried.map((each) => {
      const { parameters, secure, error, bytesPerValue, headroom } = each
      const verdict = !secure
        ? 'below 128 bits'
        : error === null
          ? 'refused'
          : !(error <= tolerance)
            ? 'misses the tolerance'
            : headroom < 0
              ? 'may wrap'
              : each === chosen
                ? 'cheapest: compared'
                : 'fits'
      const shown = error === null ? '—' : error.toExponential(1)
      return [
        parametersText(parameters),
        each.records.toLocaleString('en-US'),
        digits(bytesPerValue ?? Number.NaN),
        shown,
        `${headroom.toFixed(1)} bits`,
        verdict,
      ]
    }),
    notes: [
      `To fit: SEAL’s 128-bit security, an error of at most ${tolerance} on the linear predictor, and no wrap for any record that the card allows.`,
      'Not counted against CKKS: its answers are not masked. Hiding the weights in noise as well as the other schemes do takes some 40 more bits of modulus.',
    ],
  }
}

export function journeysSection(journeys: readonly Journey[]): Section {
  const cores = availableParallelism()
  const seconds = (ms: number | null) => (ms === null ? '—' : `${(ms / 1000).toFixed(2)} s`)
  return {
    title: 'Whole journeys in Chromium, from the click to the scores',
    columns: [
      '',
      'uplink',
      'looked',
      'wall',
      'records/s',
      'seal',
      'open',
      'server computes',
      'arithmetic',
      'processor',
      'renderer',
      'other browser',
      'server',
      'up',
      'down',
      'in stock',
      'largest error',
    ],
    rows: journeys.map((journey) => {
      const { elapsed, seal, open, compute, serverCpu, browserCpu } = journey
      const all = cores * elapsed
      const browser = 1000 * Object.values(browserCpu).reduce((sum, each) => sum + each, 0)
      const renderer = 1000 * (browserCpu.renderer ?? 0)
      return [
        `${journey.records.toLocaleString('en-US')} records, ${journey.scheme}`,
        journey.uplink === null ? 'free' : `${journey.uplink / 1e6} Mbit/s`,
        `${journey.look} s`,
        seconds(elapsed),
        digits((1000 * journey.records) / elapsed),
        seconds(seal),
        seconds(open),
        seconds(compute),
        compute === null ? `${share((seal + open) / all)} + server` : share((seal + open + compute) / all),
        serverCpu === null ? '—' : share((browser + serverCpu) / all),
        seconds(renderer),
        seconds(browser - renderer),
        seconds(serverCpu),
        bytes(journey.bytesUp),
        bytes(journey.bytesDown),
        journey.stocked === null || !journey.ciphertexts ? '—' : share(journey.stocked / journey.ciphertexts),
        journey.error.toExponential(1),
      ]
    }),
    notes: [
      `Arithmetic is the time that workers seal and open and the server’s threads compute, over ${cores} cores × wall; processor, what browser and server took of it.`,
      ...(journeys.some(({ scheme, compute }) => scheme === 'product' && compute === null)
        ? [
            'This server does not count its threads’ compute time (blindscore_compute_seconds_total): its processor time is shown.',
          ]
        : []),
      'The key is there before the click. CKKS starts from records that are already read and encoded: its journey has no CSV.',
      'Uplinks are held back by the browser’s own network emulation; a journey that sends faster than its uplink counts as wrong.',
    ],
  }
}

export function sizesSection(sizes: readonly Size[]): Section {
  return {
    title: 'Sizes',
    columns: ['', 'bytes', 'gzip', 'limit', ''],
    rows: sizes.map(({ what, bytes: plain, gzip, limit, limited }) => {
      const fits = (limited === 'gzip' ? gzip : plain) <= limit
      return [what, bytes(plain), bytes(gzip), `${bytes(limit)} ${limited}`, fits ? 'fits' : 'too large']
    }),
    notes: [],
  }
}
