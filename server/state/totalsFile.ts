import { asBlindscoreError } from '../../core/errors.ts'
import type { Log } from '../log.ts'
import { readTotals, type Totals, writeTotals } from './budgetLines.ts'

/** What was used for ever, in its file, as this process saw it last. */
export class TotalsFile {
  readonly #folder: string
  readonly #log: Log
  #seen: Totals | null = null

  constructor(folder: string, log: Log) {
    this.#folder = folder
    this.#log = log
  }

  /**
   * What the file holds. Where it was altered, taken away or put back since this process saw it, it is again what that saw, and the log
   * says so. Throws as {@link readTotals} does.
   */
  async read(): Promise<Totals> {
    const seen = this.#seen
    const found = await readTotals(this.#folder).catch((thrown: unknown) => {
      if (seen === null || asBlindscoreError(thrown).fault !== 'budgetsShape') throw thrown
      return null
    })
    if (found !== null && (seen === null || isSameOrLater(found, seen))) {
      this.#seen = found
      return found
    }
    if (seen === null) return { folded: 0, used: [] }
    this.#log.error(
      { code: 'server/store-gone', file: 'totals.json' },
      'what was used for ever was altered or put back: it is again what this process knew',
    )
    await writeTotals(this.#folder, seen)
    return seen
  }

  /** Writes them, unless somebody else has come further than they were made from. */
  async replace(before: Totals, after: Totals): Promise<void> {
    if ((await readTotals(this.#folder)).folded === before.folded) await writeTotals(this.#folder, after)
    this.#seen = await readTotals(this.#folder)
  }
}

/** Of one hour all processes have the same. */
function isSameOrLater(found: Totals, seen: Totals): boolean {
  return found.folded > seen.folded || (found.folded === seen.folded && textOf(found) === textOf(seen))
}

function textOf({ used }: Totals): string {
  const each = used.map(({ principal, model, card, answers, records, slots }) =>
    JSON.stringify([principal, model, card, answers, records, slots]),
  )
  return each.sort().join('\n')
}
