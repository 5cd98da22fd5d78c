import { counted, numbers } from './numbers.ts'

/** What those read whose outcomes are on another side. */
export const sealedStudy = {
  title: 'Outcomes that the other side keeps',
  about:
    'You have columns, the other side has the outcomes of the same rows. Your rows are sealed here, multiplied there by outcomes that you never see, and what comes back are sums, from which this browser fits the model. Nothing else goes back and forth: the other side is not told what came of it.',
  seen: [
    {
      name: 'Sees',
      what: 'The study, how many records were sealed and of which rows, and when each side speaks; for a linear model the answer has the sum of the squares of the outcomes in the clear.',
    },
    { name: 'Never sees', what: 'A value of a column, a single outcome, the model.' },
    {
      name: 'Keeps',
      what: 'The sealed records and the answer, until they expire or who sealed takes them away.',
    },
  ],
  seal: {
    title: 'Seal these records',
    study: 'Choose the study',
    reading: 'Reading the rows, and checking what sums would tell of few of them…',
    told: (title: string, outcome: string, terms: readonly string[]) => `${title}: ${outcome} by ${terms.join(', ')}.`,
    checked: (records: number, leftOut: number) =>
      `${counted(records, 'record')} will be sealed${leftOut > 0 ? `; ${counted(leftOut, 'row')} left out` : ''}.`,
    readable: (readable: number, records: number) =>
      `Records that were made for it could read up to ${numbers.integer(readable)} single outcomes of ${numbers.integer(records)} from so much, and the other side is told so. Outcomes of 0 and 1 it turns at random by default, so that none is sure; standard errors are then a little larger.`,
    consent: {
      title: 'Before the records are sealed',
      agree: 'I may seal these records for this purpose, and know what the other side learns',
      act: 'Agree',
    },
    passphrase: 'The study has a key of its own. Choose the passphrase that opens its file.',
    act: 'Seal them',
    sealing: (done: number, all: number) => `${numbers.integer(done)} of ${numbers.integer(all)} sealed…`,
    sealed: (bytes: number) => `Sealed: ${numbers.bytes(bytes)}.`,
    keep: 'Save the key file first: without it no answer can be opened.',
    saveKey: 'Save the key file',
    save: 'Save the sealed records',
    saveReceipt: 'Save the receipt',
    upload: 'Put them on this server',
    uploading: 'Sending the sealed records…',
    uploaded:
      'They are on this server. Give the other side its address, and nobody else. Save your own, by which you come back for the answer.',
    copy: 'Copy the other side’s address',
    copied: 'Copied',
    saveOwn: 'Save your own address',
  },
  open: {
    title: 'Open the other side’s answer',
    about:
      'The same file as was sealed is open above. Choose its key file, and then the answer, or your own address on this server.',
    key: 'Choose the key file',
    answer: 'Choose the answer or your address',
    chosen: (name: string) => `Chosen: ${name}`,
    once: 'One answer is opened, whatever becomes of it: one that fails ends the study.',
    act: 'Open it',
    records: 'Records',
    saveModel: 'Save the model',
    saveKey: 'Save the key file again',
    keyAgain: 'The key file says now which answer was opened. Save it in the place of the old one.',
  },
}
