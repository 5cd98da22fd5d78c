import { numbers } from './numbers.ts'

/** What stands around the steps. */
export const page = {
  here: 'This browser',
  there: 'Scoring server',
  pages: 'Pages',
  scoreRecords: 'Score records',
  checkModel: 'Check a model',
  outcomes: 'Validate and fit',
  lede: {
    analyst:
      'Score your records with somebody else’s model. They are sealed in this browser, scored sealed, and opened in this browser.',
    outcomes:
      'Your records and what came to pass, here: see what a vendor’s scores are worth, or fit a model of your own.',
    vendor: 'See what serving a model would publish, what would stay private, and what it would cost.',
  },
  loading: 'Loading…',
  partMissing: 'This part of the page could not be loaded. Once its host can be reached, reload the page to have it.',
}

/** What the browser's tab says of a run. */
export const tab = {
  done: 'Done',
  failed: 'Failed',
  running: numbers.percent,
  paused: (part: number) => `Paused at ${numbers.percent(part)}`,
}

export const dialog = { close: 'Close' }
