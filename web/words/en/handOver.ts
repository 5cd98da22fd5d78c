import type { Parts } from '../parts.ts'
import { counted, numbers } from './numbers.ts'

/** A day and a time of it: a run is kept for days. */
const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
})
const when = (iso: string): string => dayAndTime.format(new Date(iso)).replace(/ at |, /, ', ')

export interface HandedFacts {
  readonly file: string
  readonly model: string
  readonly records: number
  /** An ISO time. */
  readonly at: string
}

/** Handing a file over, before it is done. */
export const handOver = {
  title: 'Hand over',
  offer: 'Hand it over and come back',
  long: (seconds: number) =>
    `Scoring it here would take about ${numbers.wait(Math.round(seconds))}, with this tab open.`,
  about: (days: number) =>
    `All of it will be sealed and sent; then this tab may be closed, and the server will score it while nobody waits. It will keep what was sent, and the scores, sealed for ${counted(days, 'day')} or until you discard them, and then delete them.`,
  who: 'Only this key will open the scores, in this browser or on another device with the key’s backup and the run’s receipt. The server will see how many records there are and when they came, and none of them.',
  hour: (now: number, at: number) =>
    `The server takes ${now > 0 ? `${counted(now, 'record')} of it now, and the rest` : 'it'} after ${numbers.clock(new Date(at))}: this tab has to stay open until then, or you hand the same file over again, and it goes on from there.`,
  needsKey:
    'This key is in this tab alone, and would be gone with it: have this device remember it, or save its backup, first.',
  needsBackup:
    'This private window keeps the key until it is closed: save the key’s backup first, and the run’s receipt then.',
  openKey: 'Open the key’s panel',
  lockedKey: 'The key is locked: unlock it first.',
  act: (records: number) => `Hand over ${counted(records, 'record')}`,
  busy: 'Records are being handed over or fetched now: see “Handed over”.',
}

/** What the bar says of a run that was handed over. */
export const bar = {
  waiting: (records: number) => `${counted(records, 'record')} handed over: the server has not begun yet.`,
  working: (records: number) => `${counted(records, 'record')} handed over: the server is scoring.`,
  ready: (records: number) => `The scores of ${counted(records, 'record')} that were handed over are ready.`,
  failed: (records: number) => `The server gave up on ${counted(records, 'record')} that were handed over.`,
}

/** Runs that were handed over. */
export const handedOver = {
  title: 'Handed over',
  run: ({ file, model, records, at }: HandedFacts): Parts<'file'> => [
    `${counted(records, 'record')} of `,
    { file },
    ` for ${model}, ${when(at)}.`,
  ],
  noName: 'a file',
  until: (iso: string) => `The server keeps it, sealed, until ${when(iso)}.`,
  inTab: 'This browser stores nothing for the page: save the receipt, or the run is lost with this tab.',
  inWindow: 'This private window keeps the receipt until it is closed: save it, or the run is lost with the window.',
  stages: {
    unknown: () => 'Asking the server how far it is…',
    partly: (stored: number, chunks: number) =>
      `Not handed over in whole: the server has ${numbers.integer(stored)} of ${counted(chunks, 'part')}.`,
    waiting: () => 'Waiting: the server has not begun with it yet.',
    working: (answered: number, chunks: number) =>
      `Working: ${numbers.integer(answered)} of ${counted(chunks, 'part')} scored.`,
    ready: () => 'Ready: all of it is scored.',
    failed: (part: number, code: string) => `Failed: the server gave up on part ${numbers.integer(part)} (${code}).`,
    expired: () => 'Expired: the server has deleted it.',
    gone: () => 'The server has it no more: it was deleted.',
  },
  scored: 'Scored on the server',
  handing: 'Handing over',
  handed: (done: number, total: number) => `${numbers.integer(done)} of ${counted(total, 'record')} handed over`,
  keepOpen: 'Keep this tab open until all of it is handed over.',
  fetching: 'Fetching',
  fetched: (done: number, total: number) => `${numbers.integer(done)} of ${counted(total, 'record')} opened`,
  again: (at: number) => `It will be tried again at ${numbers.clock(new Date(at))}.`,
  resume: 'Try now',
  unlock: 'Unlock the key',
  stop: 'Stop',
  stopFetching: 'Stop fetching',
  dropToGoOn: (file: string): Parts<'file'> => ['Drop ', { file }, ' again, and read it as you did then, to go on.'],
  dropToJoin: (file: string): Parts<'file'> => ['Drop ', { file }, ' again to have its scores beside its rows.'],
  otherKey: (fingerprint: string) => `It opens with the key ${fingerprint}: restore that from its backup.`,
  goOn: 'Go on handing it over',
  fetch: 'Fetch',
  fetchAlone: 'Fetch without the file',
  of: (act: string, file: string) => `${act}: ${file}`,
  save: 'Save its receipt',
  saveAbout:
    'On another device, drop this receipt and the key’s backup there. Whoever has it could delete the run, but open nothing.',
  discard: 'Discard',
  forget: 'Take it off the list',
  ask: {
    title: 'Discard this run?',
    about:
      'The server will delete all that it stores of it, and this browser its receipt. Scores that were not fetched will be gone.',
    yes: 'Discard it',
    no: 'Keep it',
  },
  storesNone:
    'It stored what is listed here. Ask whoever runs it whether it will again, and until then keep the receipts: without them what is stored could not be had.',
  refused: 'The receipt',
  putAway: 'Put it away',
}
