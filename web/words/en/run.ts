import { counted, numbers } from './numbers.ts'

/** A run: started, watched, held and ended. */
export const run = {
  title: 'Run',
  resumable: 'Kept on this device as it goes, sealed: it can be resumed if this tab closes.',
  unlock: 'Unlock the key',
  restore: 'Restore the key',
  resume: 'Resume',
  pause: 'Pause',
  cancel: 'Cancel',
  done: (records: number) => `Done: ${counted(records, 'record')} scored and opened.`,
  planted: (records: number) =>
    `${counted(records, 'hidden record')} with known answers came out right: what was planted among yours to test the server.`,
  cancelled: (scored: number) =>
    scored === 0
      ? 'Cancelled before any record was scored.'
      : `Cancelled. What was scored stays: ${counted(scored, 'record')}.`,
  stays: (scored: number) => `What was scored before that stays: ${counted(scored, 'record')}.`,
  partial: (scored: number, total: number) =>
    `Scores of ${numbers.integer(scored)} of ${counted(total, 'record')}: the run ended before its end.`,
  resumeRest: (records: number) => `Resume, ${counted(records, 'record')} left`,
  score: (records: number) => `Score ${counted(records, 'record')}`,
  sampleReady: 'The sample is ready. Or drop a file of your own.',
  livesInTab: 'The run will live in this tab and end when it is closed.',
  sayFirst: 'First say above how the numbers are written.',
  agreeFirst: (rows: number) => `First agree above to leave out ${counted(rows, 'row')}.`,
}

/** Under which scheme a run is sealed. */
export const scheme = {
  label: 'Scheme',
  names: { paillier: 'Paillier', lattice: 'Lattice scheme', auto: 'Whichever is faster' },
  times: (paillier: number, lattice: number) =>
    `About ${numbers.seconds(1000 * paillier)} with Paillier, about ${numbers.seconds(1000 * lattice)} with the lattice scheme: newer, post-quantum, not yet reviewed by others.`,
  use: { paillier: 'Use Paillier', lattice: 'Use the lattice scheme' },
  chosen: {
    paillier: 'This run will be sealed with Paillier.',
    lattice: 'This run will be sealed with the lattice scheme, under a key that will be made for it and go with it.',
  },
  differs: {
    title: 'What differs',
    points: [
      'Paillier has been in use since 1999 and rests on factoring, which a large quantum computer would break. The lattice scheme rests on ring learning with errors, for which no such attack is known.',
      'The lattice scheme is this project’s composition of known parts. It has not been reviewed by others.',
      'Its key is made for one run in milliseconds and goes with it. Such a run ends with its tab, unless this device remembers a key that is unlocked: the run’s own follows from it then, and can be made again to resume.',
      'Whoever learns exact scores of an answer that a dishonest server forged could learn that run’s key, and with it all of its records, unless the hidden blanks show the forgery; Paillier would lose what is published. So scores leave this page rounded to the model’s tolerance.',
    ],
  },
}

export const runProgress = {
  scoring: 'Scoring',
  value: (part: number, done: string) => `${numbers.percent(part)}, ${done}`,
  part: numbers.percent,
  done: (records: number, total: number) => `${numbers.integer(records)} of ${numbers.integer(total)}`,
  makingKey: 'Making the key…',
  paused: 'Paused.',
  givingKey: 'Giving the server the key’s public half…',
  waiting: (milliseconds: number) => `Waiting for the server for ${numbers.seconds(milliseconds)}.`,
  lanes: { seals: 'Sealing', sends: 'Sending', scores: 'Scoring', opens: 'Opening' },
  pace: 'Records a second',
  timeLeft: 'Time left',
  about: (milliseconds: number) => `about ${numbers.seconds(milliseconds)}`,
  unknown: '–',
  bytesUp: 'Sealed bytes up',
  bytesDown: 'Sealed bytes down',
  /** Said aloud at every tenth part. */
  tenths: (tenths: number) => `${10 * tenths} % scored`,
}
