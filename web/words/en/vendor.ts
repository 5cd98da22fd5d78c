import type { Parts } from '../parts.ts'
import { counted, numbers } from './numbers.ts'

const mostIdle = 8

/** The page of who has a model: the file, and what serving it would mean. */
export const vendor = {
  title: 'Check a model file',
  drop: [
    { strong: 'Drop a model file anywhere on this page:' },
    ' Blindscore JSON, PMML or ONNX, with its ranges file if it has one. It is read in this browser and sent nowhere.',
  ] satisfies Parts<'strong'>,
  choose: 'Choose a model file',
  reading: 'Reading the model…',
}

export const modelVerdict = {
  title: 'Before it is served',
  of: (format: string, title: string) => `${format}, “${title}”`,
  taken: 'The server would take it.',
  toKnow: 'To know before it is served',
  /** What the file itself does not say and its vendor should think of. */
  warnings: {
    weightsFromScores: (inputs: number) =>
      `Whoever may score as many chosen records as the model has inputs (${numbers.integer(inputs)}) can work out its weights from the scores. No number of records an hour keeps that from anybody: it is done within one hour, or in several.`,
    noVerification: 'There are no verification records, so nobody can tell a wrong model from the right one.',
    verified: (records: number) =>
      `${counted(records, 'verification record')} come out as the file says. They are published with their predictors.`,
    idle: (columns: readonly string[]) => {
      const more = columns.length > mostIdle ? ` and ${columns.length - mostIdle} more` : ''
      return `Without any weight: ${columns.slice(0, mostIdle).join(', ')}${more}. Each costs a ciphertext all the same.`
    },
    noQuality: 'No quality is stated, so those who score cannot tell how far to trust it.',
  },
}

export const rangesFile = {
  title: 'What its format has no place for',
  what: (name: string) =>
    `A file beside the model, ${name}, says the range of each column, its unit and what to call it. Download it, fill it in, drop it on this page again, and put both into the models folder. An entry may be:`,
  download: (name: string) => `Download ${name}`,
}

export const bitBudget = {
  title: 'Bit budget',
  slot: 'Bits of a record’s slot, T',
  ciphertexts: 'Ciphertexts for a block',
  tolerance: 'Tolerance promised',
  errorBound: 'Error bound proven',
  withinAbout: (bound: number) => `±${numbers.brief(bound)}`,
  keySizes: 'Key sizes',
  bits: 'Key, bits',
  records: 'Records per ciphertext, K',
  up: 'Up, per record',
  down: 'Down, per record',
  tooShort: 'too short',
}

export const published = {
  title: 'Published',
  who: 'Everybody who can reach the server sees this: the model’s card.',
  cardTitle: 'Title',
  predicts: 'Predicts',
  notSaid: 'not said',
  heads: 'Heads',
  link: 'Link',
  verification: 'Verification records',
  showRecords: (count: number) =>
    `The ${counted(count, 'verification record')}, as everybody will read ${count === 1 ? 'it' : 'them'}`,
  realPeople: 'Are these rows of real people? Then write others into the file before it is served.',
  gives: 'Gives',
  records: (count: number) => counted(count, 'record'),
  columns: 'Columns that are published',
  column: 'Column',
  allowed: 'Allowed',
  otherNames: 'Other names',
  derived: (columns: number) =>
    `${counted(columns, 'column')} made of these in the browser of whoever scores, ${
      columns === 1 ? 'is published with its formula' : 'are published with their formulas'
    }:`,
}

export const serveIt = {
  title: 'How to serve it',
  aside: 'It fits. These commands serve it, from a checkout with Node 20.19 or later.',
  first: 'On this machine alone, at http://127.0.0.1:8787/:',
  others: 'For others, who each get a key of their own; a proxy with TLS stands before it:',
  afterwards: 'Whoever opens the server’s address then finds the model on the page, and its card.',
  copy: 'Copy the commands',
  copyOf: (title: string) => `Copy the commands: ${title}`,
  copied: 'Copied',
}

export const staysPrivate = {
  title: 'Stays private',
  weights: (numbers: number, heads: number) =>
    `${counted(numbers, 'number')}: the weights and the intercept of ${counted(heads, 'head')}. They stay in the server’s memory and in the file in its models folder.`,
}
