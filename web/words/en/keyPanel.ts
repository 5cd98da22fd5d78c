import type { Parts } from '../parts.ts'
import { numbers } from './numbers.ts'

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
    wrapped: 'When this tab is closed the key will be gone, unless this device remembers it or you have a backup.',
    open: 'When this tab is closed the key will be gone. To lock it, back it up or have this device remember it, you choose a passphrase.',
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
  first:
    'The key will be sealed under a passphrase that you choose now. The same one unlocks it, and opens its backups.',
  another: 'Backup files that you made earlier still open with the passphrase they were made with.',
  submit: { lock: 'Lock', backUp: 'Save the backup', remember: 'Remember', change: 'Change the passphrase' },
}

export const restoreBackup = {
  replaces: 'The key in this tab will be replaced. ',
  opensWith: (file: string): Parts<'file'> => [{ file }, ' opens with the passphrase that it was made with.'],
  submit: 'Restore',
  submitReplacing: 'Replace the key',
}

export const forgetKey = {
  dropsRemembered: 'The key will be dropped from this tab and from this device. ',
  drops: 'The key will be dropped from this tab. ',
  backedUp: 'Only its backup file will bring it back.',
  notBackedUp:
    'There is no backup of it, so nothing will ever open what it has sealed. Scores that are on the page will stay.',
  forget: 'Forget it',
  cancel: 'Keep it',
}

export const passphraseForm = {
  chosen: 'New passphrase',
  hint: (least: number) =>
    `At least ${least} characters; several unrelated words are good. Nobody can recover it for you.`,
  again: 'New passphrase, again',
  show: 'Show the letters',
  suggest: 'Make up words',
  strengths: {
    weak: 'Weak: somebody with this file could try all such passphrases.',
    fair: 'Fair: one or two more unrelated words make it strong.',
    good: 'Strong.',
  },
  given: 'Passphrase',
  slow: 'This browser has no WebAssembly. The passphrase works all the same, but takes up to some minutes each time.',
  differ: 'The two passphrases differ. Type them again.',
  back: 'Back',
}
