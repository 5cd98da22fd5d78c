import { asBlindscoreError } from '../../core/errors.ts'
import type { Log } from '../log.ts'
import { noTotals, readTotals, type Totals, writeTotals } from './budgetLines.ts'

/** What was used for ever, in its file, as this process saw it last. */
export class TotalsFile {
  readonly #folder: string
  readonly #log: Log
  #seen: Totals | null = null

  constructor(folder: string, log: Log) {
    this.#folder = folder
    this.#log = log
  }

  /** Has the file be there, so that it is missed where it goes. `known`: whether it was there before. */
  async begin(known: boolean): Promise<void> {
    if ((await readTotals(this.#folder)) !== null) return
    if (known)
      this.#log.error(
        { code: 'server/store-gone', file: 'totals.json' },
        'what was used for ever is not there any more: it is counted anew',
      )
    await writeTotals(this.#folder, noTotals)
  }

  /**
   * What the file holds. Where it was altered, taken away or put back since this process saw it, it is again what that saw, and the log
   * says so. Throws as {@link readTotals} does.
   */
  async read(): Promise<Totals> {
    const seen = this.#seen
    const found = await this.#found().catch((thrown: unknown) => {
      if (seen === null || asBlindscoreError(thrown).fault !== 'budgetsShape') throw thrown
      return null
    })
    if (seen === null || (found !== null && isSameOrLater(found, seen))) {
      this.#seen = found
      return found ?? noTotals
    }
    this.#log.error(
      { code: 'server/store-gone', file: 'totals.json' },
      'what was used for ever was altered or put back: it is again what this process knew',
    )
    await writeTotals(this.#folder, seen)
    return seen
  }

  /** Writes them, unless somebody else has come further than they were made from. */
  async replace(before: Totals, after: Totals): Promise<void> {
    if ((await this.#found()).folded === before.folded) await writeTotals(this.#folder, after)
    this.#seen = await this.#found()
  }

  async #found(): Promise<Totals> {
    return (await readTotals(this.#folder)) ?? noTotals
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
