import { type Card, columnAt } from '../core/card/card.ts'
import type { Decision } from '../core/card/encode.ts'
import { givenValues } from './givenValues.ts'
import type { PolicyCount } from './notes.ts'
import type { Plan } from './plan.ts'

const mostExamples = 4

export class PolicyCounts {
  readonly #card: Card
  readonly #counts = new Map<string, { column: number; decision: Decision; count: number; examples: Set<string> }>()

  constructor(card: Card) {
    this.#card = card
  }

  /** Takes note of what was decided of a record that is scored, and of its cells, one per feature. */
  note(decisions: readonly (Decision | null)[], cells: readonly string[]): void {
    for (let column = 0; column < decisions.length; column++) {
      const decision = decisions[column]
      if (!decision) continue
      const key = `${column} ${decision}`
      const known = this.#counts.get(key) ?? { column, decision, count: 0, examples: new Set() }
      this.#counts.set(key, known)
      known.count += 1
      const cell = (cells[column] ?? '').trim()
      if (cell !== '' && known.examples.size < mostExamples) known.examples.add(cell.slice(0, 40))
    }
  }

  counts(): PolicyCount[] {
    return [...this.#counts.values()]
      .sort((a, b) => a.column - b.column)
      .map(({ column, decision, count, examples }) => ({
        column,
        name: columnAt(this.#card, column)?.name ?? '',
        decision,
        as: countsAs(this.#card, column, decision),
        count,
        examples: [...examples],
      }))
  }
}

/** What was given for records that are scored, where the file has no column: counted as policies are. */
export function givenCounts({ card, repairs }: Pick<Plan, 'card' | 'repairs'>, records: number): PolicyCount[] {
  if (records === 0) return []
  return [...givenValues(repairs)].flatMap(([column, text]) =>
    // What is missing in all of them is counted by the policy for that.
    text === ''
      ? []
      : [
          {
            column,
            name: columnAt(card, column)?.name ?? '',
            decision: 'given',
            as: text,
            count: records,
            examples: [],
          },
        ],
  )
}

/** What a value of a column counts as after a decision: a number or level as the card has it, or null. */
export function countsAs(card: Card, column: number, decision: Decision): string | null {
  const found = columnAt(card, column)
  if (!found) return null
  if (found.type === 'number' && (decision === 'below' || decision === 'above')) {
    const [low, high] = found.ends ?? [found.min, found.max]
    return String(decision === 'below' ? low : high)
  }
  if (found.type === 'category' && decision === 'unknown') {
    if (found.unknown === 'reference') return referenceOf(card, column)
    if (typeof found.unknown === 'object') return found.unknown.level
  }
  return found.missing.policy === 'impute' ? found.missing.value : null
}

/** The one level of a category without an indicator of its own, or null where all have one. */
function referenceOf(card: Card, column: number): string | null {
  const found = columnAt(card, column)
  if (found?.type !== 'category') return null
  const indicated = new Set(
    card.inputs.flatMap((input) => (input.kind === 'level' && input.column === column ? [input.level] : [])),
  )
  const free = found.levels.filter((_, level) => !indicated.has(level))
  return indicated.size > 0 && free.length === 1 ? (free[0] as string) : null
}
