import { decisions, scoreSheets } from '../../../words/en/scoresFile.ts'
import type { Parts } from '../parts.ts'
import { counted, numbers } from './numbers.ts'

/** The scores, opened. */
export const scores = {
  title: 'Scores',
  download: 'Download CSV',
  downloadWorkbook: 'Download .xlsx',
  about: scoreSheets,
  downloadAlone: 'Download the scores alone',
  alone: 'Each with its row in the file, without your own columns.',
  copy: 'Copy',
  copied: 'Copied',
  neutralised: (cells: number) =>
    `${counted(cells, 'cell')} of your own ${cells === 1 ? 'begins' : 'begin'} as a formula does, and ${cells === 1 ? 'is' : 'are'} saved with an apostrophe before ${cells === 1 ? 'it' : 'them'}, so that no spreadsheet runs ${cells === 1 ? 'it' : 'them'}.`,
  histogramOf: 'Histogram of',
  validate: 'Compare with outcomes that stayed here',
  records: 'Records',
  mean: 'Mean score',
  lowest: 'Lowest',
  highest: 'Highest',
  runDetails: 'What the run took',
  time: 'Time',
  bytesPerValue: 'Bytes up per value',
  unknown: '…',
  ownColumns: 'Your own columns beside the scores',
  notFinite: (count: number) =>
    `${counted(count, 'score')} beyond the range of numbers: counted in no bar and no figure.`,
  wasSample: [
    { strong: 'That was the sample. Now your own records:' },
    ' drop a CSV, TSV, .xlsx, JSON or Parquet file anywhere on this page, or paste cells.',
  ] satisfies Parts<'strong'>,
  openOwn: 'Open your own file',
}

export const scoresTable = {
  scroller: 'Scored rows',
  title: 'Scores',
  row: 'Row',
  label: 'Label',
  reasons: 'Reasons',
  showPredictors: 'Linear predictors, too',
  score: 'Score',
  scoreOf: (response: string) => `Score: ${response}`,
  predictor: 'Linear predictor',
  predictorOf: (head: string) => `Linear predictor: ${head}`,
}

export const histogram = {
  title: 'Histogram of scores',
  axis: 'Score',
  choice: { label: 'Bar whose rows are shown', none: 'All rows' },
  tallest: (records: number) => `${counted(records, 'record')} in the tallest bar`,
  bar: (from: number, to: number, records: number) =>
    `${numbers.brief(from)} to ${numbers.brief(to)}: ${counted(records, 'record')}`,
}

export const threshold = {
  title: 'Threshold',
  value: (above: number, threshold: number) => `${counted(above, 'record')} at or above ${numbers.brief(threshold)}`,
  below: (threshold: number) => `Below ${numbers.brief(threshold)}`,
  atOrAbove: (threshold: number) => `At or above ${numbers.brief(threshold)}`,
  records: (count: number) => counted(count, 'record'),
  number: 'Threshold as a number',
  none: 'Decide nothing',
  decisions,
  sayBelow: 'Below, the file says',
  sayAtOrAbove: 'From it on',
  swap: 'Swap the words',
  undecided: 'Set the threshold or its words, and the saved file says in each row what it decides.',
  decides: (below: string, atOrAbove: string) =>
    `The saved file will say “${below}” or “${atOrAbove}” in a column of its own.`,
}

/** The scores on paper. */
export const printing = {
  rows: 'On paper',
  first: (rows: number) => `The first ${counted(rows, 'row')}`,
  all: (rows: number) => `All ${counted(rows, 'row')}`,
  print: 'Print',
}

/** Which rows of the scores are shown. */
export const shownRows = {
  title: 'Rows',
  all: 'All rows',
  below: (threshold: number) => `Below ${numbers.brief(threshold)}`,
  atOrAbove: (threshold: number) => `At or above ${numbers.brief(threshold)}`,
  bar: 'Those of the chosen bar',
  search: 'Search',
  count: (shown: number, of: number) => `${numbers.integer(shown)} of ${counted(of, 'row')}`,
}
