import type { NumberWay } from '../../reader/numberWays.ts'

export const markNames = { '.': 'point', ',': 'comma' } as const

function wayText(way: NumberWay, own: '.' | ','): string {
  const other = own === '.' ? ',' : '.'
  const names: Record<NumberWay, string> = {
    digits: 'other digits',
    quotes: 'without quotation marks',
    flag: 'without flags',
    noise: 'without noise in the last digits',
    symbols: 'signs around numbers dropped',
    percent: 'percent signs dropped',
    'percent-fraction': 'percent as parts of 1',
    'group-space': 'thousands with spaces',
    'group-other': `thousands with ${markNames[other]}s`,
    'group-own': `thousands with ${markNames[own]}s`,
    'other-decimal': `decimal ${markNames[other]}`,
  }
  return names[way]
}

/** How numbers that are written otherwise are read, in a few words: "a decimal comma". */
export function waysText(ways: readonly NumberWay[], own: '.' | ','): string {
  return ways.map((way) => wayText(way, own)).join(', ')
}
