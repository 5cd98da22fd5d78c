import { parameterSet } from '../../core/protocol/schemes.ts'
import { type KeyState, keyName } from '../session/state.ts'
import { grouped, integer } from '../ui/numbers.ts'

/** What the page says of the key, in a word, in a line and as facts. */

/** The start of a fingerprint, as far as a person compares it. */
export function shortFingerprint(key: KeyState): string | null {
  const name = keyName(key)
  return name && grouped(name.fingerprint.slice(0, 8))
}

export function stateOfKey(key: KeyState): string {
  switch (key.status) {
    case 'none':
      return { unmade: 'none yet', forgotten: 'forgotten', lost: 'lost', evicted: 'missing' }[key.why]
    case 'making':
      return 'being made'
    case 'ready':
      return 'ready'
    case 'locked':
      return 'locked'
    case 'failed':
      return 'not made'
  }
}

/** Everywhere that the key is, each true as it stands. */
export function placesOfKey(key: KeyState): string[] {
  if (key.status !== 'ready' && key.status !== 'locked') return []
  const { remembered, backedUp } = key.held
  return ['this tab', ...(remembered ? ['this device'] : []), ...(backedUp ? ['a backup file'] : [])]
}

/** What there is to say where no key is. */
export function missingKey(key: KeyState): string | null {
  if (key.status === 'making')
    return `A key of ${integer(parameterSet(key.set).bits)} bits is being made in the background.`
  if (key.status !== 'none') return null
  return {
    unmade: 'Made in this tab when you open a file, and kept in it until it is closed.',
    forgotten: 'Forgotten. What it sealed can be opened by nobody now, unless there is a backup of it.',
    lost: 'The browser ended the part of this page that held the key, and the key with it. Restore it from its backup, or make a new one.',
    evicted:
      'This device remembered a key, but the browser has cleared its storage. Restore the key from its backup, or make a new one.',
  }[key.why]
}
