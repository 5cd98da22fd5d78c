import { counted } from './numbers.ts'

/** Sealed files: saved here, scored elsewhere, opened here. */
export const sealFile = {
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
