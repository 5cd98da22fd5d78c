import type { Feature } from '../../../core/card/card.ts'
import type { NumberWay } from '../../../reader/numberWays.ts'
import type { Repair } from '../../../reader/repairs.ts'
import type { Suggestion } from '../../../reader/suggest.ts'
import { markNames, waysText } from '../../../words/en/numberWays.ts'
import type { Parts } from '../parts.ts'
import { counted, numbers } from './numbers.ts'

type Mark = '.' | ','

/** What cells that are written so do: "use a decimal comma". */
function habit(way: NumberWay, own: Mark, many: boolean): string {
  const other = own === '.' ? ',' : '.'
  const verb = (one: string, all: string): string => (many ? all : one)
  switch (way) {
    case 'other-decimal':
      return `${verb('uses', 'use')} a decimal ${markNames[other]}`
    case 'group-other':
      return `${verb('groups', 'group')} thousands with a ${markNames[other]}`
    case 'group-own':
      return `${verb('groups', 'group')} thousands with a ${markNames[own]}`
    case 'group-space':
      return `${verb('groups', 'group')} thousands with a space or apostrophe`
    case 'digits':
      return `${verb('is', 'are')} written with other digits`
    case 'quotes':
      return `${verb('stands', 'stand')} in quotation marks`
    case 'flag':
      return `${verb('carries', 'carry')} a flag`
    case 'noise':
      return `${verb('ends', 'end')} in the noise of binary arithmetic`
    case 'symbols':
      return `${verb('carries', 'carry')} a currency, a unit or another sign`
    case 'percent':
    case 'percent-fraction':
      return `${verb('carries', 'carry')} a percent sign`
  }
}

function joined(parts: readonly string[], last: string): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} ${last} ${parts.at(-1)}`
}

/** "214 cells use a decimal comma." */
function reason({ repair, why, count }: Suggestion, own: Mark): string {
  const many = count !== 1
  const cells = counted(count, 'cell')
  if (repair.kind === 'number') {
    const habits = repair.ways.map((way) => habit(way, own, many))
    return `${cells} ${joined(habits, 'or')}.`
  }
  if (why === 'missing') return `${cells} ${many ? 'say' : 'says'} that there is no value.`
  if (why === 'spelling') return `${cells} ${many ? 'spell' : 'spells'} a known value in another way.`
  return `${cells} ${many ? 'are' : 'is'} near a known value. Look at each pair before you say so.`
}

/** What a press on the button says. */
function offer(repair: Repair, missing: Feature['missing'] | undefined): string {
  if (repair.kind === 'levels') return 'Read them so'
  if (repair.kind === 'number') return repair.ways.includes('percent-fraction') ? 'Read as parts of 1' : 'Read them so'
  if (repair.kind !== 'missing') return ''
  return missing?.policy === 'impute' ? `Count them as ${missing.value}` : 'Score them as missing'
}

/** A repair that was made, in a few words: "a decimal comma". */
function name(repair: Repair, own: Mark): string {
  switch (repair.kind) {
    case 'number':
      return waysText(repair.ways, own)
    case 'levels': {
      const [[text, level] = ['', '']] = repair.pairs
      return repair.pairs.length === 1
        ? `${text === '' ? 'empty cells' : `“${text.slice(0, 40)}”`} as ${level.slice(0, 40)}`
        : `${counted(repair.pairs.length, 'spelling')} read as known values`
    }
    case 'cell':
      return `row ${numbers.integer(repair.row)} as “${repair.text.slice(0, 40)}”`
    case 'value':
      return repair.text === '' ? 'missing in every record' : `“${repair.text.slice(0, 40)}” in every record`
    case 'policy':
      return 'values near a known one left to the card'
    case 'decimals':
      return 'three digits after the mark are decimals'
    case 'missing':
      return `${repair.texts.map((text) => `“${text.slice(0, 20)}”`).join(', ')} read as missing`
  }
}

/** Cells that are written otherwise: what would mend them, and what has mended them. */
export const repairs = {
  reason,
  offer,
  /** A button's name where the same button stands in other columns too. */
  offerOf: (offer: string, column: string, reason: string) => `${offer}: ${column}${reason && `, ${reason}`}`,
  /** What a person says of a cell, or of all that are alike. */
  readAs: 'Read as',
  readAsOf: (column: string, line: number) => `Read as: ${column}, line ${line}`,
  everyAs: (text: string) => (text === '' ? 'Every empty cell as' : `Every “${text}” as`),
  everyAsOf: (column: string, text: string) =>
    text === '' ? `Every empty cell as: ${column}` : `Every “${text}” as: ${column}`,
  choose: 'Choose…',
  offerAll: (pairs: number) => `Read all ${pairs} so`,
  offerPair: 'Read so',
  offerPairOf: (column: string, text: string, read: string) => `Read so: ${column}, “${text}” as ${read}`,
  nearValues: (column: string) => `Near values, ${column}`,
  cells: (count: number) => counted(count, 'cell'),
  missing: 'missing',
  title: 'Repairs',
  made: (column: string, repair: string): Parts<'column'> => [{ column }, `: ${repair}`],
  name,
  changed: (cells: number) => ` · ${counted(cells, 'cell')} read so`,
  undo: 'Undo',
  undoOf: (column: string, repair: string) => `Undo: ${column}, ${repair}`,
}
