import type { Expected } from '../../core/card/encode.ts'
import type { ExpectedCells } from '../../reader/faults.ts'

/** What a cell should have been, after "expected". */
export function expectedText(expected: Expected | ExpectedCells): string {
  if (expected.kind === 'cells') return `${expected.count} cells, as in the header`
  const { derived } = expected
  if (!derived) return wanted(expected)
  const more = derived.count > derived.from.length ? ` and ${derived.count - derived.from.length} more columns` : ''
  const source = derived.count === 0 ? '' : `, made of ${derived.from.join(', ')}${more},`
  return `${derived.name}${source} to be ${wanted(expected)}`
}

function wanted(expected: Expected): string {
  if (expected.kind === 'level') {
    const { levels, count, missing } = expected
    const listed = levels.join(', ') + (count > levels.length ? `, … (${count} levels)` : '')
    return missing ? `one of: ${listed}, not an empty cell` : `one of: ${listed}`
  }
  const { min, max, unit, step, missing } = expected
  const range = `${min} to ${max}${unit ? ` ${unit}` : ''}`
  if (missing) return `a number from ${range}, not an empty cell`
  return `a number from ${range}${step === undefined ? '' : `, in steps of ${step}`}`
}

/** Why a row is no record. */
const rowReasons: Readonly<Record<string, string>> = {
  'row/empty': 'row/empty: a value expected in at least one of the columns that the model takes',
  'row/header': 'row/header: the header again',
  'row/table': 'row/table: in another table of the file, under a header of its own',
  'row/total': 'row/total: looks like a sum, a mean or a remark about other rows',
}

/** Why a row is in the file of rows left out: one reason of its cell under `column`. */
export function leftOutReason(reason: {
  readonly column: string | null
  readonly code: string
  readonly expected: Expected | ExpectedCells
}): string {
  const { column, code, expected } = reason
  if (expected.kind === 'cells') return rowReasons[code] ?? `${code}: ${expected.count} cells expected`
  return `${column}: ${code}, ${expectedText(expected)}`
}
