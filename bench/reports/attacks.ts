import { at, p95Ratio } from '../attacks/honest.ts'
import type { Measured } from '../attacks/measure.ts'
import { digits, type Section, times } from '../table.ts'

/** What attacks do to an honest client, as a table to read. */
export function attacksSection(measured: readonly Measured[]): Section {
  return {
    title: 'One chunk of four blocks while others attack, on this machine',
    columns: [
      'attack',
      'answered',
      'failed',
      'p50, ms',
      'p95, ms',
      'alone p50',
      'p95',
      'p95 ratio',
      'health p95',
      'loop late p99',
      'most',
      'MiB before',
      'under',
      'its answers',
    ],
    rows: measured.map(({ load, under, alone, loopLate, memory, answers }) => [
      load,
      String(under.ms.length),
      String(under.failed),
      digits(at(under.ms, 0.5)),
      digits(at(under.ms, 0.95)),
      digits(at(alone.ms, 0.5)),
      digits(at(alone.ms, 0.95)),
      times(p95Ratio(under, alone)),
      digits(at(under.healthMs, 0.95)),
      digits(loopLate.p99),
      digits(loopLate.most),
      digits(memory.before),
      digits(memory.under),
      Object.entries(answers)
        .map(([answer, count]) => `${count} × ${answer}`)
        .join(', '),
    ]),
    notes: [
      'Attacks come from addresses of their own; "alone" is the same client just before and after, so a ratio is of one run.',
      '"Loop late": milliseconds by which the server’s event loop came too late under the load, as the server itself measures it.',
      'The load, the honest client and the server share this machine’s cores, so that a ratio is not below what the load’s own process takes.',
    ],
  }
}
