import type { Parts } from '../parts.ts'
import { counted, numbers } from './numbers.ts'

/** The scores, opened. */
export const scores = {
  title: 'Scores',
  download: 'Download CSV',
  copy: 'Copy',
  copied: 'Copied',
  neutralised: (cells: number) =>
    `${counted(cells, 'cell')} of your own ${cells === 1 ? 'begins' : 'begin'} as a formula does, and ${cells === 1 ? 'is' : 'are'} saved with an apostrophe before ${cells === 1 ? 'it' : 'them'}, so that no spreadsheet runs ${cells === 1 ? 'it' : 'them'}.`,
  histogramOf: 'Histogram of',
  records: 'Records',
  mean: 'Mean score',
  lowest: 'Lowest',
  highest: 'Highest',
  time: 'Time',
  bytesPerValue: 'Bytes up per value',
  unknown: '…',
  ownColumns: 'Your own columns beside the scores',
  notFinite: (count: number) =>
    `${counted(count, 'score')} beyond the range of numbers: counted in no bar and no figure.`,
  wasSample: [
    { strong: 'That was the sample. Now your own records:' },
    ' drop a CSV, TSV, .xlsx or Parquet file anywhere on this page, or paste cells.',
  ] satisfies Parts<'strong'>,
  openOwn: 'Open your own file',
}

export const scoresTable = {
  scroller: 'Scored rows',
  title: 'Scores',
  row: 'Row',
  label: 'Label',
  reasons: 'Reasons',
  score: 'Score',
  scoreOf: (response: string) => `Score: ${response}`,
  predictor: 'Linear predictor',
  predictorOf: (head: string) => `Linear predictor: ${head}`,
}

export const histogram = {
  title: 'Histogram of scores',
  axis: 'Score',
  tallest: (records: number) => `${counted(records, 'record')} in the tallest bar`,
  bar: (from: number, to: number, records: number) =>
    `${numbers.brief(from)} to ${numbers.brief(to)}: ${numbers.integer(records)}`,
}

export const threshold = {
  title: 'Threshold',
  value: (above: number, threshold: number) => `${counted(above, 'record')} at or above ${numbers.brief(threshold)}`,
  below: (threshold: number) => `Below ${numbers.brief(threshold)}`,
  atOrAbove: (threshold: number) => `At or above ${numbers.brief(threshold)}`,
  records: (count: number) => counted(count, 'record'),
}
