import { randomBytes } from 'node:crypto'
import { errorOf } from '../../faults.ts'

/**
 * A store has a name that is drawn when an operator begins it. Each process remembers the one that it started with, and each step asks
 * for it: a store that lost what was in it has lost its name as well, and is never taken for one in which nothing was spent.
 */

/** Of what is in a store: another release's has another one. */
const version = '3'

export function newEpoch(secretName: string): string {
  return `${version}.${randomBytes(16).toString('hex')}.${secretName}`
}

/** The epoch that was found. Throws where there is none, or one of another release or of servers with another secret. */
export function checkedEpoch(found: string | null | undefined, secretName: string, at: string): string {
  if (!found) throw errorOf('server/store-gone', 'stateNotBegun', { at })
  if (!found.startsWith(`${version}.`)) throw errorOf('server/store-gone', 'stateOfOtherRelease', { at })
  if (!found.endsWith(`.${secretName}`)) throw errorOf('server/store-gone', 'stateOfOtherSecret', { at })
  return found
}
