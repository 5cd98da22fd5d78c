import type { Feature } from '../../core/card/card.ts'

/** A feature's allowed values in words: "0 to 60 years, whole numbers", or its levels. */
export function allowed(feature: Feature): string {
  if (feature.type === 'category') {
    const shown = feature.levels.slice(0, 30).join(', ')
    const more = feature.levels.length - 30
    return more > 0 ? `${shown} and ${more} more` : shown
  }
  const { min, max, unit, places } = feature
  const range = `${min} to ${max}${unit ? ` ${unit}` : ''}`
  if (places === 0) return `${range}, whole numbers`
  return places > 0 ? `${range}, ${places} ${places === 1 ? 'decimal' : 'decimals'}` : range
}
