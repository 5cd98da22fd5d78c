import { parameterSet } from '../../core/protocol/schemes.ts'
import { type KeyState, keyName } from '../session/keyState.ts'
import { grouped } from '../ui/grouped.ts'
import type { Language } from '../words/language.ts'

/** What the page says of the key, in a word, in a line and as facts. */

/** The start of a fingerprint, as far as a person compares it. */
export function shortFingerprint(key: KeyState): string | null {
  const name = keyName(key)
  return name && grouped(name.fingerprint.slice(0, 8))
}

export function stateOfKey({ key: words }: Language, key: KeyState): string {
  return words.states[key.status === 'none' ? key.why : key.status]
}

/** Everywhere that the key is, each true as it stands; nothing where there is none. */
export function placesOfKey({ key: words }: Language, key: KeyState): string {
  return 'held' in key ? words.places(key.held.remembered, key.held.backedUp) : ''
}

/** What there is to say where no key is. */
export function missingKey({ key: words }: Language, key: KeyState): string | null {
  if (key.status === 'making') return words.missing.making(parameterSet(key.set).bits)
  return key.status === 'none' ? words.missing[key.why] : null
}
