import type { Parts } from '../parts.ts'
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
    unmade: 'Made in this tab when you open a file, and kept in it until it is closed.',
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
  manage: 'Manage the key',
}

/** The panel of the key. */
export const keyPanel = {
  places: 'Where it lives',
  tab: 'This tab',
  inTab: {
    ready: 'open, until the tab is closed',
    locked: 'sealed, until the tab is closed',
  },
  device: 'This device',
  onDevice: {
    kept: 'remembered, sealed under your passphrase; this browser keeps it until you delete it',
    evictable: 'remembered, sealed under your passphrase; this browser may delete it to make room, so keep a backup',
    'until-closed': 'remembered, sealed under your passphrase, until this private window is closed: keep a backup',
  },
  notOnDevice: 'not remembered',
  backup: 'Backup',
  backedUp: 'there is a backup file',
  notBackedUp: 'none made',
  /** What protects the key as it stands. */
  protection: {
    remembered:
      'Whoever copies this device’s files finds the key sealed and needs your passphrase to open it. Nothing here protects against a program that watches you type.',
    wrapped: 'When this tab is closed the key is gone, unless this device remembers it or you have a backup.',
    open: 'When this tab is closed the key is gone. To lock it, back it up or have this device remember it, you choose a passphrase.',
  },
  isolated: (at: Date) => `This browser refuses this key’s workers the network: checked at ${numbers.clock(at)}.`,
  make: 'Make a new key',
  lock: 'Lock',
  unlock: 'Unlock',
  backUp: 'Back up',
  remember: 'Remember on this device',
  unremember: 'Remove from this device',
  change: 'Change the passphrase',
  restore: 'Restore a backup',
  forget: 'Forget this key',
}

/** A passphrase is chosen, for something that needs one. */
export const choosePassphrase = {
  first: 'The key is sealed under a passphrase that you choose now. The same one unlocks it, and opens its backups.',
  another: 'Backup files that you made earlier still open with the passphrase they were made with.',
  submit: { lock: 'Lock', backUp: 'Save the backup', remember: 'Remember', change: 'Change the passphrase' },
}

export const restoreBackup = {
  replaces: 'The key in this tab is replaced. ',
  opensWith: (file: string): Parts<'file'> => [{ file }, ' opens with the passphrase that it was made with.'],
  submit: 'Restore',
}

export const forgetKey = {
  dropsRemembered: 'The key is dropped from this tab and from this device. ',
  drops: 'The key is dropped from this tab. ',
  backedUp: 'Only its backup file brings it back.',
  notBackedUp:
    'There is no backup of it, so nothing will ever open what it has sealed. Scores that are on the page stay.',
  forget: 'Forget it',
  cancel: 'Keep it',
}

export const passphraseForm = {
  chosen: 'New passphrase',
  hint: (least: number) =>
    `At least ${least} characters; several unrelated words are good. Nobody can recover it for you.`,
  again: 'New passphrase, again',
  given: 'Passphrase',
  slow: 'This browser has no WebAssembly. The passphrase works all the same, but takes up to some minutes each time.',
  differ: 'The two passphrases differ. Type them again.',
  back: 'Back',
}
