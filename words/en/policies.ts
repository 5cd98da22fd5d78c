import type { Decision } from '../../core/card/encode.ts'
import type { PolicyCount } from '../../reader/notes.ts'

const decided: Readonly<Record<Decision, readonly [one: string, many: string]>> = {
  missing: ['is empty', 'are empty'],
  below: ['is below the range', 'are below the range'],
  above: ['is above the range', 'are above the range'],
  outside: ['is outside the range', 'are outside the range'],
  invalid: ['is no number', 'are no numbers'],
  unknown: ['is no known value', 'are no known values'],
}

/** What a policy of a card made of a column's cells: "age: 3 cells are empty and count as 40." */
export function policyText({ name, decision, count, as, examples }: PolicyCount): string {
  const one = count === 1
  if (decision === 'given') {
    return `${name}: the file has no such column; ${count.toLocaleString('en-US')} ${one ? 'record counts' : 'records count'} as ${as}.`
  }
  const cells = `${count.toLocaleString('en-US')} ${one ? 'cell' : 'cells'} ${decided[decision][one ? 0 : 1]}`
  const value = as ?? (decision === 'unknown' ? 'none of the known values' : 'missing')
  const shown = examples.map((text) => `“${text}”`).join(', ')
  const more = examples.length > 0 && count > examples.length ? ', …' : ''
  return `${name}: ${cells} and ${one ? 'counts' : 'count'} as ${value}${shown && ` (${shown}${more})`}.`
}
