const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short' })

/** A file that is something else than records. */
export const handed = {
  titles: {
    backup: 'A backup of a key',
    model: 'A model',
    receipt: 'A receipt of a run',
    scores: 'Scores from earlier',
  },
  about: {
    backup: 'This file holds a key, wrapped under its passphrase. No record is in it.',
    model: 'This is a vendor’s model, not a file of records. It can be checked for what serving it would publish.',
    receipt: 'This file says what was sent where in a run. No record and no score is in it.',
    scores:
      'This file has its scores already, in columns of its own. Read as records, its rows would be scored anew, and those columns stay beside the new ones.',
  },
  restore: 'Restore this key',
  check: 'Check this model',
  asRecords: 'Read it as records',
  close: 'Put it away',
  noReceipt: 'It is damaged: nothing can be read from it.',
  model: 'Model',
  records: 'Records scored',
  server: 'Scoring server',
  sentAt: 'First sent at',
  moment: (at: Date) => moment.format(at),
  key: 'Key',
  sameKey: 'The key of that run is the one that is here.',
  otherKey: 'The key of that run is not the one that is here.',
}
