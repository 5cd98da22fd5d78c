import type { CheckReport, ProblemGroup } from '../../reader/check.ts'
import type { Suggestion } from '../../reader/suggest.ts'

/** A group of problems, with the suggestions that stand with it. */
export interface MendableGroup {
  readonly group: ProblemGroup
  readonly suggestions: readonly Suggestion[]
}

/** The groups of a report, those with suggestions first. */
export function mendableFirst(
  { groups }: Pick<CheckReport, 'groups'>,
  suggestions: readonly Suggestion[],
): MendableGroup[] {
  // What mends a column's cells stands with the first of its problems that it can be about.
  const home = (feature: number) =>
    groups.find((group) => group.feature === feature && /not-a-number|level|near/.test(group.code)) ??
    groups.find((group) => group.feature === feature)
  return groups
    .map((group) => ({ group, suggestions: suggestions.filter(({ repair }) => home(repair.feature) === group) }))
    .sort((a, b) => Number(b.suggestions.length > 0) - Number(a.suggestions.length > 0))
}
