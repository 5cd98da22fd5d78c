import type { ProblemGroup } from '../../../reader/check.ts'
import { expectedText } from '../../../words/en/expected.ts'
import { policyText } from '../../../words/en/policies.ts'
import { counted, numbers } from './numbers.ts'

export interface Outcome {
  readonly scorable: number
  readonly leftOut: number
  readonly unused: number
}

/** What the check of a file found. */
export const check = {
  title: 'Check',
  waits: 'Nothing will be checked before you say, beside the preview, how the file is to be read.',
  checking: 'Checking',
  progress: (rows: number, read: number, size: number) =>
    `${counted(rows, 'row')}, ${numbers.bytes(read)} of ${numbers.bytes(size)}`,
  checkingCells: 'Checking every cell…',
  checkingAgain: 'Checking every cell again…',
  outcome: ({ scorable, leftOut, unused }: Outcome) =>
    `${counted(scorable, 'record')} will be scored, ${numbers.integer(leftOut)} left out, ${counted(unused, 'column')} never ${
      unused === 1 ? 'leaves' : 'leave'
    } this browser.`,
  mendable: 'Some of what is left out can be read after all. Nothing in the file itself will be changed.',
  problems: "Rows that can't be scored",
  leaveOut: (rows: number) => `Leave out ${counted(rows, 'row')}`,
  download: 'Download rows left out',
}

/** "12 cells are outside the allowed range". */
function counts(noun: string, one: string, many: string): (count: number) => string {
  return (count) => `${counted(count, noun)} ${count === 1 ? one : many}`
}

/** What ails the cells of a group. */
const ailments = {
  'cell/missing': counts('cell', 'is empty', 'are empty'),
  'cell/not-a-number': counts('cell', 'is no number', 'are no numbers'),
  'cell/range': counts('cell', 'is outside the allowed range', 'are outside the allowed range'),
  'cell/precision': counts('cell', 'has more decimals than allowed', 'have more decimals than allowed'),
  'cell/level': counts('cell', 'is not among the known values', 'are not among the known values'),
  'cell/near': counts('cell', 'is near a known value', 'are near known values'),
  'cell/error': counts('cell', 'holds an error of a spreadsheet', 'hold errors of a spreadsheet'),
  'cell/formula': counts(
    'cell',
    'holds a formula whose value was not saved: open the workbook, save it, and drop it again',
    'hold formulas whose values were not saved: open the workbook, save it, and drop it again',
  ),
  'row/empty': counts(
    'row',
    'has no value in any column that the model takes',
    'have no value in any column that the model takes',
  ),
  'row/header': counts('row', 'repeats the header', 'repeat the header'),
  'row/table': counts(
    'row',
    'stands in another table of the file, under a header of its own',
    'stand in another table of the file, under a header of their own',
  ),
  'row/total': counts(
    'row',
    'looks like a sum, a mean or a remark about other rows',
    'look like sums, means or remarks about other rows',
  ),
  'row/ragged': counts('row', 'has another number of cells', 'have another number of cells'),
} satisfies Record<ProblemGroup['code'], unknown>

/** One kind of problem in one column. */
export const problemGroup = {
  ailments,
  ofColumn: (column: string, ailment: string) => `${column}: ${ailment}`,
  expected: (expected: ProblemGroup['expected']) => `Expected: ${expectedText(expected)}`,
  /** What would become of cells that are near a known value, where nobody says how they are read. */
  elsePolicy: (policy: string) => `Otherwise each ${policy}. Say how they are to be read; their records wait for it.`,
  leaveToPolicy: (policy: string) => `Not that: each ${policy}`,
  scoreTotals: 'They are records: score them too',
  scoreTables: 'They are records of this table: score them too',

  examples: (what: string) => `Examples, ${what}`,
  row: 'Row',
  line: 'Line',
  cell: 'Cell',
  found: 'Found',
  cells: (count: number) => counted(count, 'cell'),
  showFirst: (count: number) => `Show the first ${count}`,
  showAll: (count: number) => `Show all ${count}`,
}

/** What policies of the card made of cells that are scored. */
export const policies = {
  title: 'What the model’s card makes of some cells',
  count: policyText,
}

/** Columns whose numbers may be thousands or decimals. */
export const marks = {
  title: (column: string) => `${column}: thousands or decimals?`,
  why: (count: number) =>
    `${counted(count, 'cell')} of this column ${count === 1 ? 'has' : 'have'} three digits after the only mark, and nothing in the column says which mark it is. Nothing will be scored before you say.`,
  thousands: 'They are thousands',
  decimals: 'They are decimals',
  answer: (answer: string, column: string) => `${answer}: ${column}`,
}

/** What a person should know of this browser and device before a run. */
export const runHints = {
  title: 'Good to know',
  offline: 'This device is offline: a run would begin, and wait for the connection.',
  slow: (why: string) =>
    `Sealing takes many times longer in this browser (${why}). The scores are the same; a current Chrome, Edge, Firefox or Safari is faster.`,
  littleMemory: (sealers: number, cores: number) =>
    `This device has little memory, so ${counted(sealers, 'core')} of its ${cores} seal at a time.`,
}
