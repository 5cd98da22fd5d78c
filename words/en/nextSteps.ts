import type { ErrorCode } from '../../core/errors.ts'

/** Trying again is a choice to be made knowingly. */
const again = (what: string): string =>
  `${what} Tell whoever runs the server before you score these records again: a server that answers wrongly on purpose could learn more about them from each further run.`

/** How to mend each error that a person can meet on the page, where its own message does not already say so. */
export const nextSteps: Partial<Record<ErrorCode, string>> = {
  'platform/no-random': 'This browser has no secure source of randomness. Use a current browser.',
  'platform/worker-died':
    'The browser ended a part of this page, perhaps for want of memory. Close other tabs and try again; if it recurs, reload the page.',
  'platform/worker-refused': 'Reload the page and try again.',
  'platform/network-open':
    'Use a current browser without extensions that change a page’s policy, or open the page from where its vendor serves it, not from a disk.',
  'platform/page-restricted':
    'Put the page on a host, over https or on this machine (“python3 -m http.server” in its folder serves it at http://localhost:8000/), under no policy stricter than the page’s own; or use another current browser.',
  'file/not-text': 'Drop a CSV, TSV, .xlsx, JSON or Parquet file, or choose one.',
  'file/encoding': 'Files from older programs are often Windows-1252. Or save the file as UTF-8 and drop it again.',
  'file/empty': 'Choose a file with a header row and at least one row below it.',
  'file/unterminated-quote': 'Close the quotation mark in the file and drop it again, or choose another delimiter.',
  'file/row-too-long': 'Check that the delimiter is right and that every quotation mark is closed.',
  'file/too-many-columns': 'Check that the delimiter is right, or drop a file with fewer columns.',
  'columns/missing': 'Choose a column for each below, or drop a file that has them.',
  'columns/header': 'Say how its first line, or the first cell of each row, is to be read.',
  'columns/marks': 'Say how the numbers of each such column are written.',
  'run/nothing-to-score': 'Mend the cells listed here, choose another column, or mend the file and drop it again.',
  'run/offline': 'Check the connection and that the scoring server runs, then go on.',
  'run/out-of-date':
    'Reload the page, so that page and server are of the same version. Where that does not help, whoever hosts the page must put the server’s version of it there. A run that is under way waits until you do, or until the server takes it again.',
  'run/unknown': 'It was deleted, or its days are over: hand the file over again.',
  'run/not-stored': 'Score the file here instead, with this tab open.',
  'run/incomplete': 'Hand the same file over again: it goes on from there.',
  'run/unanswered': 'Come back later.',
  'run/failed': 'Hand the file over again, or score it here; if it recurs, tell whoever runs the server.',
  'run/foreign': 'Take the file and the key that were handed over, read as they were then.',
  'run/receipt': 'Choose the receipt that was saved when the file was handed over.',
  'result/ciphertext': again('An answer is no ciphertext under your key, so no score of this run is shown.'),
  'result/shape': 'No score of it is shown. Ask again; if it recurs, tell whoever runs the server.',
  'result/integrity': again('An answer cannot be what this model gives, so no score of this run is shown.'),
  'sealed/format': 'Choose the file that came back: its name usually ends in .scored.',
  'sealed/damaged': 'Have it sent again: something happened to it on the way.',
  'sealed/foreign': 'Ask whoever sent it where it comes from.',
  'sealed/key':
    'Restore the key that the records were sealed with from its backup: this file is then opened by itself.',
  'sealed/field': 'Have the file sent again, as it was.',
  'key/unknown': 'Score again: the page then gives the server the key’s public half anew.',
  'key/locked': 'Unlock it with its passphrase; then the run goes on.',
  'key/lost': 'Restore it from its backup to go on, or make a new key and score again.',
  'key/passphrase': 'Nothing has changed. Type the passphrase again.',
  'key/backup': 'Nothing has changed. Type the passphrase again, or choose another backup.',
  'phe/key': 'Choose the private key that belongs to these numbers.',
  'storage/unavailable': 'The key still works in this tab. Save a backup to have it after the tab is closed.',
  'storage/taken': 'The key still works in this tab.',
  'key/size': 'Choose another key size.',
  'model/budget': 'Choose a longer key.',
  'model/changed': 'Begin again: the page then asks which version of the model is meant.',
  'model/unknown': 'Choose one of the models that the server has.',
  'request/too-large': 'Reload the page, so that it learns the server’s limits anew.',
  'request/busy': 'Wait a moment, then go on.',
  'request/budget':
    'The server lets each client score so many records at a time. The run waits and goes on by itself; what was scored stays.',
  'server/store-gone':
    'Tell whoever runs the server. The run goes on by itself once that is mended; what was scored stays.',
  'request/conflict': 'Score again.',
  'access/required': 'Type the key that whoever runs the server gave you.',
  'access/refused': 'Type the key again, or ask whoever runs the server for another.',
  'access/expired': 'Ask whoever runs the server for another.',
  'access/issuer': 'Wait a moment, then go on.',
  'access/forbidden': 'Ask whoever runs the server.',
  internal: 'Reload the page and try again.',
}
