import { numbers } from './numbers.ts'

/** The key in a word, in a line and in a list. */
export const key = {
  title: 'Key',
  states: {
    unmade: 'none yet',
    forgotten: 'forgotten',
    lost: 'lost',
    evicted: 'missing',
    making: 'being made',
    ready: 'ready',
    locked: 'locked',
    failed: 'not made',
  },
  /** What there is to say where no key is. */
  missing: {
    unmade: 'It will be made in this tab when you open a file, and kept in it until the tab is closed.',
    forgotten: 'Forgotten. What it sealed can be opened by nobody now, unless there is a backup of it.',
    lost: 'The browser ended the part of this page that held the key, and the key with it. Restore it from its backup, or make a new one.',
    evicted:
      'This device remembered a key, but the browser has cleared its storage. Restore the key from its backup, or make a new one.',
    making: (bits: number) => `A key of ${numbers.integer(bits)} bits is being made in the background.`,
  },
  /** Everywhere that the key is. */
  places: (remembered: boolean, backedUp: boolean) =>
    ['this tab', ...(remembered ? ['this device'] : []), ...(backedUp ? ['a backup file'] : [])].join(', '),
  fingerprint: 'Fingerprint',
  size: 'Size',
  bits: (bits: number) => `${numbers.integer(bits)} bits`,
  state: 'State',
}

export const keyStep = {
  beingMade: 'Being made…',
  tryAgain: 'Try again',
  livesIn: 'Lives in',
  arithmetic: 'Arithmetic',
  keySize: 'Key size',
  details: 'How it computes',
  manage: 'Manage the key',
}
