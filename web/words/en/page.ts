import { numbers } from './numbers.ts'

/** What stands around the steps. */
export const page = {
  here: 'This browser',
  there: 'Scoring server',
  pages: 'Pages',
  scoreRecords: 'Score records',
  checkModel: 'Check a model',
  lede: {
    analyst:
      'Score your records with somebody else’s model. They are sealed in this browser, scored sealed, and opened in this browser.',
    vendor: 'See what serving a model would publish, what would stay private, and what it would cost.',
  },
  loading: 'Loading…',
}

/** What the browser's tab says of a run. */
export const tab = {
  done: 'Done',
  failed: 'Failed',
  running: numbers.percent,
  paused: (part: number) => `Paused at ${numbers.percent(part)}`,
}

export const dialog = { close: 'Close' }
