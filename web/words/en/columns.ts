import type { Feature } from '../../../core/card/card.ts'

const mostLevels = 30

/** A feature's allowed values in words: "0 to 60 years, whole numbers", or its levels. */
function allowed(feature: Feature): string {
  if (feature.type === 'category') {
    const shown = feature.levels.slice(0, mostLevels).join(', ')
    const more = feature.levels.length - mostLevels
    return more > 0 ? `${shown} and ${more} more` : shown
  }
  const { min, max, unit, places, finer } = feature
  const range = `${min} to ${max}${unit ? ` ${unit}` : ''}`
  // More decimals than the step has are taken, and change no score beyond the tolerance.
  if (finer === 'nearest') return range
  if (places === 0) return `${range}, whole numbers`
  return places > 0 ? `${range}, ${places} ${places === 1 ? 'decimal' : 'decimals'}` : range
}

const emptyCell = '(empty)'

/** Columns and cells, wherever they stand. */
export const columns = {
  allowed,
  unnamed: (place: number) => `Column ${place}`,
  emptyCell,
  cells: (cells: readonly string[]) => cells.map((cell) => cell || emptyCell).join(' · '),
}
