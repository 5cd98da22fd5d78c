import { counted, numbers } from './numbers.ts'

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
    total === 0 ? 'Opening…' : `${numbers.integer(opened)} of ${counted(total, 'record')} opened`,
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
