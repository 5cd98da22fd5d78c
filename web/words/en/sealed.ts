import { counted } from './numbers.ts'

/** Sealed files: saved here, scored elsewhere, opened here. */
export const sealFile = {
  step: 'Or by a file',
  title: 'Save a sealed file',
  about:
    'The same sealed records as a file, for a company that scores them without a connection to this page. Only this key opens what comes back: save its backup first.',
  columns: 'Sealed beside the records, and back with the scores',
  none: 'Nothing else goes along: this file has no other columns.',
  example: 'The first record, here and in the file',
  column: 'Column',
  here: 'In this browser',
  there: 'In the file',
  begins: (digits: string) => `${digits}…`,
  padding: 'Lengths show up to a factor of two, and below 31 bytes not at all.',
  link: 'Give each record a link token',
  reveals:
    'Whoever has the file then sees which records are of one person, by equal values of the columns that are checked, and so how many each has; also across files with tokens for the same name.',
  linkColumns: 'One person’s records have the same',
  linkName: 'Whom the tokens are for',
  linkHint: 'Two companies get different tokens; another name later cannot be joined with this one.',
  needsLink: 'Name whom the tokens are for, and check a column.',
  save: (records: number) => `Save ${counted(records, 'sealed record')}`,
  sealed: (done: number, records: number) => `${done} of ${counted(records, 'record')} sealed`,
  saved: 'Saved.',
  key: 'Key',
  sender: 'Sender',
  compare: 'Tell the other company both by another way than the file’s, so that it knows whose it is.',
}

export const sealedScores = {
  title: 'Scores from a file',
  recordsTitle: 'Sealed records',
  recordsAbout:
    'This is all that the file tells whoever has no key. It can be scored as it is; the scores that come out are as sealed, and only the sender opens them.',
  features: 'Columns',
  sealedColumns: 'Sealed beside them',
  tokens: 'Link tokens',
  tokensHeld: { yes: 'yes: equal ones are one person’s', no: 'none' },
  signedBy: 'Signed by',
  score: 'Have them scored here',
  opening: (opened: number, total: number) =>
    total === 0 ? 'Opening…' : `${opened} of ${counted(total, 'record')} opened`,
  close: 'Close these scores',
  download: 'Save these scores as CSV',
  model: 'Model',
  records: 'Records',
  key: 'Key',
  sender: 'Sender: you',
  vendor: 'Signed by',
  unsigned: 'nobody',
}

/** Both sides of an exchange, played in two windows. */
export const exchangeGuide = {
  start: 'Play both sides in two windows',
  startAbout: 'You are ABC in this window and XYZ in another one, with the salary data. It takes two minutes.',
  blocked: 'The browser did not let the other window open: allow it for this page, and press again.',
  title: { abc: 'You are ABC', xyz: 'You are XYZ' },
  steps: {
    abc: [
      'You hold people’s records and a key. Below are the salary records: look at them, they are readable here alone.',
      'Under “Run”, press “Save a sealed file”, check the columns that go along sealed, and save. You have handed out nothing yet.',
      'Hand the .blind file over: drop it on XYZ’s window.',
      'When XYZ has given you the .scored file, drop it on this window. Your key, which never left, opens it; the names come back with the scores.',
    ],
    xyz: [
      'You hold a model. You have no key, and no record of anybody.',
      'Drop ABC’s .blind file on this window. What you see of it then is all that you will ever see: counts, column names, fingerprints.',
      'Press “Have them scored here”. Your model runs on what it cannot read, and you get a .scored file that you cannot read either.',
      'Hand it back: drop it on ABC’s window. If you drop it on this one, you will be told that it is another’s.',
    ],
  },
}
