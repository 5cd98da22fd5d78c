import type { Repair } from '../../reader/repairs.ts'
import type { Suggestion } from '../../reader/suggest.ts'

/**
 * The suggestions that are still open: those of a report, less what has been said since it was made. Pairs of levels are
 * taken one by one, so a suggestion may be open in part.
 */
export function openSuggestions(suggestions: readonly Suggestion[], repairs: readonly Repair[]): Suggestion[] {
  return suggestions.flatMap((suggestion) => {
    const { repair } = suggestion
    const said = repairs.filter(({ feature, kind }) => feature === repair.feature && kind === repair.kind)
    if (repair.kind !== 'levels') return said.some((each) => same(each, repair)) ? [] : [suggestion]
    const known = new Set(said.flatMap((each) => (each.kind === 'levels' ? each.pairs.map(([text]) => text) : [])))
    const pairs = repair.pairs.filter(([text]) => !known.has(text))
    if (pairs.length === 0) return []
    if (pairs.length === repair.pairs.length) return [suggestion]
    const examples = suggestion.examples.filter(([text]) => !known.has(text))
    const count = examples.reduce((sum, [, , cells]) => sum + cells, 0)
    return [{ ...suggestion, repair: { ...repair, pairs }, examples, count }]
  })
}

function same(a: Repair, b: Repair): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
