import { counted, numbers } from './numbers.ts'

/** Sealed files: saved here, scored elsewhere, opened here. */
export const sealFile = {
  about:
    'The same sealed records as a file, for a company that scores them without a connection to this page. Only this key will open what comes back: save its backup first.',
  ownKey:
    'It will be sealed with the lattice scheme, as a run would be now, under a key of its own that follows from this key.',
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
  linkHint: 'Two companies will get different tokens; another name later cannot be joined with this one.',
  needsLink: 'Name whom the tokens are for, and check a column.',
  save: (records: number) => `Save ${counted(records, 'sealed record')}`,
  sealed: (done: number, records: number) => `${numbers.integer(done)} of ${counted(records, 'record')} sealed`,
  saved: 'Saved.',
  stop: 'Stop sealing',
  keepOpen:
    'Keep this tab open: nothing will be saved before all of it is sealed, and a tab that is closed will begin anew.',
  key: 'Key',
  sender: 'Sender',
  compare: 'Tell the other company both by another way than the file’s, so that it knows whose it is.',
}
