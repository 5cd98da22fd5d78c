import type { Parts } from '../parts.ts'
import { counted, numbers } from './numbers.ts'

/** Of how many records so many were scored. */
function ofAll(scored: number, total: number): string {
  return `${numbers.integer(scored)} of ${counted(total, 'record')}`
}

/** The bar: where everything stands, and the one thing to do next. */
export const bar = {
  title: 'Next',
  states: {
    reading: 'Reading the file…',
    checking: (rows: number) => (rows > 0 ? `Checking, ${counted(rows, 'row')} so far…` : 'Checking every cell…'),
    noModel: 'No model to score with yet.',
    letters: 'Do the file’s letters read right?',
    rowNames: 'Each row has one cell more than the header.',
    unnamed: 'The header ends before the rows do.',
    comma: (cell: string): Parts<'data'> => ['Is ', { data: cell }, ' a number with a decimal comma?'],
    header: 'Is the first line the header?',
    columns: (missing: number, total: number) =>
      `${counted(missing, 'column')} of the model’s ${numbers.integer(total)} ${missing === 1 ? 'has' : 'have'} none in the file.`,
    models: (count: number) =>
      count === 0 ? 'No model has all its columns in the file.' : `The file’s columns fit ${counted(count, 'model')}.`,
    otherModel: (title: string, matched: number, total: number): Parts<'data'> => [
      'These columns fit ',
      { data: title },
      ` (${numbers.integer(matched)} of ${numbers.integer(total)}).`,
    ],
    marks: (cell: string, column: string): Parts<'data'> => [
      'How is ',
      { data: cell },
      ' in the column ',
      { data: column },
      ' meant?',
    ],
    nothingScorable: (rows: number) =>
      rows === 1 ? 'The one row cannot be scored.' : 'None of the rows can be scored.',
    leftOut: (leftOut: number, rows: number) =>
      `${numbers.integer(leftOut)} of ${counted(rows, 'row')} cannot be scored.`,
    /** `reach`: of the server's hour, where it has no room for all; `at` in milliseconds since 1970. */
    ready: (records: number, leftOut: number, reach: { readonly now: number; readonly at: number } | null) => {
      const ready = `${counted(records, 'record')} ready${leftOut > 0 ? `, ${counted(leftOut, 'row')} left out` : ''}`
      return `${ready}${reach ? `: ${reach.now > 0 ? `${numbers.integer(reach.now)} now, the rest ` : ''}from ${numbers.clock(new Date(reach.at))} on` : ''}.`
    },
    resumable: (left: number) => `${counted(left, 'record')} left of the run that broke off.`,
    makingKey: 'Waiting for the key to be made.',
    givingKey: 'Waiting for the server to take the key’s public half.',
    makingMasks: 'Waiting for the random masks that the first records are sealed with.',
    waiting: (milliseconds: number) => `Waiting for the server’s answer for ${numbers.seconds(milliseconds)}.`,
    running: (opened: number, total: number) => `Scoring: ${ofAll(opened, total)}.`,
    handing: (done: number, total: number) => `Handing over: ${ofAll(done, total)}. Keep this tab open.`,
    fetching: (done: number, total: number) => `Fetching the scores of ${ofAll(done, total)}.`,
    paused: (opened: number, total: number) => `Paused: ${ofAll(opened, total)} scored.`,
    cancelled: (scored: number, total: number) => `Cancelled: ${ofAll(scored, total)} had been scored.`,
    failed: (scored: number, total: number, why: string) =>
      `The run failed: ${ofAll(scored, total)} had been scored. ${why}`,
    done: (records: number, saved: boolean) =>
      `Done: ${counted(records, 'score')}${saved ? ', downloaded' : ', not downloaded yet'}.`,
    opening: (opened: number, total: number) => `Opening sealed scores: ${ofAll(opened, total)}.`,
    sealedOpened: 'The sealed scores are open.',
    sealedRecords: 'This file holds sealed records.',
  },
  handed: {
    backup: 'This file is a backup of a key.',
    model: 'This file is a model, not records.',
    receipt: 'This file is a receipt of a run.',
    scores: 'This file has its scores already.',
  },
  /** Why a run paused itself, by the error's code. */
  why: {
    'run/offline': 'the server cannot be reached',
    'request/busy': 'the server is busy',
    'request/budget': 'the server’s budget is spent',
    'server/store-gone': 'the server cannot count',
    'access/issuer': 'the server cannot check who asks',
    'access/refused': 'the API key is not taken',
    'access/expired': 'the API key has expired',
    'key/locked': 'the key is locked',
    'key/lost': 'the key is not here',
    'result/shape': 'something else than the server answers',
    'run/out-of-date': 'the server speaks another version',
    'platform/worker-died': 'the browser ended this page’s workers',
  },
  deviceOffline: 'this device is offline',
  otherWhy: 'something is to be seen to',
  /** `seconds`: until it is tried again, where it is by itself. */
  pausedBy: (why: string, seconds: number | null, opened: number, total: number) =>
    `Paused, ${why}${seconds === null ? '' : `, trying again in ${numbers.wait(seconds)}`}: ${ofAll(opened, total)} scored.`,
  held: (why: string, seconds: number | null) =>
    `Waiting, ${why}${seconds === null ? '' : `: trying again in ${numbers.wait(seconds)}`}.`,
  look: 'Look',
  choose: 'Choose',
  useIt: 'Use it',
  score: 'Score',
  scoreAgain: 'Score again',
  download: 'Download',
  downloadPart: (scored: number) =>
    scored === 1 ? 'Download the one that is scored' : `Download the ${numbers.integer(scored)} that are scored`,
  yes: 'Yes',
  no: 'No',
  readAs: (value: string) => `As ${value}`,
}
