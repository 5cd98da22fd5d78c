import { availableParallelism } from 'node:os'
import { objection, type Tried } from '../ckks/parameters.ts'
import type { Parameters } from '../ckks/scheme.ts'
import type { Journey } from '../journeys/all.ts'
import type { Size } from '../sizes.ts'
import { bytes, digits, type Section, share } from '../table.ts'

/** CKKS's parameters, whole journeys and sizes as tables to read. */

function parametersText({ degree, primes, inputScale, weightScale, rescale, masked, compression }: Parameters): string {
  const mask = masked ? ', masked' : ''
  const scales = `2^${inputScale}·2^${weightScale}${rescale ? ', rescaled' : ''}`
  return `N ${degree}, primes ${primes.join('+')}, scales ${scales}${mask}${compression === 'none' ? '' : `, ${compression}`}`
}

export function ckksSection(tried: readonly Tried[], chosen: readonly Tried[], tolerance: number): Section {
  return {
    title: 'CKKS parameters tried on real records (node-seal 5.1, Node)',
    columns: ['', 'records', 'bytes up per value', 'largest error', 'head-room', 'hidden by', 'verdict'],
    rows: tried.map((each) => {
      const { parameters, error, bytesPerValue, headroom, hidden } = each
      const verdict = objection(each, tolerance) ?? (chosen.includes(each) ? 'cheapest: compared' : 'fits')
      const shown = error === null ? '—' : error.toExponential(1)
      return [
        parametersText(parameters),
        each.records.toLocaleString('en-US'),
        digits(bytesPerValue ?? Number.NaN),
        shown,
        `${headroom.toFixed(1)} bits`,
        hidden === null ? '—' : `${hidden.toFixed(0)} bits`,
        verdict,
      ]
    }),
    notes: [
      `To fit: SEAL’s 128-bit security, an error of at most ${tolerance} on the linear predictor, and no wrap for any record that the card allows.`,
      'Unmasked, an answer gives the weights to the client by linear algebra; masked, it hides them as the other schemes do, to 40 bits.',
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
        journey.precomputed === null || !journey.ciphertexts ? '—' : share(journey.precomputed / journey.ciphertexts),
        journey.error.toExponential(1),
      ]
    }),
    notes: [
      `Arithmetic is the time that workers seal and open and the server’s threads compute, over ${cores} cores × wall; processor, what browser and server took of it.`,
      ...(journeys.some(({ scheme, compute }) => scheme.startsWith('product') && compute === null)
        ? [
            'This server does not count its threads’ compute time (blindscore_compute_seconds_total): its processor time is shown.',
          ]
        : []),
      'Paillier’s key is there before the click, the lattice scheme’s is made after it. CKKS starts from records that are already read and encoded: its journey has no CSV.',
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
